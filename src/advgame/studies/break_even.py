"""Break-even shares: above which adversarial share does one defence beat another, with an interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from math import hypot, inf
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.decision import Recommendation, Situation, recommend
from advgame.errors import ScenarioError, UnknownName
from advgame.measurements import Measurement, pool_seeds, standard_error
from advgame.number_text import percent
from advgame.payoffs import build
from advgame.payoffs.accuracies import Accuracies, column_names, defence_names
from advgame.scenarios import Scenario
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd


DRAWS = 20_000
SEED = 20210816


@dataclass(frozen=True)
class BreakEven:
    """The share of adversarial traffic above which ``defended`` pays more than ``plain`` under one attack.

    ``share`` is 0 if it always pays more and infinite if it never does. The interval is None if the
    sampling errors of the accuracies are unknown.
    """

    plain: str
    defended: str
    attack: str
    share: float
    # the share up to which it pays more; finite only for a defence that pays at low shares alone
    until: float
    low: float | None
    high: float | None
    level: float
    clean_price: float  # loss of clean accuracy
    clean_price_error: float | None  # its standard error
    robust_gain: float  # gain in accuracy on attacked inputs
    robust_gain_error: float | None
    warnings: tuple[str, ...]

    @property
    def shaky(self) -> bool:
        """Whether the gain behind the share is within two standard errors of zero."""
        return self.robust_gain_error is not None and abs(self.robust_gain) < 2 * self.robust_gain_error


def break_even_share(
    scenario: Scenario, plain: str, defended: str, attack: str | None = None, level: float = 0.95
) -> BreakEven:
    """The break-even share p* = (V_b Δa + ΔC) / (V_a Δr + V_b Δa), with an interval.

    Δa is the loss of clean accuracy, Δr the gain in accuracy on attacked inputs, ΔC the extra cost. For
    the interval, each accuracy is drawn independently: from Student's t around a mean over training runs,
    from the Beta posterior (Jeffreys' prior) for counts. The share is 0 if the defended network always
    pays and infinite if it never does.

    >>> from advgame.scenarios import case
    >>> found = break_even_share(case("cifar10-two-defences"), "Standard", "Rice2020Overfitting")
    >>> round(found.share, 5)
    0.15017

    Args:
        scenario: the scenario.
        plain: the undefended network, or the less protected defence.
        defended: the defence compared with it.
        attack: a column of the game; by default the first attack.
        level: confidence level of the interval, in (0, 1).

    Raises:
        UnknownName: when the scenario has no such defence or attack.
        ScenarioError: when the scenario has no attack.
    """
    accuracies = scenario.accuracies
    if len(accuracies.attacks) == 1:
        raise ScenarioError("The scenario has no attack, so there is no break-even share; add an attack.")
    attack = attack if attack is not None else accuracies.attacks[1]
    places = _place("defence", plain, accuracies.defences), _place("defence", defended, accuracies.defences)
    column = _place("attack", attack, accuracies.attacks[1:]) + 1
    rows = _rows_of(scenario)
    cells = [(name, where) for where in (accuracies.attacks[0], attack) for name in (plain, defended)]
    clean = accuracies.clean_accuracy[list(places)]
    robust = accuracies.attacked_accuracy[list(places), column]
    prices = _prices(scenario, accuracies, places, column)
    errors = [None if _assumed(scenario, cell) else standard_error(rows[cell]) for cell in cells]
    start, end = _pays_between(clean[[0]], clean[[1]], robust[[0]], robust[[1]], prices)
    there = [rows[cell] for cell in cells if cell in rows]  # an assumed accuracy may have no row
    low, high = _interval(there, errors, prices, level)
    return BreakEven(
        plain,
        defended,
        attack,
        float(start[0]),
        float(end[0]),
        low,
        high,
        level,
        clean_price=float(clean[0] - clean[1]),
        clean_price_error=_both(errors[0], errors[1]),
        robust_gain=float(robust[1] - robust[0]),
        robust_gain_error=_both(errors[2], errors[3]),
        warnings=tuple(dict.fromkeys(warning for row in there for warning in row.warnings)),
    )


def break_even_shares(scenario: Scenario, attack: str | None = None) -> tuple[BreakEven, ...]:
    """The break-even shares of all pairs of defences; ``plain`` is the one with higher clean accuracy."""
    accuracies = scenario.accuracies
    order = sorted(
        accuracies.defences, key=lambda name: -accuracies.clean_accuracy[accuracies.defences.index(name)]
    )
    return tuple(
        break_even_share(scenario, plain, defended, attack) for plain, defended in combinations(order, 2)
    )


@dataclass(frozen=True)
class _Prices:
    benign: float  # V_b
    adversarial: tuple[float, float]  # V_a of each defence: it may also earn from tasks done under attack
    in_the_field: Callable[[int, FloatArray], FloatArray]  # which defence, accuracies measured → in the field
    extra_cost: float  # ΔC: the extra cost of the second defence, with or without attack


def _prices(scenario: Scenario, accuracies: Accuracies, places: tuple[int, int], column: int) -> _Prices:
    benign, adversarial = scenario.term("benign_traffic"), scenario.term("adversarial_traffic")
    gain, swing = (
        getattr(benign, "benign_gain"),
        getattr(benign, "benign_gain") + getattr(benign, "benign_loss"),
    )
    unattacked = build(accuracies, scenario.terms).defender_payoffs[:, 0]
    whatever_happens = unattacked - (gain - swing * accuracies.clean_error)  # running costs, explanations, …
    stopped = getattr(adversarial, "stopped_gain") + getattr(adversarial, "breach_loss")
    done = getattr(scenario.term("utility_under_attack"), "attacked_utility")
    completed = np.zeros(accuracies.attacked_accuracy.shape)
    if done and accuracies.completed is not None:
        completed = accuracies.completed
    first, second = (stopped + done * float(completed[place, column]) for place in places)

    def in_the_field(place: int, measured: FloatArray) -> FloatArray:
        if accuracies.strength.as_measured:
            return measured
        every = np.broadcast_to(accuracies.attacked_accuracy, (len(measured), *completed.shape)).copy()
        every[:, places[place], column] = measured
        moved = replace(accuracies, clean_accuracy=every[..., 0], attacked_accuracy=every)
        return np.asarray(1 - moved.attacked_error[:, places[place], column])

    return _Prices(
        swing,
        (first, second),
        in_the_field,
        float(whatever_happens[places[0]] - whatever_happens[places[1]]),
    )


def _pays_between(
    plain_clean: FloatArray, clean: FloatArray, plain_robust: FloatArray, robust: FloatArray, prices: _Prices
) -> tuple[FloatArray, FloatArray]:
    """The shares from which and up to which the second defence pays more; infinite if it never does.

    Its advantage is affine in the share: it grows from ``idle`` to ``busy``.
    """
    idle = -prices.benign * (plain_clean - clean) - prices.extra_cost
    plain_robust, robust = prices.in_the_field(0, plain_robust), prices.in_the_field(1, robust)
    if prices.adversarial[0] == prices.adversarial[1]:
        busy = prices.adversarial[0] * (robust - plain_robust) - prices.extra_cost
    else:
        busy = prices.adversarial[1] * robust - prices.adversarial[0] * plain_robust - prices.extra_cost
    return pays_from(idle, busy), np.where((idle > 0) & (busy < 0), pays_from(-idle, -busy), inf)


def pays_from(idle: FloatArray, busy: FloatArray) -> FloatArray:
    """The share from which on an advantage is positive: 0 from the start, infinite where it never is.

    >>> pays_from(np.array([-1.0, 0.0, 0.0, 1.0]), np.array([3.0, 3.0, -3.0, 3.0])).tolist()
    [0.25, 0.0, inf, 0.0]

    Args:
        idle: (k,) the advantage at a share of 0; above that it is affine in the share.
        busy: (k,) at a share of 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = idle / (idle - busy)
    at_once = (idle > 0) | ((idle == 0) & (busy > 0))
    return np.where(at_once, 0.0, np.where(busy > 0, crossing, inf))


def _interval(
    rows: list[Measurement], errors: list[float | None], prices: _Prices, level: float
) -> tuple[float | None, float | None]:
    if any(error is None for error in errors):
        return None, None
    random = np.random.default_rng(SEED)
    plain_clean, clean, plain_robust, robust = (_draws(row, random) for row in rows)
    shares = np.sort(_pays_between(plain_clean, clean, plain_robust, robust, prices)[0])
    tail = (1 - level) / 2
    return float(shares[round(tail * (DRAWS - 1))]), float(shares[round((1 - tail) * (DRAWS - 1))])


def _draws(row: Measurement, random: np.random.Generator) -> FloatArray:
    error = standard_error(row) or 0.0
    if row.std is not None and row.runs is not None and row.runs > 1:
        return np.asarray(np.clip(row.accuracy + error * random.standard_t(row.runs - 1, DRAWS), 0, 1))
    correct, tested = row.correct or 0, row.tested or 0
    return np.asarray(random.beta(correct + 0.5, tested - correct + 0.5, DRAWS))


def _rows_of(scenario: Scenario) -> dict[tuple[str, str], Measurement]:
    table = pool_seeds(scenario.selected)
    names, columns = defence_names(table), column_names(tuple(c for c in table.columns if c.attack != "none"))
    return {
        (names[row.network, row.defence], columns.get(row.column, row.attack)): row
        for row in table
        if row.metric in ("clean", "robust", "corruption")
    }


def _assumed(scenario: Scenario, cell: tuple[str, str]) -> bool:
    defence, attack = cell
    address = f"clean_accuracy[{defence}]" if attack == "none" else f"attacked_accuracy[{defence}, {attack}]"
    return address in scenario.what_if


def _place(kind: str, name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise UnknownName(kind, name, names)
    return names.index(name)


def _both(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else hypot(first, second)


COMPARED = 5  # the most defences that are compared pair by pair


def main_attack(recommendation: Recommendation) -> str | None:
    """The main attack: the most probable one, else the best response to the undefended network."""
    played = [attack for attack, _ in recommendation.attacked_by if attack != NO_ATTACK]
    candidates = [*played, recommendation.doing_nothing.answer, *recommendation.game.attacks]
    return next((attack for attack in candidates if attack != NO_ATTACK), None)


def break_even_pairs(scenario: Scenario, recommendation: Recommendation) -> tuple[BreakEven, ...]:
    """The break-even shares between the relevant defences under the main attack."""
    attack = main_attack(recommendation)
    if attack is None or recommendation.game.shape[0] == 1:
        return ()
    columns = recommendation.game.defender_payoffs[:, [0, recommendation.game.attacks.index(attack)]]
    worth = {
        name: (-idle, busy)
        for name, (idle, busy) in zip(recommendation.game.defences, columns.tolist(), strict=True)
    }
    # The second of each pair is the one that may pay
    names = sorted(_compared(recommendation), key=lambda name: worth[name])
    return tuple(
        break_even_share(scenario, plain, defended, attack) for plain, defended in combinations(names, 2)
    )


def _compared(recommendation: Recommendation) -> list[str]:
    """The defences to compare: all if there are few, else those deployed, the undefended and the best."""
    if recommendation.game.shape[0] <= COMPARED:
        return list(recommendation.game.defences)
    by_value = sorted(recommendation.alone, key=lambda alone: -alone.value)
    names = [
        recommendation.undefended,
        *(name for name, _ in recommendation.deploy),
        *(alone.defence for alone in by_value),
    ]
    return list(dict.fromkeys(names))[: max(2, min(COMPARED, 1 + len(recommendation.deploy)))]


@dataclass(frozen=True)
class BreakEvenShares(StudyResult):
    """The break-even shares between the relevant defences."""

    in_money: ClassVar[bool] = False

    shares: tuple[BreakEven, ...]

    @property
    def sentence(self) -> str:
        """The pair with the smallest share above 0."""
        finite = [pair for pair in self.shares if 0 < pair.share < inf]
        if not finite:
            return "No defence overtakes another as the share of adversarial traffic grows."
        first = min(finite, key=lambda pair: pair.share)
        return (
            f"{first.defended} pays more than {first.plain} under {first.attack} when more than "
            f"{percent(first.share)} of the traffic is adversarial{_interval_in_words(first)}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per pair: the names, ``share``, ``until``, and the interval's ends and level."""
        import pandas as pd

        columns = ("plain", "defended", "attack", "share", "until", "low", "high", "level")
        rows = [[getattr(pair, column) for column in columns] for pair in self.shares]
        return pd.DataFrame(rows, columns=list(columns))


def _interval_in_words(pair: BreakEven) -> str:
    if pair.low is None or pair.high is None:
        return "; its sampling error is unknown"
    high = "never, whatever the share" if pair.high > 1 else percent(pair.high)
    return f" ({100 * pair.level:g} % interval {percent(pair.low)} to {high})"


@dataclass(frozen=True)
class BreakEvenStudy(Study[BreakEvenShares]):
    """Above which share of adversarial traffic does one defence pay more than another?

    Args:
        attack: a column of the game; empty for the main attack.
        level: confidence level of the intervals, in (0, 1).
    """

    name: ClassVar[str] = "break_even"
    attack: str = ""
    level: float = 0.95

    def run(self, situation: Situation) -> BreakEvenShares:
        """The break-even shares of all pairs among at most five relevant defences.

        Raises:
            UnknownName: for an attack that the scenario does not have.
        """
        pairs = break_even_pairs(situation.scenario, recommend(situation))
        if self.attack or self.level != BreakEvenStudy.level:
            pairs = tuple(
                break_even_share(
                    situation.scenario, pair.plain, pair.defended, self.attack or pair.attack, self.level
                )
                for pair in pairs
            )
        return BreakEvenShares(pairs)
