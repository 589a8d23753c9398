"""Thresholds: for each parameter, the nearest values at which the deployed defences change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import ceil, floor, inf, isinf
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.decision.recommendation import Recommendation, recommend
from advgame.decision.situation import Situation, situate
from advgame.equilibria import Concept, for_many_games
from advgame.equilibria.algorithms.bracketed_root import bracketed_root
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.support_margin import support_margin
from advgame.games.tolerances import PLAYED
from advgame.number_text import significant
from advgame.payoffs.terms import Parameter
from advgame.scenarios import Scenario, get_parameter
from advgame.scenarios.parameters import ACCURACIES, STRENGTHS, TERM_PARAMETERS, WHOLE
from advgame.scenarios.ranges import largest_strength, strengths_that_matter
from advgame.studies.bulk_policy import solved_while_running
from advgame.studies.parameter_line import (
    Answers,
    Deploy,
    Line,
    Played,
    budget_for_neighbours,
    deployed,
    played,
)
from advgame.studies.standard_deviations import standard_deviations
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd


GRID = 16  # points on each side; a change within one grid interval that reverts is missed
PARTS = 16  # sub-intervals per round when the change in a bracket is bisected
PRECISION = 1e-9  # of the searched range
BESIDE = 64 * PRECISION  # distance from a threshold at which the deployed defences are checked, clear of ties
NO_MARGIN = 1e-12  # of a payoff range, or of a probability: below it an equilibrium is at its end
NEAR_WHOLE = 1e-6  # a threshold this near to a whole number is one
NEAREST = 3  # defences and attacks whose own parameters are varied, including those played


@dataclass(frozen=True)
class Threshold:
    """The values of one parameter at which the deployed defences change.

    The same defences are deployed at all values tried between ``below`` and ``above``; None means that
    they are down to ``low`` or up to ``high``. A change that reverts between two neighbouring values tried
    is missed. A threshold equals ``value`` if the deployed defences change closer to it than the precision
    of the search.
    """

    parameter: str  # its address
    value: float  # the scenario's value
    below: float | None
    above: float | None
    low: float  # the searched range
    high: float
    deploy: Deploy  # the defences deployed at ``value``; empty where the service is not run
    deploy_below: Deploy | None
    deploy_above: Deploy | None
    cut_short: bool = False  # whether the work limit of all searches was reached before this one ended

    @property
    def decides(self) -> bool:
        """Whether the deployed defences change anywhere in the range."""
        return self.below is not None or self.above is not None

    @property
    def nearest(self) -> float | None:
        """The nearer of the thresholds that the parameter can reach: no cost falls below zero.

        >>> Threshold("attack_cost", 0.01, -0.02, 0.5, -1.0, 1.0, ("a",), ("b",), ("c",)).nearest
        0.5
        """
        places = [place for place in (self.below, self.above) if place is not None]
        reached = [place for place in places if place >= 0 or self.value < 0]
        return min(reached, key=lambda place: abs(place - self.value), default=None)

    @property
    def relative_distance(self) -> float:
        """The distance to the nearest threshold, as a fraction of the range; infinite where there is none."""
        nearest = self.nearest
        return inf if nearest is None else abs(nearest - self.value) / ((self.high - self.low) or 1.0)


def thresholds(
    scenario: Scenario | Recommendation,
    concept: str | Concept | None = None,
    parameters: Iterable[str] | None = None,
) -> tuple[Threshold, ...]:
    """The thresholds of the largest share, of each cost and of each accuracy.

    The game is solved again at each value, so both players respond to the change. A grid, solved as one
    batch, brackets the nearest change of the deployed defences. The equilibrium played before the change
    ends within the bracket: the root of its `support_margin` is the threshold. If that root does not
    explain the change, bisection locates it.

    >>> from advgame.scenarios import case
    >>> share, = thresholds(case("cifar10-two-defences"), parameters=["largest_share"])
    >>> round(share.below, 5), share.deploy_below
    (0.15017, ('Standard',))

    Args:
        scenario: a scenario, or its recommendation.
        concept: a solution concept; by default that of `concept_in_bulk`.
        parameters: addresses; by default the largest share, every price, and the costs and accuracies
            of the defences and attacks that are played or nearly as good.

    Raises:
        UnknownName, ScenarioError: for an address the scenario does not have.
        SolverError: when no equilibrium of the scenario itself could be certified.
    """
    given = scenario.situation if isinstance(scenario, Recommendation) else situate(scenario, concept)
    recommendation = recommend(given, concept or for_many_games(given.concept))
    wanted = list(parameters) if parameters is not None else relevant_addresses(recommendation)
    sides = [side for address in wanted for side in _both_sides(recommendation, address)]
    changes = dict(zip(sides, _changes(sides), strict=True))
    searched = [
        _threshold(below, above, changes[below], changes[above])
        for below, above in zip(sides[::2], sides[1::2], strict=True)
    ]
    return tuple(
        in_whole_numbers(threshold, partial(_deployed_at, recommendation, side.line))
        for threshold, side in zip(searched, sides[::2], strict=True)
    )


def in_whole_numbers(threshold: Threshold, deployed_at: Callable[[float], Deploy | None]) -> Threshold:
    """The threshold of a parameter that takes whole numbers only: the nearest ones where the answer differs.

    Args:
        threshold: found on all numbers; returned as it is where the parameter takes them all.
        deployed_at: what is deployed at a value; None where it is as at the scenario's own.
    """
    if threshold.parameter not in WHOLE:
        return threshold

    def first(start: float | None, step: int, end: float) -> tuple[float | None, Deploy | None]:
        if start is None:
            return None, None
        value = float(ceil(start - NEAR_WHOLE) if step > 0 else floor(start + NEAR_WHOLE))
        while (end - value) * step >= 0:
            if value != threshold.value and (deploy := deployed_at(value)) is not None:
                return value, deploy
            value += step
        return None, None

    below, deploy_below = first(threshold.below, -1, threshold.low)
    above, deploy_above = first(threshold.above, 1, threshold.high)
    return replace(threshold, below=below, deploy_below=deploy_below, above=above, deploy_above=deploy_above)


def _deployed_at(recommendation: Recommendation, line: Line, value: float) -> Deploy | None:
    """What is deployed at a value, None if that is as at the scenario's own or could not be certified."""
    answer = played(recommendation.situation.concept, line.game(value))
    stands = deployed(recommendation.profile.defender, recommendation.game.defences)
    return None if answer is None or answer.deploy == stands else answer.deploy


