"""The game of a scenario against each of several attacker types, alone and as one Bayesian game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts
from advgame.errors import ScenarioError
from advgame.games import Game
from advgame.games.bayesian import BayesianGame
from advgame.payoffs import build
from advgame.payoffs.terms import Amount
from advgame.scenarios import Scenario, set_parameter
from advgame.scenarios.attacker_type import AttackerType, check_types


@dataclass(frozen=True, eq=False)
class TypeGame:
    """The game against one type: its own rewards, costs and traffic, and the attacks it can play."""

    name: str
    kind: AttackerType
    game: Game  # (defences, attacks of the type), no attack first
    amounts: UncertainAmounts  # the type's rewards and costs, within the margin of the scenario
    adversarial_share: FloatArray  # (attacks of the type,) of the traffic


def type_games(scenario: Scenario, types: Mapping[str, AttackerType]) -> tuple[TypeGame, ...]:
    """The game against each type.

    >>> from advgame.scenarios import case
    >>> types = {"cheap": AttackerType(0.6, cost_multiplier=0.5), "full": AttackerType(0.4)}
    >>> for known in type_games(case("cifar10-two-defences"), types):
    ...     print(known.name, known.game.attacker_payoffs[:, 1].round(3).tolist())
    cheap [0.21, 0.05]
    full [0.12, -0.04]

    Args:
        scenario: the question; its own attacker is replaced.
        types: by name, with priors that sum to 1.

    Raises:
        ScenarioError: for no types, priors that do not sum to 1, and a scenario without attacks.
        UnknownName: for a type with an attack that the scenario does not have.
    """
    if not types:
        raise ScenarioError("There are no attacker types; give at least one.")
    check_types(types)
    if len(scenario.accuracies.attacks) == 1:
        raise ScenarioError(
            "The scenario has no attack, so that attackers of all types do the same: nothing. Attacker types "
            "apply to scenarios with at least one attack."
        )
    return tuple(_game_of(scenario, name, kind) for name, kind in types.items())


def bayesian_game(games: tuple[TypeGame, ...]) -> BayesianGame:
    """The Bayesian game against some types.

    Args:
        games: of each type.
    """
    return BayesianGame(
        [type_game.game.defender_payoffs for type_game in games],
        [type_game.game.attacker_payoffs for type_game in games],
        [type_game.kind.prior for type_game in games],
        [type_game.name for type_game in games],
    )


def _game_of(scenario: Scenario, name: str, kind: AttackerType) -> TypeGame:
    own = _scenario_of(scenario, kind)
    accuracies = own.accuracies
    # an attack without traffic is no attack: left out, or it would tie with it
    usable = [place for place in kind.columns(accuracies.attacks) if accuracies.adversarial_share[place] > 0]
    columns = [0, *usable]
    whole, amounts = build(accuracies, own.terms), attacker_amounts(own)
    game = Game(
        whole.defender_payoffs[:, columns],
        whole.attacker_payoffs[:, columns],
        whole.defences,
        [whole.attacks[place] for place in columns],
    )
    uncertain = UncertainAmounts(
        np.ascontiguousarray(amounts.effects[:, :, columns]), amounts.low, amounts.high
    )
    return TypeGame(name, kind, game, uncertain, accuracies.adversarial_share[columns])


def _scenario_of(scenario: Scenario, kind: AttackerType) -> Scenario:
    """The scenario as if its attacker were of this type for certain; all attacks are still there."""
    changed = replace(scenario, largest_share=min(scenario.largest_share, kind.largest_share))
    if kind.reward is not None:
        changed = set_parameter(changed, "attack_reward", kind.reward)
    term = changed.term("attack_cost")
    costs = {
        name: _times(getattr(term, name), kind.cost_multiplier) for name in ("attack_cost", "attack_setup")
    }
    return changed.with_term(replace(term, **costs))


def _times(amount: Amount, factor: float) -> Amount:
    if isinstance(amount, Mapping):
        return {name: factor * value for name, value in amount.items()}
    return factor * amount
