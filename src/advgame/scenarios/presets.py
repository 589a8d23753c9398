"""Prices of known trades: amounts for a scenario's parameters, each with the fact behind it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from advgame.bundled import bundled
from advgame.errors import UnknownName
from advgame.scenarios.parameters import set_parameter
from advgame.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """Amounts by parameter, and for each the fact it rests on or the word "assumed"."""

    name: str
    title: str
    story: str
    currency: str
    amounts: Mapping[str, float]
    basis: Mapping[str, str]


def presets() -> tuple[Preset, ...]:
    """The bundled presets by name."""
    return tuple(_preset_at(path) for path in sorted((bundled("data") / "economics").glob("*.toml")))


def preset(name: str) -> Preset:
    """The bundled preset of that name.

    Raises:
        UnknownName: with the nearest name that is bundled.
    """
    known = {each.name: each for each in presets()}
    if name not in known:
        raise UnknownName("economic preset", name, known)
    return known[name]


def apply_preset(scenario: Scenario, chosen: Preset) -> Scenario:
    """The same measurements at the prices of a trade.

    >>> from advgame.scenarios import case
    >>> apply_preset(case("cifar10-two-defences"), preset("spam")).currency
    'USD'
    """
    for address, amount in chosen.amounts.items():
        scenario = set_parameter(scenario, address, amount)
    return replace(scenario, currency=chosen.currency, basis={**scenario.basis, **chosen.basis})


def _preset_at(path: Path) -> Preset:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    parameters = content["parameters"]
    return Preset(
        path.stem,
        content["title"],
        content["story"],
        content["currency"],
        {address: float(about["amount"]) for address, about in parameters.items()},
        {address: about["basis"] for address, about in parameters.items()},
    )