@dataclass(frozen=True, eq=False)
class Side:
    """One parameter of the scenario, varied from its value to one end of its range."""

    line: Line
    stated: Played
    start: float
    end: float

    @property
    def precision(self) -> float:
        """The precision of a threshold, in the unit of the parameter."""
        return PRECISION * abs(self.end - self.start)


@dataclass(frozen=True, eq=False)
class Bracket:
    """Two neighbouring values between which the deployed defences change."""

    side: Side
    same: float
    before: Played | None  # what is played at ``same``
    changed: float
    after: Deploy  # what is deployed at ``changed``
    cut_short: bool = False  # whether the work limit was reached before the change was located

    @property
    def located(self) -> bool:
        """Whether the distance of both values is within the precision."""
        return abs(self.changed - self.same) <= self.side.precision


@dataclass(frozen=True)
class Change:
    """The nearest value at which the deployed defences change, and to which; None if they do not."""

    value: float | None
    deploy: Deploy | None
    cut_short: bool = False  # whether the work limit was reached first


def _threshold(below: Side, above: Side, lower: Change, upper: Change) -> Threshold:
    return Threshold(
        below.line.address,
        below.start,
        lower.value,
        upper.value,
        below.end,
        above.end,
        below.stated.deploy,
        lower.deploy,
        upper.deploy,
        lower.cut_short or upper.cut_short,
    )


def _both_sides(recommendation: Recommendation, address: str) -> tuple[Side, Side]:
    value = get_parameter(recommendation.scenario, address)
    low, high = searched_range(recommendation.scenario, address, value)
    line, profile = Line(recommendation.situation, address), recommendation.profile
    stands = Played(
        deployed(profile.defender, recommendation.game.defences), profile.defender, profile.attacker
    )
    return Side(line, stands, value, low), Side(line, stands, value, high)


