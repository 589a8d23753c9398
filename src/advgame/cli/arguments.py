"""Arguments and options shared by several commands, and their parsing."""

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
        help="The solution concept: {concepts}. By default the one for what the attacker knows: nash "
        "(nothing), robust_commitment (mixture) or robust_pure_commitment (network)."
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
MOST_NAME = 200  # characters: longer text cannot be a file name


def _file_or_none(path: Path | None) -> Path | None:
    """None for ``-``, which like omitting the option means standard output."""
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
    """The scenario of a file or a bundled case, with a preset and settings applied.

    Args:
        question: path of a scenario file, or name of a bundled case.
        settings: NAME=VALUE texts of ``--set``, applied in order.
        preset: name of a preset, applied before the settings; None for none.
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
        text: the argument, such as ``attack_cost=0.2``.
        option: name of the option, for the error message.
        form: the expected form, for the error message.

    Raises:
        ScenarioError: when the text is not a name, an equals sign and a value.
    """
    name, equals, value = text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise ScenarioError(f"{option} {text!r} is not of the form {form}.")
    return name.strip(), value.strip()


def refuse_percent(value: str, given: str) -> None:
    """Raises an error for ``30%``; the message gives the number to write instead.

    Args:
        value: the text after the equals sign.
        given: the option as written, for the error message.

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
