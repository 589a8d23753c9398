"""The best single defence by adversarial share, with bootstrap frequencies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.errors import MeasurementError
from advgame.findings.finding import Finding, Row
from advgame.findings.stories import STORIES, story_name
from advgame.measurements import Column
from advgame.measurements.experiment_tables import CLEAN, Measured
from advgame.measurements.outcomes import Outcomes
from advgame.payoffs import Accuracies, build_many
from advgame.payoffs.accuracies import column_names
from advgame.scenarios import Scenario
from advgame.scenarios.from_experiment import Prices, Story, playable_columns, scenario_of

QUESTION = "Which defence is best as the adversarial share of the traffic grows?"
SHARES = np.linspace(0.0, 1.0, 101)
DRAWS = 300
SEED = 0
TIE = 1e-9
SURE = 0.9  # of the draws


def best_by_share(measured: Measured) -> Finding:
    """The best single defence at each share, at the prices of the measured scenario.

    The defender deploys one network, and the attacker, who knows which, plays the best response (a pure
    commitment). The certainty of the winner is the share of bootstrap draws in which it also wins; inputs
    and training seeds are drawn with replacement, with the same inputs for all networks.
    """
    name = story_name(measured)
    story = STORIES[name] if name else Story(measured.name, "?", next(iter(measured.steps)))
    try:
        scenario = scenario_of(measured, story, "")
    except MeasurementError as reason:
        return Finding(QUESTION, measured.name, str(reason))
    accuracies = scenario.accuracies
    best = best_single(scenario, accuracies)
    again = redrawn(measured, accuracies, playable_columns(measured, story))
    drawn = np.array([best_single(scenario, draw) for draw in again])  # (draws, shares)
    reigns = _reigns(accuracies.defences, best, drawn)
    return Finding(
        QUESTION,
        measured.name,
        _answer(reigns, story.undefended),
        tuple(reign.row for reign in reigns),
        ", then ".join(f"{reign.defence} {reign.where}" for reign in reigns),
    )


def best_single(scenario: Scenario, accuracies: Accuracies) -> NDArray[np.intp]:
    """The index of the best single defence at each of ``SHARES``; ties of the attacker count as the worst."""
    caps = np.array(
        [0.0] + [scenario.adversarial_share.get(attack, 1.0) for attack in accuracies.attacks[1:]]
    )
    at_all = replace(accuracies, adversarial_share=np.minimum(SHARES[:, None], caps))
    a, b = build_many(at_all, scenario.terms)  # (shares, defences, attacks)
    replies = b >= b.max(axis=2, keepdims=True) - TIE
    worst: FloatArray = np.where(replies, a, np.inf).min(axis=2)
    best: NDArray[np.intp] = worst.argmax(axis=1)
    return best


def redrawn(
    measured: Measured, accuracies: Accuracies, attacks: list[Column], draws: int = DRAWS
) -> list[Accuracies]:
    """The accuracies in bootstrap draws of inputs and training seeds.

    Both are drawn with replacement (Owen 2007, doi:10.1214/07-AOAS122).

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        accuracies: the measured accuracies.
        attacks: the columns, in the order of the attacks.
        draws: number of bootstrap draws.
    """
    columns = {name: column for column, name in column_names(tuple(attacks)).items()}
    columns[NO_ATTACK] = CLEAN
    cells = [
        [measured.cell(defence, columns[attack]) for attack in accuracies.attacks]
        for defence in accuracies.defences
    ]
    # (draws, defences, attacks)
    draws_of_cells = np.stack([_redrawn_cells(row, draws) for row in cells], axis=1)
    return [
        replace(accuracies, clean_accuracy=drawn[:, 0], attacked_accuracy=drawn) for drawn in draws_of_cells
    ]


def _redrawn_cells(cells: list[Outcomes], draws: int) -> FloatArray:
    """The accuracies of one defence, (draws, attacks); all defences use the same draws."""
    everything = cells[0].inputs  # benign inputs cover the whole test set
    generator = np.random.default_rng(SEED)
    inputs = generator.multinomial(len(everything), np.full(len(everything), 1 / len(everything)), draws)
    seeds = {
        count: generator.multinomial(count, np.full(count, 1 / count), draws)
        for count in sorted({len(cell.seeds) for cell in cells})
    }
    redrawn = []
    for cell in cells:
        by_input = inputs[:, np.searchsorted(everything, cell.inputs)]  # (draws, inputs)
        by_seed = seeds[len(cell.seeds)]  # (draws, seeds)
        right = np.einsum("ds,si,di->d", by_seed, cell.right, by_input)
        redrawn.append(right / np.maximum(by_seed.sum(axis=1) * by_input.sum(axis=1), 1))
    return np.stack(redrawn, axis=1)


@dataclass(frozen=True)
class Reign:
    """A range of shares with the same winner."""

    defence: str
    low: float  # the first share of the range
    high: float  # the last share of the range
    # frequency of winning in the draws, at the first and at the last share of the range
    wins: tuple[float, float]
    least: float  # lowest frequency of winning over the range
    surely: float | None  # the share of the range from which it wins in 90 % of the draws
    next_best: str  # the most frequent winner of the other draws

    @property
    def where(self) -> str:
        """The range of shares in words."""
        if self.low == self.high:
            return f"at {self.low:.2f}"
        return f"from {self.low:.2f} to {self.high:.2f}"

    @property
    def row(self) -> Row:
        """The range as a row of a table."""
        return {
            "defence": self.defence,
            "from share": self.low,
            "to share": self.high,
            "wins at first share": self.wins[0],
            "wins at last share": self.wins[1],
            "wins 90 % from": "nowhere" if self.surely is None else f"{self.surely:.2f}",
            "next best": self.next_best,
        }


def _reigns(defences: tuple[str, ...], best: NDArray[np.intp], drawn: NDArray[np.intp]) -> list[Reign]:
    turns = (np.flatnonzero(np.diff(best)) + 1).tolist()
    reigns = []
    for first, after in zip([0, *turns], [*turns, len(best)], strict=True):
        winner, best_drawn = int(best[first]), drawn[:, first:after]
        counts = np.bincount(best_drawn.ravel(), minlength=len(defences))
        counts[winner] = 0
        wins = (best_drawn == winner).mean(axis=0)
        unsure = np.flatnonzero(wins < SURE)
        sure_from = int(unsure[-1]) + 1 if len(unsure) else 0
        reigns.append(
            Reign(
                defences[winner],
                float(SHARES[first]),
                float(SHARES[after - 1]),
                (float(wins[0]), float(wins[-1])),
                float(wins.min()),
                float(SHARES[first + sure_from]) if sure_from < len(wins) else None,
                defences[int(counts.argmax())] if counts.any() else "none",
            )
        )
    return reigns


def _answer(reigns: list[Reign], undefended: str) -> str:
    prices = Prices()
    parts = [f"{reign.defence} {reign.where} ({_how_sure(reign)})" for reign in reigns]
    return (
        f"If a correct classification earns 1, an input through {undefended} costs {prices.propagation:g}, "
        f"a query {prices.query:g} and detection {prices.notice:g} at the largest radius, the best single "
        f"defence by adversarial share is {'; '.join(parts)}. Each draw resamples inputs and training "
        "seeds with replacement. The result also depends on the prices, which are assumed."
    )


def _how_sure(reign: Reign) -> str:
    if reign.least == 1:
        return f"in all of {DRAWS} draws"
    first = (
        f"initially in {reign.wins[0]:.0%} of {DRAWS} draws"
        if reign.low < reign.high
        else (f"in {reign.wins[0]:.0%} of {DRAWS} draws")
    )
    later = "" if reign.surely in (None, reign.low) else f", in 90 % of draws from {reign.surely:.2f}"
    return f"{first}{later}, otherwise mostly {reign.next_best}"