def _changes(sides: Sequence[Side]) -> list[Change]:
    """The nearest change on each side; all grids are solved as one batch, as are all checks."""
    budget = budget_for_neighbours()
    grids = [np.linspace(side.start, side.end, GRID + 1)[1:].tolist() for side in sides]
    answers = Answers([(side.line, grid) for side, grid in zip(sides, grids, strict=True)], budget)
    first = [_first_change(side, answers, place) for place, side in enumerate(sides)]
    brackets = [change for change in first if isinstance(change, Bracket)]
    located = iter(_located(brackets, budget))
    return [next(located) if isinstance(change, Bracket) else change for change in first]


def _first_change(side: Side, answers: Answers, line: int) -> Bracket | Change:
    """The two adjacent grid points between which the deployed defences first change, or no change."""
    same, before = side.start, side.stated
    for place, value in enumerate(answers.lines[line][1]):
        answer = answers.at(line, place)
        if answers.was_cut(line, place):
            return Change(None, None, cut_short=True)
        if answer is not None and answer.deploy != side.stated.deploy:
            return Bracket(side, same, before, value, answer.deploy)
        if answer is not None:
            before, same = answer, value
    return Change(None, None)


def _located(brackets: Sequence[Bracket], budget: Deadline) -> list[Change]:
    """The change in each bracket: the end of the previous equilibrium if it explains it, else bisected."""
    ends = [_end_of_equilibrium(bracket) for bracket in brackets]
    checks = [
        [] if end is None else _beside(bracket, end) for bracket, end in zip(brackets, ends, strict=True)
    ]
    around = Answers(
        [(bracket.side.line, check) for bracket, check in zip(brackets, checks, strict=True)], budget
    )
    explained = [
        _explained(bracket, end, [around.at(line, place) for place in range(len(checks[line]))])
        for line, (bracket, end) in enumerate(zip(brackets, ends, strict=True))
    ]
    unexplained = [bracket for bracket, change in zip(brackets, explained, strict=True) if change is None]
    bisected = iter(_bisected(unexplained, budget))
    return [change or next(bisected) for change in explained]


def _beside(bracket: Bracket, end: float) -> list[float]:
    """The values just before and just after an end, kept within the bracket."""
    low, high = sorted((bracket.same, bracket.changed))
    step = BESIDE * (bracket.side.end - bracket.side.start)
    return [min(max(value, low), high) for value in (end - step, end + step)]


def _explained(bracket: Bracket, end: float | None, around: Sequence[Played | None]) -> Change | None:
    if end is None or any(played is None for played in around):
        return None
    before, after = (played.deploy for played in around if played is not None)
    stated = bracket.side.stated.deploy
    stands_there = abs(end - bracket.side.start) <= BESIDE * abs(bracket.side.end - bracket.side.start)
    explains = after != stated and (before == stated or stands_there)
    return Change(_snapped(bracket.side, end), after) if explains else None


def _snapped(side: Side, value: float) -> float:
    """The value, or the scenario's value or the end of the range if that is within the precision."""
    return next((end for end in (side.start, side.end) if abs(value - end) <= side.precision), value)


def _end_of_equilibrium(bracket: Bracket) -> float | None:
    """The end of the equilibrium on the supports of the last unchanged game; None if degenerate."""
    if bracket.before is None:
        return None
    rows = np.flatnonzero(bracket.before.defender > PLAYED)
    columns = np.flatnonzero(bracket.before.attacker > PLAYED)
    straight = bracket.side.line.straight(bracket.same, bracket.changed)
    if len(rows) != len(columns) or straight is None:
        return None

    def margin(part: float) -> float:
        (a,), (b,) = (pays(np.array([part])) for pays in straight)
        return support_margin(a, b, rows, columns)

    at_same = margin(0.0)
    if abs(at_same) <= NO_MARGIN:
        return bracket.same
    if at_same < 0:
        return None
    if margin(1.0) >= 0:
        return bracket.changed  # it persists up to there, where the game may be degenerate
    part = bracketed_root(margin, 0.0, 1.0, within=PRECISION / 100)
    return bracket.same + part * (bracket.changed - bracket.same)


