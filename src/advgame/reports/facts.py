"""What the sections of a report tell of, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from advgame.arrays import NO_ATTACK
from advgame.equilibria import Concept
from advgame.games import Game
from advgame.measurements import MeasurementTable, pool_seeds
from advgame.payoffs import Encounters
from advgame.reports.money import Money, money_of
from advgame.scenarios import Scenario
from advgame.studies import BreakEven, Recommendation, Threshold, break_even_share, recommend, thresholds

COMPARED = 5  # defences at most whose break-even shares are told pair by pair


@dataclass(frozen=True, eq=False)
class Facts:
    """A scenario, what is recommended in it, and what would change that."""

    scenario: Scenario
    concept: str | Concept | None
    recommendation: Recommendation
    met: Encounters
    rows: MeasurementTable  # that are played, seeds pooled
    money: Money
    thresholds: tuple[Threshold, ...]
    break_even: tuple[BreakEven, ...]

    @property
    def game(self) -> Game:
        """The game that was solved."""
        return self.recommendation.game

    @property
    def what_if_concept(self) -> str | Concept | None:
        """The concept that answers the scenario's neighbours, of which a report solves hundreds."""
        return _for_many_games(self.concept)

    @property
    def has_attacks(self) -> bool:
        """Whether any attack was measured."""
        return len(self.met.attacks) > 1


def gather(scenario: Scenario, concept: str | Concept | None) -> Facts:
    """Everything a report on the scenario tells of."""
    recommendation = recommend(scenario, concept)
    what_if = _for_many_games(concept)
    return Facts(
        scenario,
        concept,
        recommendation,
        recommendation.situation.accuracies,
        pool_seeds(scenario.selected),
        money_of(scenario),
        thresholds(recommendation, None if what_if is concept else what_if),
        break_even_pairs(scenario, recommendation),
    )


def _for_many_games(concept: str | Concept | None) -> str | Concept | None:
    """The concept itself, or Nash for an algorithm of nashpy: some never end on a game at the edge."""
    named = concept if isinstance(concept, str) else getattr(concept, "name", "")
    return "nash" if named.replace("-", "_").startswith("nashpy") else concept


def unanswered(found: Recommendation, defence: str) -> float:
    """What a defence alone earns while the adversary keeps to its mix, money per classified input."""
    place = found.game.defences.index(defence)
    return float(found.game.defender_payoffs[place] @ found.profile.attacker)


def main_attack(found: Recommendation) -> str | None:
    """The attack that matters most: the most probable, else the answer to the undefended network."""
    played = [attack for attack, _ in found.attacked_by if attack != NO_ATTACK]
    candidates = [*played, found.doing_nothing.answer, *found.game.attacks]
    return next((attack for attack in candidates if attack != NO_ATTACK), None)


def break_even_pairs(scenario: Scenario, found: Recommendation) -> tuple[BreakEven, ...]:
    """The break-even shares between the defences that matter, under the attack that matters most."""
    attack = main_attack(found)
    if attack is None or found.game.shape[0] == 1:
        return ()
    columns = found.game.defender_payoffs[:, [0, found.game.attacks.index(attack)]]
    worth = {
        name: (-idle, busy) for name, (idle, busy) in zip(found.game.defences, columns.tolist(), strict=True)
    }
    names = sorted(
        _compared(found), key=lambda name: worth[name]
    )  # so that the second is the one that may pay
    return tuple(
        break_even_share(scenario, plain, defended, attack) for plain, defended in combinations(names, 2)
    )


def _compared(found: Recommendation) -> list[str]:
    """The defences between which break-even shares are told: all of a few, else those that matter."""
    if found.game.shape[0] <= COMPARED:
        return list(found.game.defences)
    others = sorted(found.alone, key=lambda each: -each.value)
    names = [found.undefended, *(name for name, _ in found.deploy), *(each.defence for each in others)]
    return list(dict.fromkeys(names))[: max(2, min(COMPARED, 1 + len(found.deploy)))]
