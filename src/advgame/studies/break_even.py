"""From which adversarial share on does one defence beat another, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import hypot, inf
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.decision import Recommendation, Situation, recommend
from advgame.errors import ScenarioError, UnknownName
from advgame.measurements import Measurement, pool_seeds, standard_error
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

    ``share`` is 0 where it always does and infinite where it never does. The interval is None where
    the rows say nothing of their sampling error.
    """

    plain: str
    defended: str
    attack: str
    share: float
    until: float  # the share up to which it does; infinite but for a defence that pays at low shares only
    low: float | None
    high: float | None
    level: float
    clean_price: float  # accuracy on benign inputs given up
    clean_price_error: float | None  # its standard error
    robust_gain: float  # accuracy on attacked inputs won
    robust_gain_error: float | None
    warnings: tuple[str, ...]

    @property
    def shaky(self) -> bool:
        """Whether the gain the share rests on is within two standard errors of nothing."""
        return self.robust_gain_error is not None and abs(self.robust_gain) < 2 * self.robust_gain_error


def break_even_share(
    scenario: Scenario, plain: str, defended: str, attack: str | None = None, level: float = 0.95
) -> BreakEven:
    """The break-even share p* = (V_b Δa + ΔC) / (V_a Δr + V_b Δa), with an interval.

    Δa is the clean accuracy given up, Δr the attacked accuracy won, ΔC the extra cost. The interval
    draws each accuracy from what its row says of its error, independently: Student's t around a mean of
    training runs, the Beta posterior (Jeffreys' prior) of counts. A share is 0 where the defended
    network always pays and infinite where it never does.

    >>> from advgame.scenarios import case
    >>> found = break_even_share(case("cifar10-two-defences"), "Standard", "Rice2020Overfitting")
    >>> round(found.share, 5)
    0.15017

    Args:
        scenario: the question, its measurements and prices.
        plain: the defence without protection, or with less of it.
        defended: the defence compared with it.
        attack: a column of the game; the first attack if omitted.
        level: of the interval, in (0, 1).

    Raises:
        UnknownName: when the scenario has no such defence or attack.
        ScenarioError: when it has no attack at all.
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
    prices = _prices(scenario, accuracies, places)
    errors = [None if _assumed(scenario, cell) else standard_error(rows[cell]) for cell in cells]
    start, end = _pays_between(clean[[0]], clean[[1]], robust[[0]], robust[[1]], prices)
    low, high = _interval([rows[cell] for cell in cells], errors, prices, level)
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
        warnings=tuple(dict.fromkeys(warning for cell in cells for warning in rows[cell].warnings)),
    )


def break_even_shares(scenario: Scenario, attack: str | None = None) -> tuple[BreakEven, ...]:
    """The break-even shares of all pairs of defences, each from the one more accurate on benign inputs."""
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
    adversarial: float  # V_a
    extra_cost: float  # ΔC: what the second costs more whatever happens


def _prices(scenario: Scenario, accuracies: Accuracies, places: tuple[int, int]) -> _Prices:
    benign, adversarial = scenario.term("benign_traffic"), scenario.term("adversarial_traffic")
    gain, swing = (
        getattr(benign, "benign_gain"),
        getattr(benign, "benign_gain") + getattr(benign, "benign_loss"),
    )
    unattacked = build(accuracies, scenario.terms).defender_payoffs[:, 0]
    whatever_happens = unattacked - (gain - swing * accuracies.clean_error)  # running costs, explanations, …
    return _Prices(
        swing,
        getattr(adversarial, "stopped_gain") + getattr(adversarial, "breach_loss"),
        float(whatever_happens[places[0]] - whatever_happens[places[1]]),
    )


def _pays_between(
    plain_clean: FloatArray, clean: FloatArray, plain_robust: FloatArray, robust: FloatArray, prices: _Prices
) -> tuple[FloatArray, FloatArray]:
    """The shares from and up to which the second defence pays more; from infinity where it never does.

    Its advantage is affine in the share: it grows from ``idle`` to ``busy``.
    """
    idle = -prices.benign * (plain_clean - clean) - prices.extra_cost
    busy = prices.adversarial * (robust - plain_robust) - prices.extra_cost
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = idle / (idle - busy)
    start = np.where(idle >= 0, 0.0, np.where(busy > 0, crossing, inf))
    return start, np.where((idle > 0) & (busy < 0), crossing, inf)


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


def _both(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else hypot(one, other)


COMPARED = 5  # defences at most whose break-even shares are told pair by pair


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


@dataclass(frozen=True)
class BreakEvenShares(StudyResult):
    """The break-even shares between the defences that matter."""

    shares: tuple[BreakEven, ...]

    @property
    def sentence(self) -> str:
        """The pair with the smallest share above 0."""
        finite = [each for each in self.shares if 0 < each.share < inf]
        if not finite:
            return "No defence overtakes another as the share of adversarial traffic grows."
        first = min(finite, key=lambda each: each.share)
        interval = (
            "; its sampling error is not known"
            if first.low is None or first.high is None
            else f" ({100 * first.level:g} % interval {100 * first.low:.3g} % to {100 * first.high:.3g} %)"
        )
        return (
            f"{first.defended} pays more than {first.plain} under {first.attack} once more than "
            f"{100 * first.share:.3g} % of the traffic is adversarial{interval}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per pair: the names, ``share``, ``until``, and the interval's ends and level."""
        import pandas as pd

        columns = ("plain", "defended", "attack", "share", "until", "low", "high", "level")
        rows = [[getattr(each, column) for column in columns] for each in self.shares]
        return pd.DataFrame(rows, columns=list(columns))


@dataclass(frozen=True)
class BreakEvenStudy(Study[BreakEvenShares]):
    """From which share of adversarial traffic on does one defence pay more than another?

    Args:
        attack: a column of the game; empty for the attack that matters most.
        level: of the intervals, in (0, 1).
    """

    name: ClassVar[str] = "break_even"
    attack: str = ""
    level: float = 0.95

    def run(self, situation: Situation) -> BreakEvenShares:
        """The shares of all pairs of the defences that matter, at most five.

        Raises:
            UnknownName: for an attack that the scenario does not have.
        """
        pairs = break_even_pairs(situation.scenario, recommend(situation))
        if self.attack or self.level != BreakEvenStudy.level:
            pairs = tuple(
                break_even_share(
                    situation.scenario, each.plain, each.defended, self.attack or each.attack, self.level
                )
                for each in pairs
            )
        return BreakEvenShares(pairs)