def _bisected(brackets: Sequence[Bracket], budget: Deadline) -> list[Change]:
    """The changes in several brackets, bisected together: each round solves all of them as one batch."""
    while any(not bracket.located and not bracket.cut_short for bracket in brackets):
        inner = [
            []
            if bracket.located or bracket.cut_short
            else np.linspace(bracket.same, bracket.changed, PARTS + 1)[1:-1].tolist()
            for bracket in brackets
        ]
        answers = Answers(
            [(bracket.side.line, values) for bracket, values in zip(brackets, inner, strict=True)], budget
        )
        brackets = [_narrowed(bracket, answers, line) for line, bracket in enumerate(brackets)]
    return [
        Change(_snapped(bracket.side, (bracket.same + bracket.changed) / 2), bracket.after, bracket.cut_short)
        for bracket in brackets
    ]


def _narrowed(bracket: Bracket, answers: Answers, line: int) -> Bracket:
    """The part of a bracket that contains the change, by bisection over the values within it."""
    values = answers.lines[line][1]
    first, last, after, cut_short = -1, len(values), bracket.after, bracket.cut_short
    while last - first > 1 and not cut_short:
        middle = (first + last) // 2
        answer = answers.at(line, middle)
        if answers.was_cut(line, middle):
            cut_short = True
        elif answer is not None and answer.deploy == bracket.side.stated.deploy:
            first = middle
        else:
            last, after = middle, answer.deploy if answer else after
    edges = [bracket.same, *values, bracket.changed]
    return Bracket(bracket.side, edges[first + 1], None, edges[last + 1], after, cut_short)


def searched_range(scenario: Scenario, address: str, value: float) -> tuple[float, float]:
    """The least and the greatest value of a parameter between which thresholds are searched.

    Args:
        scenario: the scenario.
        address: of the parameter.
        value: its present value.
    """
    field = address.partition("[")[0]
    if field == "largest_share" or field in ACCURACIES:
        return 0.0, 1.0
    if field == "adversarial_share":
        return 0.0, scenario.largest_share
    if field in STRENGTHS:
        return 1.0, largest_strength(scenario, field)
    about = TERM_PARAMETERS[field]
    high = max(about.usual_top, 4 * abs(value))
    return (-high if about.may_be_negative else 0.0), high


def relevant_addresses(recommendation: Recommendation) -> list[str]:
    """The largest share, every price that is a single amount, and the entries that matter most."""
    scenario = recommendation.scenario
    defences, attacks = _nearest_defences(recommendation), _nearest_attacks(recommendation)
    addresses = ["largest_share", *strengths_that_matter(scenario)]
    for about in TERM_PARAMETERS.values():
        addresses += _price_addresses(scenario, about, defences, attacks)
    addresses += [f"clean_accuracy[{defence}]" for defence in defences]
    addresses += [f"attacked_accuracy[{defence}, {attack}]" for defence in defences for attack in attacks]
    return addresses


def _price_addresses(
    scenario: Scenario, about: Parameter, defences: list[str], attacks: list[str]
) -> list[str]:
    amount = getattr(scenario.term(about.term), about.name)
    if about.by == "defence":
        # A cost shared by all defences changes no decision
        return [f"{about.name}[{defence}]" for defence in defences]
    if isinstance(amount, Mapping):
        return [f"{about.name}[{attack}]" for attack in attacks]
    if about.term in ("explanation_value", "utility_under_attack") and amount == 0:
        return []
    return [about.name]


def _nearest_defences(recommendation: Recommendation) -> list[str]:
    """The deployed defences, the undefended network, and the best ones against the attacker's strategy."""
    pays = recommendation.game.defender_payoffs @ recommendation.profile.attacker
    return _first(
        recommendation.game.defences, pays, [*dict(recommendation.deploy), recommendation.undefended]
    )


def _nearest_attacks(recommendation: Recommendation) -> list[str]:
    """The attacks played, and the best ones for the attacker against the defender's strategy."""
    pays = recommendation.profile.defender @ recommendation.game.attacker_payoffs
    return _first(recommendation.game.attacks[1:], pays[1:], [name for name, _ in recommendation.attacked_by])


