"""Presets of attackers (hobbyist, professional, insider): assumed priors, rewards, costs and attacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from advgame.bundled import bundled
from advgame.errors import ScenarioError, UnknownName, shortened
from advgame.files import read_toml
from advgame.scenarios.attacker_type import AttackerType
from advgame.scenarios.parameters import get_parameter
from advgame.scenarios.preset_values import amount_in, table_in, text_in
from advgame.scenarios.scenario import Scenario

AMOUNTS = ("prior", "reward_multiplier", "cost_multiplier", "largest_share")


@dataclass(frozen=True)
class AttackerPreset:
    """A kind of attacker that fits any scenario: amounts relative to it, attacks as patterns of names."""

    name: str
    title: str
    story: str
    amounts: Mapping[str, float]  # by the names in AMOUNTS
    basis: Mapping[str, str]  # of each amount, and of ``attacks``
    patterns: tuple[str, ...]

    def in_scenario(self, scenario: Scenario, prior: float | None = None) -> AttackerType:
        """The type in a scenario: its attacks are those that fit a pattern, or all where none does.

        >>> from advgame.scenarios import case
        >>> attacker_presets()["hobbyist"].in_scenario(case("pneumonia-measured")).attacks[0]
        'square-Linf-0.02'

        Args:
            scenario: whose attacks and reward are meant.
            prior: probability of the type; by default that of the preset.
        """
        attacks = scenario.accuracies.attacks[1:]
        usable = tuple(
            attack for attack in attacks if any(fnmatchcase(attack, pattern) for pattern in self.patterns)
        )
        reward = get_parameter(scenario, "attack_reward")
        return AttackerType(
            self.amounts["prior"] if prior is None else prior,
            usable or None,
            self.amounts["reward_multiplier"] * reward,
            self.amounts["cost_multiplier"],
            self.amounts["largest_share"],
        )


def attacker_presets() -> dict[str, AttackerPreset]:
    """The bundled kinds of attackers by name, in the order in which they are listed.

    >>> list(attacker_presets())
    ['hobbyist', 'insider', 'professional']
    """
    paths = sorted((bundled("data") / "attackers").glob("*.toml"))
    return {path.stem: _preset_at(path) for path in paths}


def attacker_preset(name: str) -> AttackerPreset:
    """The bundled kind of attacker with a name.

    Raises:
        UnknownName: when there is none; the message suggests a similar name.
    """
    known = attacker_presets()
    if name not in known:
        raise UnknownName("attacker preset", name, known)
    return known[name]


def _preset_at(path: Path) -> AttackerPreset:
    content = read_toml(path, ScenarioError)
    texts = [text_in(path, content, key) for key in ("title", "story")]
    tables = {name: table_in(path, content.get("parameters"), name) for name in AMOUNTS}
    attacks = table_in(path, content, "attacks")
    amounts = {name: amount_in(path, name, table.get("amount"), least=0) for name, table in tables.items()}
    basis = {name: text_in(path, table, "basis") for name, table in {**tables, "attacks": attacks}.items()}
    return AttackerPreset(path.stem, texts[0], texts[1], amounts, basis, _patterns(path, attacks))


def _patterns(path: Path, attacks: Mapping[str, Any]) -> tuple[str, ...]:
    given = attacks.get("patterns")
    if not isinstance(given, list) or not given or not all(isinstance(pattern, str) for pattern in given):
        raise ScenarioError(
            f"The preset {path.name}: patterns is {shortened(given)}; expected a list of names of attacks, "
            'in which "*" stands for any text.'
        )
    return tuple(given)
