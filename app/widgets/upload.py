"""Your own table: upload, choose what its columns hold, see what is wrong with it, use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from advgame.errors import AdvgameError, InputError
from advgame.measurements import Column, MeasurementTable
from advgame.measurements.importers import IMPORTERS
from advgame.measurements.importers.csv_map import ColumnMap
from advgame.measurements.importers.foreign_table import ForeignTable, read_foreign_table
from advgame.measurements.importers.guessed_columns import Converted, convert, guessed_map, with_field
from advgame.measurements.importers.success_rates import (
    ROBUSTNESS,
    SUCCESS,
    figures_under_attack,
    which_is_open,
)
from advgame.scenarios import AttackChoice, Scenario, Select
from advgame.wording.names import attack_in_words, counted
from widgets import state
from widgets.words import plain, sentence

ANY = "any table"
MEANINGS = {
    "defence": "Defence: the network or its training",
    "attack": "Attack: none, clean or empty is no attack",
    "accuracy": "Accuracy",
    "norm": "Norm of the attack",
    "radius": "Radius of the attack",
    "tested": "Number of test inputs",
    "dataset": "Data set",
    "network": "Architecture",
    "source": "Source",
}
LONG, WIDE = "one accuracy", "an accuracy for each attack, in columns"
SHOWN_FAULTS = 50
MOST_FILES = 200
NAME = "table.csv"  # of the cleaned table, in the scenario and as a download


def show() -> None:
    """The steps from a file to a scenario."""
    st.markdown(
        "Upload a table with the accuracy of each defence without attack and under each attack. It is used "
        "in this session only and not stored."
    )
    formats = {ANY: "Any table: CSV, Parquet or spreadsheet"}
    formats |= {name: importer.about for name, importer in IMPORTERS.items() if name != "csv"}
    form = st.selectbox("Format", list(formats), key="upload format", format_func=formats.__getitem__)
    files = st.file_uploader(
        "The file", accept_multiple_files=True, key=f"upload {form}", max_upload_size=20, help=_help(form)
    )
    if not files:
        st.caption("Nothing is uploaded yet.")
        return
    try:
        table = _mapped(files[0].name, files[0].getvalue()) if form == ANY else _imported(form, files)
        if table is not None:
            _use(table, files[0].name)
    except AdvgameError as mistake:
        st.error(plain(str(mistake)), icon=":material/error:")


def _help(form: str) -> str:
    if form == ANY:
        return "One file with a header line. Columns may have any name and order."
    return plain(f"{IMPORTERS[form].about}. Several files may be given at once.")


def _mapped(name: str, content: bytes) -> MeasurementTable | None:
    """The measurements of any table, after its columns were chosen."""
    table = _read(PurePath(name).name, content)
    for note in table.notes:
        st.caption(plain(note))
    preview = [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows[:5]]
    st.dataframe(preview, hide_index=True, alt="The first lines of the table.")
    chosen = _chosen_map(table)
    converted = _converted(table, chosen)
    why = which_is_open(figures_under_attack(chosen.columns, chosen.accuracies), converted.rows)
    if why:
        answer = st.radio(
            plain(f"What are the figures under attack? {sentence(why)}, so they may be either."),
            [ROBUSTNESS, SUCCESS],
            index=None,
            key=f"success {table.name} {hash(table.header)}",
        )
        if answer is None:
            return None
        converted = _converted(table, replace(chosen, success=answer == SUCCESS))
    _show_faults(table, converted)
    return converted.table() if converted.rows else None


@st.cache_data(max_entries=4, show_spinner="Reading the table …")
def _read(name: str, content: bytes) -> ForeignTable:
    return read_foreign_table(name, content)


def _converted(table: ForeignTable, chosen: ColumnMap) -> Converted:
    with st.spinner("Converting the table …"):
        return convert(table, chosen)


def _chosen_map(table: ForeignTable) -> ColumnMap:
    """What each column holds: as guessed, and as changed on the page."""
    guess = guessed_map(table)
    mark = f"{table.name} {hash(table.header)}"
    st.markdown("**What the columns hold**")
    forms = [LONG, WIDE]
    form = st.radio(
        "Each line has", forms, index=int(bool(guess.accuracies)), key=f"form {mark}", horizontal=True
    )
    chosen = guess if (form == WIDE) == bool(guess.accuracies) else _other_form(guess, table, form)
    wide = form == WIDE
    fields = [field for field in MEANINGS if not (wide and field in ("attack", "accuracy", "norm", "radius"))]
    for place, columns in enumerate([fields[start : start + 3] for start in range(0, len(fields), 3)]):
        for box, field in zip(st.columns(3), columns, strict=False):
            chosen = _with_choice(box, chosen, table, field, f"{mark} {place}")
    if wide:
        chosen = _with_accuracies(chosen, table, mark)
    percent = st.toggle(
        "The accuracies are in percent: 94.8 is 0.948",
        chosen.percent,
        key=f"percent {mark}",
        help="They are divided by 100.",
    )
    return ColumnMap(percent, ",", chosen.columns, chosen.constants, chosen.accuracies)


def _other_form(guess: ColumnMap, table: ForeignTable, form: str) -> ColumnMap:
    accuracies = ({"column": table.header[-1], "attack": "none"},) if form == WIDE else ()
    return ColumnMap(guess.percent, ",", guess.columns, guess.constants, accuracies)


def _with_choice(box: Any, chosen: ColumnMap, table: ForeignTable, field: str, mark: str) -> ColumnMap:
    """The map after the choice of a column for a field."""
    fixed = chosen.constants.get(field)
    nothing = f"(no column: {fixed})" if fixed is not None else "(no column)"
    options = [None, *table.header]
    now = chosen.columns.get(field)
    column = box.selectbox(
        MEANINGS[field],
        options,
        index=options.index(now),
        key=f"column {field} {mark}",
        format_func=lambda name: nothing if name is None else name,
    )
    return with_field(chosen, field, column)


def _with_accuracies(chosen: ColumnMap, table: ForeignTable, mark: str) -> ColumnMap:
    """The accuracies of a wide table, each with its attack."""
    guessed = {entry["column"]: entry["attack"] for entry in chosen.accuracies}
    free = [name for name in table.header if name not in chosen.columns.values()]
    wanted = st.multiselect(
        "Columns that hold an accuracy",
        free,
        [name for name in guessed if name in free],
        key=f"accuracies {mark}",
    )
    entries = [
        {"column": name, "attack": guessed.get(name, name), "norm": None, "radius": None} for name in wanted
    ]
    edited = st.data_editor(
        entries,
        key=f"attacks {mark} {len(wanted)}",
        disabled=["column"],
        hide_index=True,
        column_config={
            "column": "Column",
            "attack": st.column_config.TextColumn("Attack (none: no attack)", required=True),
            "norm": st.column_config.TextColumn("Norm"),
            "radius": st.column_config.TextColumn("Radius"),
        },
        alt="The attack of each column.",
    )
    given = tuple({key: value for key, value in entry.items() if value} for entry in edited)
    return ColumnMap(chosen.percent, ",", chosen.columns, chosen.constants, given)


def _show_faults(table: ForeignTable, converted: Converted) -> None:
    """How much of the table could be read, and what is wrong with the rest, line by line."""
    read = counted(len(converted.rows), "accuracy", "accuracies")
    if not converted.faults:
        st.success(plain(f"All {len(table.rows):,} lines could be read: {read}."), icon=":material/check:")
        return
    lines = counted(len(converted.faults), "line", "lines")
    st.warning(plain(f"{read} could be read; {lines} could not."), icon=":material/warning:")
    st.dataframe(
        [{"where": place, "error": problem} for place, problem in converted.faults[:SHOWN_FAULTS]],
        hide_index=True,
        height=min(36 * (len(converted.faults) + 1) + 2, 260),
        alt="The errors in the table, line by line.",
    )
    if len(converted.faults) > SHOWN_FAULTS:
        st.caption(f"and {len(converted.faults) - SHOWN_FAULTS:,} more")


def _imported(form: str, files: Sequence[Any]) -> MeasurementTable:
    """The measurements in files of a published format."""
    percent = st.toggle("The accuracies are in percent", True, key=f"percent {form}")
    _check_files([PurePath(file.name).name for file in files])
    with TemporaryDirectory(prefix="advgame-") as folder:
        inside = Path(folder) / _FOLDERS.get(form, "")
        inside.mkdir(parents=True, exist_ok=True)
        for file in files:
            (inside / PurePath(file.name).name).write_bytes(file.getvalue())
        first_file = inside / PurePath(files[0].name).name
        return IMPORTERS[form](percent=percent).read(first_file if len(files) == 1 else folder)


def _check_files(names: Sequence[str]) -> None:
    """Refuses more files than are read, and two of the same name, as a browser leaves out their folders."""
    if len(names) > MOST_FILES:
        raise InputError(f"{len(names)} files are given; at most {MOST_FILES} are read at once.")
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise InputError(f"{count} files are called {name}; give the files of one folder at a time.")


_FOLDERS = {"robustbench": "cifar10/Linf"}  # where a record lies whose folder is not known


def _use(table: MeasurementTable, file: str) -> None:
    """The choice of rows, and the button that makes a scenario of them."""
    st.markdown("**Which defences and attacks to compare**")
    datasets, networks = table.datasets, table.networks
    dataset = st.selectbox("Data set", datasets, key=f"dataset {file}") if len(datasets) > 1 else datasets[0]
    table = table.keep(lambda row: row.dataset == dataset)
    if len(networks) > 1:
        network = st.selectbox(
            "Architecture",
            [None, *networks],
            key=f"network {file}",
            format_func=lambda name: "(all)" if name is None else name,
        )
        table = table.keep(lambda row: network in (None, row.network))
    defences = st.multiselect(
        "Defences", table.defences, table.defences, key=f"defences {file} {len(table.defences)}"
    )
    measured = _measured(table, defences)
    complete = [column for column in table.columns if measured[column] == len(defences)]
    attacks = st.multiselect(
        "Attacks, measured on all of these defences",
        [column for column in complete if column.attack != "none"],
        [column for column in complete if column.attack != "none"],
        key=f"attacks {file} {len(complete)} {len(defences)}",
        format_func=lambda column: attack_in_words(column.full_name),
    )
    left_out = len(table.columns) - len(complete)
    if left_out:
        st.caption(
            f"{counted(left_out, 'attack was', 'attacks were')} not measured on every defence; choose fewer "
            "defences to use them."
        )
    left, right = st.columns(2)
    name = left.text_input("Name of the case", PurePath(file).stem[:80], key=f"name {file}", max_chars=120)
    undefended = right.selectbox("The undefended network", defences, key=f"undefended {file}")
    _offer(table, defences, attacks, name, undefended)


def _measured(table: MeasurementTable, defences: Sequence[str]) -> Counter[Column]:
    """On how many of the defences each column was measured."""
    cells = {(row.defence, row.column) for row in table.rows if row.defence in defences}
    return Counter(column for _, column in cells)


def _offer(
    table: MeasurementTable,
    defences: Sequence[str],
    attacks: Sequence[Column],
    name: str,
    undefended: str | None,
) -> None:
    if not defences:
        st.info("Choose at least one defence.")
        return
    scenario = Scenario(
        name=name or "My table",
        question=f"Which of {len(defences)} defences should be deployed?",
        measurements=table,
        data=NAME,
        undefended=undefended,
        select=Select(
            defences=tuple(defences), attacks=tuple(AttackChoice(*column) for column in attacks) or None
        ),
        basis={"largest_share": "assumed"},
    )
    scenario.accuracies  # noqa: B018 (raises where the table does not fit, which is shown)
    st.button(
        "Use this table",
        key="use table",
        type="primary",
        icon=":material/check:",
        on_click=state.upload,
        args=(scenario,),
    )
