"""Arguments and options that several commands share, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advgame.errors import ScenarioError

if TYPE_CHECKING:
    from advgame.scenarios import Scenario


Question = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file (.toml) or a bundled case.")
]
Concept = Annotated[
    str | None,
    typer.Option(
        help="The solution concept: {concepts}. By default commitment where the scenario announces the "
        "defence, else nash."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Changes a parameter, such as largest_share=0.3 or 'attack_cost[pgd]=0.2'; may be repeated.",
    ),
]
PresetName = Annotated[str | None, typer.Option("--preset", help="The prices of a known trade: {presets}.")]
STANDARD_OUTPUT = Path("-")
MOST_NAME = 200  # characters: what is longer names no file


def _file_or_none(path: Path | None) -> Path | None:
    """None for ``-``, which means standard output as leaving the option out does."""
    return None if path == STANDARD_OUTPUT else path


Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="The file to write; without it, or for -, standard output.",
        callback=_file_or_none,
    ),
]


def scenario_from(question: str, settings: list[str] | None, preset: str | None) -> Scenario:
    """The scenario in a file or of a bundled case, at the prices of a preset, with the settings applied.

    Args:
        question: path of a scenario file, or name of a bundled case.
        settings: NAME=VALUE texts of ``--set``, applied in their order.
        preset: name of a preset whose prices are applied first; None for none.
    """
    import advgame as ag

    named_file = question.endswith(".toml") or (len(question) < MOST_NAME and Path(question).is_file())
    scenario = ag.read_scenario(question) if named_file else ag.case(question)
    if preset is not None:
        scenario = ag.apply_preset(scenario, ag.preset(preset))
    for setting in settings or []:
        address, value = assignment(setting, "--set", "NAME=VALUE")
        refuse_percent(value, f"--set {setting}")
        scenario = ag.set_parameter(scenario, address, _plain_value(value))
    return scenario


def assignment(text: str, option: str, form: str) -> tuple[str, str]:
    """The name and the value of ``NAME=VALUE``.

    Args:
        text: the text given, such as ``attack_cost=0.2``.
        option: the option, named in the error.
        form: the form expected, named in the error.

    Raises:
        ScenarioError: when the text is not a name, an equals sign and a value.
    """
    name, equals, value = text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise ScenarioError(f"{option} {text!r} is not of the form {form}.")
    return name.strip(), value.strip()


def refuse_percent(value: str, given: str) -> None:
    """Refuses ``30%``, with the number that was meant.

    Args:
        value: what stands behind the equals sign.
        given: the option as it was written, for the message.

    Raises:
        ScenarioError: for a number with a percent sign.
    """
    number = value.removesuffix("%").rstrip()
    if number != value and isinstance(_plain_value(number), float):
        raise ScenarioError(
            f"{given}: write {float(number) / 100:g} for {value}; shares are between 0 and 1."
        )


def _plain_value(text: str) -> float | str | bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text