def _first(names: tuple[str, ...], pays: np.ndarray, played: list[str]) -> list[str]:
    by_pay = [names[place] for place in np.argsort(-pays, kind="stable")]
    wanted = dict.fromkeys([name for name in played if name in names] + by_pay)
    return list(wanted)[: max(NEAREST, len([name for name in played if name in names]))]


@dataclass(frozen=True)
class Thresholds(StudyResult):
    """The thresholds of several parameters of one scenario."""

    in_money: ClassVar[bool] = False

    thresholds: tuple[Threshold, ...]
    deviations: Mapping[str, float] = field(default_factory=dict)  # by address, of what is uncertain
    solved: str = ""  # for which policy

    @cached_property
    def ranked(self) -> tuple[Threshold, ...]:
        """The nearest first, in standard deviations; then those of exact amounts, by their range."""
        return tuple(
            sorted(
                self.thresholds,
                key=lambda threshold: (self.distance(threshold), threshold.relative_distance),
            )
        )

    def distance(self, threshold: Threshold) -> float:
        """How many standard deviations away the nearer threshold is; infinite for none or an exact amount."""
        deviation = self.deviations.get(threshold.parameter, 0.0)
        nearest = threshold.nearest
        return inf if nearest is None or not deviation else abs(nearest - threshold.value) / deviation

    @property
    def sentence(self) -> str:
        """How many parameters change the deployed defences, and the one with the nearest threshold."""
        deciding = sum(threshold.nearest is not None for threshold in self.thresholds)
        cut = sum(threshold.cut_short for threshold in self.thresholds)
        short = f"The search was cut short for {cut} of them. " if cut else ""
        if not deciding:
            return (
                f"None of {len(self.thresholds)} parameters was found to change the deployed defences within "
                f"its range. {short}{self.solved}".rstrip()
            )
        nearest = self.ranked[0]
        away = self.distance(nearest)
        how_far = "" if isinf(away) else f", {significant(away, 2)} standard deviations away"
        threshold = significant(nearest.nearest or 0.0)
        return (
            f"{deciding} of {len(self.thresholds)} parameters can change the deployed defences. The nearest "
            f"threshold is {nearest.parameter} = {threshold}; the scenario has "
            f"{significant(nearest.value)}{how_far}. {short}{self.solved}".rstrip()
        )

    def frame(self) -> pd.DataFrame:
        """One row per parameter, the nearest first: value, thresholds, and the defences around them."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "parameter": threshold.parameter,
                    "value": threshold.value,
                    "below": threshold.below,
                    "above": threshold.above,
                    "standard_deviations": self.distance(threshold),
                    "relative_distance": _of_the_value(threshold),
                    "deploy_below": " + ".join(threshold.deploy_below or ()),
                    "deploy": " + ".join(threshold.deploy),
                    "deploy_above": " + ".join(threshold.deploy_above or ()),
                    "low": threshold.low,
                    "high": threshold.high,
                }
                for threshold in self.ranked
            ]
        )


def _of_the_value(threshold: Threshold) -> float:
    """The distance to the nearest threshold, as a fraction of the value; infinite where there is none."""
    nearest = threshold.nearest
    if nearest is None or not threshold.value:
        return inf
    return abs(nearest - threshold.value) / abs(threshold.value)


@dataclass(frozen=True)
class ThresholdStudy(Study[Thresholds]):
    """At which value of each parameter does the recommendation change?

    Args:
        parameters: addresses; by default the largest share, every price, and the costs and accuracies of
            the relevant defences and attacks.
        price_spread: how far each price and the largest share may be off either way, relative to itself; the
            scenario's own intervals go before it.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
    """

    name: ClassVar[str] = "thresholds"
    parameters: tuple[str, ...] = ()
    price_spread: float = 0.2
    assumed_tested: int = 1000

    def run(self, situation: Situation) -> Thresholds:
        """The thresholds below and above the scenario's value of each parameter, the nearest first.

        Raises:
            InputError: for a spread outside 0..1.
            MeasurementError: where a rate has no number of inputs and none is assumed.
            UnknownName: for an address that the scenario does not have.
        """
        deviations = standard_deviations(situation.scenario, self.price_spread, self.assumed_tested)
        answers = thresholds(recommend(situation), parameters=self.parameters or None)
        return Thresholds(answers, deviations, solved_while_running(situation))
