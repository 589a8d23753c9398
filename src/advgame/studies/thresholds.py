"""What would change the answer: for every number, the nearest values at which something else is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advgame.decision.recommendation import Recommendation, recommend
from advgame.equilibria import Concept
from advgame.equilibria.algorithms.support_margin import support_margin
from advgame.games.tolerances import PLAYED
from advgame.payoffs.terms import Parameter
from advgame.scenarios import Scenario, get_parameter
from advgame.scenarios.parameters import ACCURACIES, TERM_PARAMETERS
from advgame.studies.parameter_line import Deploy, Line, Played, deployed, played, played_along

GRID = 16  # points looked at on each side; an answer that holds between two neighbours only is not seen
PRECISION = 1e-9  # of the searched range
BESIDE = 64 * PRECISION  # how far from a threshold the deployed defences are looked at, to be clear of ties
NO_MARGIN = 1e-12  # of a payoff range, or of a probability: an equilibrium with less is at its end
NEAREST = 3  # defences and attacks whose own numbers are looked at, beside those played


@dataclass(frozen=True)
class Threshold:
    """Where one number of a scenario would change what is deployed.

    The same defences are deployed for all values between ``below`` and ``above``; None there means
    down to ``low`` or up to ``high``. A turning point is ``value`` itself where something else is deployed
    right beside it, nearer than the search can tell.
    """

    parameter: str  # its address
    value: float  # where we stand
    below: float | None
    above: float | None
    low: float  # the range that was searched
    high: float
    deploy: Deploy  # the defences deployed where we stand
    deploy_below: Deploy | None
    deploy_above: Deploy | None

    @property
    def decides(self) -> bool:
        """Whether any value of the range would change what is deployed."""
        return self.below is not None or self.above is not None


def thresholds(
    scenario: Scenario | Recommendation,
    concept: str | Concept | None = None,
    parameters: Iterable[str] | None = None,
) -> tuple[Threshold, ...]:
    """The break-even values of the largest share, of each cost and of each accuracy.

    The game is solved anew at each value tried, so both players answer the change. A grid, solved at once,
    shows between which two values the deployed defences change next. There the equilibrium played before
    the change ends: the root of its `support_margin` is the threshold. Where that root does not explain the
    change, bisection finds it.

    >>> from advgame.scenarios import case
    >>> share, = thresholds(case("cifar10-two-defences"), parameters=["largest_share"])
    >>> round(share.below, 5), share.deploy_below
    (0.15017, ('Standard',))

    Args:
        scenario: the scenario, or what is recommended in it.
        concept: by default the one the scenario is answered with.
        parameters: addresses; by default the largest share, every price, and the costs and accuracies
            of the defences and attacks that are played or come nearest.

    Raises:
        UnknownName, ScenarioError: for an address the scenario does not have.
        SolverError: when no equilibrium could be certified where the scenario stands.
    """
    here = recommend(scenario.situation if isinstance(scenario, Recommendation) else scenario, concept)
    wanted = list(parameters) if parameters is not None else _addresses(here)
    sides = [side for address in wanted for side in _both_sides(here, address)]
    changes = dict(zip(sides, _changes(sides), strict=True))
    return tuple(
        _threshold(below, above, changes[below], changes[above])
        for below, above in zip(sides[::2], sides[1::2], strict=True)
    )


@dataclass(frozen=True, eq=False)
class Side:
    """One number of the scenario, moved from where it stands to one end of its range."""

    line: Line
    here: Played
    start: float
    end: float

    @property
    def precision(self) -> float:
        """How exactly a threshold is located, in the unit of the number."""
        return PRECISION * abs(self.end - self.start)

    def deploy_at(self, value: float) -> Deploy | None:
        """The defences deployed at one value, solved on its own."""
        situation = self.line.situation
        found = played(situation.concept, self.line.game(value), situation.accuracies.defences)
        return None if found is None else found.deploy


@dataclass(frozen=True, eq=False)
class Bracket:
    """Two neighbouring values between which the deployed defences change."""

    side: Side
    same: float
    before: Played  # what is played at ``same``
    changed: float
    after: Deploy  # what is deployed at ``changed``


@dataclass(frozen=True)
class Change:
    """Where something else is deployed, and what."""

    value: float
    deploy: Deploy


def _threshold(below: Side, above: Side, lower: Change | None, upper: Change | None) -> Threshold:
    return Threshold(
        below.line.address,
        below.start,
        lower.value if lower else None,
        upper.value if upper else None,
        below.end,
        above.end,
        below.here.deploy,
        lower.deploy if lower else None,
        upper.deploy if upper else None,
    )


def _both_sides(here: Recommendation, address: str) -> tuple[Side, Side]:
    value = get_parameter(here.scenario, address)
    low, high = _range(here.scenario, address, value)
    line, profile = Line(here.situation, address), here.profile
    stands = Played(deployed(profile.defender, here.game.defences), profile.defender, profile.attacker)
    return Side(line, stands, value, low), Side(line, stands, value, high)


def _changes(sides: Sequence[Side]) -> list[Change | None]:
    """The nearest change on each side; all grids are solved as one batch, and so are all checks."""
    grids = [np.linspace(side.start, side.end, GRID + 1)[1:].tolist() for side in sides]
    brackets = [
        _bracket(side, grid, answers)
        for side, grid, answers in zip(sides, grids, _played(sides, grids), strict=True)
    ]
    located = [bracket for bracket in brackets if bracket is not None]
    changes = dict(zip((id(each) for each in located), _located(located), strict=True))
    return [None if bracket is None else changes[id(bracket)] for bracket in brackets]


def _played(sides: Sequence[Side], values: Sequence[Sequence[float]]) -> list[list[Played | None]]:
    return played_along([(side.line, each) for side, each in zip(sides, values, strict=True)])


def _bracket(side: Side, grid: Sequence[float], answers: Sequence[Played | None]) -> Bracket | None:
    same, before = side.start, side.here
    for value, found in zip(grid, answers, strict=True):
        if found is not None and found.deploy != side.here.deploy:
            return Bracket(side, same, before, value, found.deploy)
        if found is not None:
            before, same = found, value
    return None


def _located(brackets: Sequence[Bracket]) -> list[Change]:
    """The change in each bracket: the end of the equilibrium before it if that explains it, else bisected."""
    ends = [_end_of_equilibrium(bracket) for bracket in brackets]
    checks = [
        [] if end is None else _beside(bracket, end) for bracket, end in zip(brackets, ends, strict=True)
    ]
    around = _played([bracket.side for bracket in brackets], checks)
    return [
        _explained(bracket, end, answers) or _bisected(bracket)
        for bracket, end, answers in zip(brackets, ends, around, strict=True)
    ]


def _beside(bracket: Bracket, end: float) -> list[float]:
    """The values just before and just after an end, kept within the bracket."""
    low, high = sorted((bracket.same, bracket.changed))
    step = BESIDE * (bracket.side.end - bracket.side.start)
    return [min(max(value, low), high) for value in (end - step, end + step)]


def _explained(bracket: Bracket, end: float | None, around: Sequence[Played | None]) -> Change | None:
    if end is None or any(each is None for each in around):
        return None
    before, after = (each.deploy for each in around if each is not None)
    here = bracket.side.here.deploy
    stands_there = abs(end - bracket.side.start) <= BESIDE * abs(bracket.side.end - bracket.side.start)
    explains = after != here and (before == here or stands_there)
    return Change(_snapped(bracket.side, end), after) if explains else None


def _snapped(side: Side, value: float) -> float:
    """The value, or where the scenario stands or the range ends if it is no farther than the precision."""
    return next((end for end in (side.start, side.end) if abs(value - end) <= side.precision), value)


def _end_of_equilibrium(bracket: Bracket) -> float | None:
    """Where the equilibrium on the supports of the last unchanged game ends; None where it is degenerate."""
    from scipy.optimize import brentq

    rows = np.flatnonzero(bracket.before.defender > PLAYED)
    columns = np.flatnonzero(bracket.before.attacker > PLAYED)
    if len(rows) != len(columns):
        return None

    def margin(value: float) -> float:
        (a,), (b,) = bracket.side.line.payoffs([value])
        return support_margin(a, b, rows, columns)

    at_same = margin(bracket.same)
    if abs(at_same) <= NO_MARGIN:
        return bracket.same
    if at_same < 0:
        return None
    if margin(bracket.changed) >= 0:
        return bracket.changed  # it holds up to there, where the game may be degenerate
    return float(brentq(margin, bracket.same, bracket.changed, xtol=bracket.side.precision / 100))


def _bisected(bracket: Bracket) -> Change:
    same, changed, other = bracket.same, bracket.changed, bracket.after
    while abs(changed - same) > bracket.side.precision:
        middle = (same + changed) / 2
        found = bracket.side.deploy_at(middle)
        if found == bracket.side.here.deploy:
            same = middle
        else:
            changed, other = middle, found or other
    return Change(_snapped(bracket.side, (same + changed) / 2), other)


def _range(scenario: Scenario, address: str, value: float) -> tuple[float, float]:
    field = address.partition("[")[0]
    if field == "largest_share" or field in ACCURACIES:
        return 0.0, 1.0
    if field == "adversarial_share":
        return 0.0, scenario.largest_share
    about = TERM_PARAMETERS[field]
    high = max(about.usual_top, 4 * abs(value))
    return (-high if about.may_be_negative else 0.0), high


def _addresses(here: Recommendation) -> list[str]:
    """The largest share, every price that is one amount for all, and the entries that matter most."""
    scenario = here.scenario
    defences, attacks = _nearest_defences(here), _nearest_attacks(here)
    found = ["largest_share"]
    for about in TERM_PARAMETERS.values():
        found += _price_addresses(scenario, about, defences, attacks)
    found += [f"clean_accuracy[{defence}]" for defence in defences]
    found += [f"attacked_accuracy[{defence}, {attack}]" for defence in defences for attack in attacks]
    return found


def _price_addresses(
    scenario: Scenario, about: Parameter, defences: list[str], attacks: list[str]
) -> list[str]:
    amount = getattr(scenario.term(about.term), about.name)
    if about.by == "defence":
        return [f"{about.name}[{defence}]" for defence in defences]  # one amount for all changes no answer
    if isinstance(amount, Mapping):
        return [f"{about.name}[{attack}]" for attack in attacks]
    if about.term == "explanation_value" and amount == 0:
        return []
    return [about.name]


def _nearest_defences(here: Recommendation) -> list[str]:
    """The defences played, the undefended one, and those that pay best against the attacker's mix."""
    pays = here.game.defender_payoffs @ here.profile.attacker
    return _first(here.game.defences, pays, [*dict(here.deploy), here.undefended])


def _nearest_attacks(here: Recommendation) -> list[str]:
    """The attacks played and those that pay the attacker best against the defender's mix."""
    pays = here.profile.defender @ here.game.attacker_payoffs
    return _first(here.game.attacks[1:], pays[1:], [name for name, _ in here.attacked_by])


def _first(names: tuple[str, ...], pays: np.ndarray, played: list[str]) -> list[str]:
    by_pay = [names[place] for place in np.argsort(-pays, kind="stable")]
    wanted = dict.fromkeys([name for name in played if name in names] + by_pay)
    return list(wanted)[: max(NEAREST, len([name for name in played if name in names]))]
