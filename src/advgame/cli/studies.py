"""``advgame study``: answers one question about a scenario with a sentence and a table."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Concept, Output, PresetName, Question, Settings, scenario_from
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.frames import TABLES, nothing_kept, write_frame
from advgame.cli.progress import progress_bar
from advgame.errors import InputError, ScenarioError
from advgame.stopping import when_stopped

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 40  # rows of a table that are printed


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame study thresholds cifar10-two-defences · "
    "advgame study regions mine.toml --with y=attack_reward --with points=65 -o regions.csv",
)
def study(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="The study: {studies}.")],
    scenario: Question,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="NAME=VALUE", help="A setting of the study; may be repeated."),
    ] = None,
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    output: Output = None,
) -> None:
    """Answers one question about a scenario.

    The answer is a sentence and a table, which is printed, or written as CSV or Parquet.
    """
    import advgame as ag
    from advgame.studies import STUDIES

    if output is not None and output.suffix not in TABLES:
        raise InputError(f"{output} ends in {output.suffix!r}; a study is written as {' or '.join(TABLES)}.")
    chosen = _settings_of(STUDIES[name], with_ or [])
    with when_stopped(nothing_kept(output)):
        with progress_bar(f"Study {name}") as progress:
            question = scenario_from(scenario, settings, preset)
            result = ag.study(name, question, concept, progress=progress, **chosen)
        frame = result.frame()
        if output is not None:
            write_frame(frame, output)
    from advgame.wording.money import amounts_in_words
    from advgame.wording.nouns import said_of

    typer.echo(said_of(question)(f"{result.sentence} {amounts_in_words(result, question)}".rstrip()))
    typer.echo(f"The table is in {output}." if output is not None else f"\n{_shown(frame)}")
    for title, further in result.further_frames().items():
        typer.echo(f"\n{title}\n{_shown(further)}")


def _settings_of(kind: type[Any], given: list[str]) -> dict[str, Any]:
    """The settings by name; a setting with several values may be given as a single one."""
    chosen = {}
    for text in given:
        # a name has no equals sign, but a value may, such as {attack_cost=[0.4,0.8]}
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise ScenarioError(f"--with {text!r} is not of the form NAME=VALUE.")
        parsed = _parsed(value)
        several = isinstance(getattr(kind, name, None), tuple) and not isinstance(parsed, list)
        chosen[name] = (parsed,) if several else parsed
    return chosen


def _parsed(value: str) -> Any:
    """The value parsed as TOML; anything else is text.

    >>> _parsed("0.5"), _parsed("[1, 2]"), _parsed("attack_cost")
    (0.5, [1, 2], 'attack_cost')
    """
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _shown(frame: pd.DataFrame) -> str:
    """The first rows in columns, and the number of further rows."""
    if frame.empty:
        return "The table is empty."
    from advgame.wording.names import one_line

    safe = frame.head(SHOWN).map(lambda value: one_line(value) if isinstance(value, str) else value)
    lines = safe.rename(columns=one_line).to_string(
        index=False, na_rep="", float_format=lambda value: f"{value:.6g}"
    )
    more = len(frame) - SHOWN
    return f"{lines}\n{more:,} more rows; use -o FILE.csv to write all of them." if more > 0 else str(lines)
