"""A type of attacker: its prior probability, the attacks it can play, its reward, costs and traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import isfinite
from numbers import Real

from advgame.errors import ScenarioError, UnknownName, shortened

SUM = 1e-9  # by which priors may miss 1, for rounding


@dataclass(frozen=True)
class AttackerType:
    """One kind of attacker, as a table ``[attacker_types.NAME]`` of a scenario.

    >>> AttackerType(prior=0.2, attacks=("transferred*",)).columns(("none", "pgd", "transferred-plain@plain"))
    (2,)

    Args:
        prior: probability that an attacker is of this type; those of all types sum to 1.
        attacks: names of attacks, or patterns with ``*``; None for every attack of the scenario.
        reward: for a success, money per adversarial input; None for the scenario's.
        cost_multiplier: by which the scenario's ``attack_cost`` and ``attack_setup`` are multiplied.
        largest_share: of the traffic that this type can supply; the scenario's share still limits it.

    Raises:
        ScenarioError: for a prior that is no positive probability, no attacks, a negative amount.
    """

    prior: float
    attacks: tuple[str, ...] | None = None
    reward: float | None = None
    cost_multiplier: float = 1.0
    largest_share: float = 1.0

    def __post_init__(self) -> None:
        _in_range("prior", self.prior, 1, "a probability above 0, at most 1")
        if self.prior == 0:
            raise ScenarioError("prior is 0; remove a type that never occurs, or give it a probability.")
        _in_range("largest_share", self.largest_share, 1, "a share of the traffic in 0..1")
        _in_range("cost_multiplier", self.cost_multiplier, 1e100, "a number of at least 0")
        if self.reward is not None:
            _in_range("reward", self.reward, 1e100, "an amount of at least 0")
        if self.attacks is not None and not self.attacks:
            raise ScenarioError(
                "attacks is empty: a type without attacks plays no part. Name at least one attack, leave the "
                "key out for all of them, or remove the type."
            )

    def columns(self, attacks: Sequence[str]) -> tuple[int, ...]:
        """The attacks that this type can play, by index; no attack, which all can, is left out.

        Args:
            attacks: names of the scenario's attacks, no attack first.

        Raises:
            UnknownName: for a name or pattern that fits no attack of the scenario.
        """
        if self.attacks is None:
            return tuple(range(1, len(attacks)))
        for wanted in self.attacks:
            if not any(_fits(attack, wanted) for attack in attacks[1:]):
                raise UnknownName("attack (of an attacker type)", wanted, attacks[1:])
        return tuple(
            place
            for place, attack in enumerate(attacks)
            if place and any(_fits(attack, wanted) for wanted in self.attacks)
        )


def check_types(types: Mapping[str, AttackerType]) -> None:
    """Refuses types whose priors do not sum to 1.

    Args:
        types: by name; none at all is allowed.

    Raises:
        ScenarioError: states the sum, and every prior.
    """
    total = sum(kind.prior for kind in types.values())
    if types and abs(total - 1) > SUM:
        listed = ", ".join(f"{name} {kind.prior:g}" for name, kind in types.items())
        raise ScenarioError(
            f"The priors of the attacker types sum to {total:.6g} ({listed}); expected 1. Change them so "
            "that they add up."
        )


def _fits(attack: str, wanted: str) -> bool:
    return attack == wanted or fnmatchcase(attack, wanted)


def _in_range(key: str, value: object, most: float, expected: str) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not isfinite(value) or not 0 <= value <= most:  # type: ignore[arg-type,operator]
        raise ScenarioError(f"{key} of an attacker type is {shortened(value)}; expected {expected}.")
