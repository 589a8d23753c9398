"""Price presets of known applications: amounts for a scenario's parameters, each with its basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from advgame.bundled import bundled
from advgame.errors import ScenarioError, UnknownName, shortened
from advgame.files import read_once, read_toml
from advgame.scenarios.parameters import TERM_PARAMETERS, set_parameter
from advgame.scenarios.preset_values import amount_in, table_in, text_in
from advgame.scenarios.scenario import Scenario, check_scenario


@dataclass(frozen=True)
class Preset:
    """Amounts by parameter, each with its basis or the word "assumed"."""

    name: str
    title: str
    story: str
    currency: str
    amounts: Mapping[str, float]
    basis: Mapping[str, str]


def presets() -> tuple[Preset, ...]:
    """The bundled presets by name."""
    return tuple(_read_preset(path) for path in sorted((bundled("data") / "economics").glob("*.toml")))


def preset(name: str) -> Preset:
    """The bundled preset with a name.

    Raises:
        UnknownName: when no such preset is bundled; the message suggests a similar name.
    """
    known = {bundled_preset.name: bundled_preset for bundled_preset in presets()}
    if name not in known:
        raise UnknownName("economic preset", name, known)
    return known[name]


def apply_preset(scenario: Scenario, chosen: Preset) -> Scenario:
    """The scenario at the prices of a preset.

    An amount of money that the preset does not set becomes 0, so that currencies are never mixed. Shares
    and the volume stay as they are unless the preset sets them.

    >>> from advgame.scenarios import case
    >>> apply_preset(case("cifar10-two-defences"), preset("spam")).currency
    'USD'

    Raises:
        ScenarioError: when a name is given in place of a scenario or preset.
    """
    check_scenario(scenario)
    if not isinstance(chosen, Preset):
        raise ScenarioError(f"A preset is expected, not {shortened(chosen)}; advgame.preset(NAME) gives one.")
    unpriced = (
        about.name
        for about in TERM_PARAMETERS.values()
        if about.name not in chosen.amounts and about.unit.startswith("money")
    )
    for address, amount in {**dict.fromkeys(unpriced, 0.0), **chosen.amounts}.items():
        scenario = set_parameter(scenario, address, amount)
    return replace(scenario, currency=chosen.currency, basis={**scenario.basis, **chosen.basis})


def _preset_at(path: Path) -> Preset:
    content = read_toml(path, ScenarioError)
    texts = {key: text_in(path, content, key) for key in ("title", "story", "currency")}
    parameters = content.get("parameters")
    if not isinstance(parameters, dict) or not parameters:
        raise ScenarioError(f"The preset {path.name} has no parameters; give [parameters.NAME] tables.")
    tables = {address: table_in(path, parameters, address) for address in parameters}
    amounts = {address: amount_in(path, address, about.get("amount")) for address, about in tables.items()}
    basis = {address: text_in(path, about, "basis") for address, about in tables.items()}
    return Preset(path.stem, texts["title"], texts["story"], texts["currency"], amounts, basis)


_read_preset = read_once(_preset_at)
