"""Traffic drawn input by input: benign or attacked, which network answers, right or wrong, what it earns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.errors import InputError
from advgame.payoffs import Accuracies
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import Evidence
from advgame.scenarios.family.payoffs_at_draws import payoffs_at_draws
from advgame.statistics.posteriors import BootstrapPosterior
from advgame.studies.bent_payoffs import WITHOUT, what_bends

AGREE = 1e-9  # of the payoff range: by how much money per input may miss the payoffs of the game


@dataclass(frozen=True, eq=False)
class Money:
    """What the defender earns from a single input, less what the defence costs; money per input."""

    benign_right: FloatArray  # (defences,)
    benign_wrong: FloatArray
    attacked_right: FloatArray  # (defences, attacks)
    attacked_wrong: FloatArray

    @staticmethod
    def of(scenario: Scenario) -> Money:
        """The amounts of a scenario.

        >>> from advgame.scenarios import case
        >>> Money.of(case("cifar10-two-defences")).attacked_right[:, 1].tolist()
        [1.0, 1.0]

        Raises:
            InputError: where the payoffs are not sums over inputs, because of a term of another kind.
        """
        accuracies = scenario.accuracies
        wrong, right = np.zeros((2, *accuracies.attacked_accuracy.shape))
        right += 1.0
        ends = np.array([wrong, right])
        nobody, everybody = np.zeros(wrong.shape[1]), np.append(0.0, np.ones(wrong.shape[1] - 1))
        benign = payoffs_at_draws(scenario, ends, nobody)[0][:, :, 0]
        attacked = payoffs_at_draws(scenario, ends, everybody)[0]
        money = Money(benign[1], benign[0], attacked[1], attacked[0])
        _check(money.expected(accuracies), scenario)
        return money

    def expected(self, accuracies: Accuracies) -> FloatArray:
        """The defender's payoffs (defences, attacks) that these amounts give on average.

        Args:
            accuracies: shares of inputs that are right, and of traffic that is attacked.
        """
        clean, attacked = accuracies.clean_accuracy[:, None], accuracies.attacked_accuracy
        share = accuracies.adversarial_share
        benign = clean * self.benign_right[:, None] + (1 - clean) * self.benign_wrong[:, None]
        hit = attacked * self.attacked_right + (1 - attacked) * self.attacked_wrong
        return np.asarray((1 - share) * benign + np.where(share > 0, share * hit, 0.0))


def _check(expected: FloatArray, scenario: Scenario) -> None:
    payoffs = payoffs_at_draws(scenario, scenario.accuracies.attacked_accuracy[None])[0][0]
    if np.abs(expected - payoffs).max() > AGREE * (float(np.ptp(payoffs)) or 1.0):
        raise InputError(
            f"{what_bends(scenario)}, so that they are no sums over single inputs, and traffic cannot be "
            f"simulated. {WITHOUT}"
        )


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of inputs that occur under two mixed strategies; every input is of one kind."""

    probability: FloatArray  # (kinds,) summing to 1
    defence: NDArray[np.intp]  # (kinds,) which network answers
    attack: NDArray[np.intp]  # (kinds,) 0 for benign inputs
    accuracy: FloatArray  # (kinds,)
    right: FloatArray  # (kinds,) money per input
    wrong: FloatArray  # (kinds,)

    @staticmethod
    def of(accuracies: Accuracies, money: Money, defender: FloatArray, attacker: FloatArray) -> Kinds:
        """The kinds that have a positive probability.

        Args:
            accuracies: of the scenario.
            money: of the scenario.
            defender: (defences,) probabilities; the network is drawn for every input.
            attacker: (attacks,) probabilities.
        """
        hit = accuracies.adversarial_share * attacker
        benign = np.column_stack([defender * (1 - hit.sum()), defender[:, None] * hit[1:]])
        defence, attack = np.nonzero(benign > 0)
        clean = attack == 0
        return Kinds(
            benign[defence, attack] / benign.sum(),
            defence,
            attack,
            accuracies.attacked_accuracy[defence, attack],
            np.where(clean, money.benign_right[defence], money.attacked_right[defence, attack]),
            np.where(clean, money.benign_wrong[defence], money.attacked_wrong[defence, attack]),
        )

    @property
    def predicted(self) -> float:
        """What an input earns on average, money per input."""
        return float(self.probability @ (self.accuracy * self.right + (1 - self.accuracy) * self.wrong))


def realised(
    kinds: Kinds, inputs: int, runs: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The mean earned per input in many runs, and its standard error estimated in each run, both (runs,).

    Inputs are drawn with replacement, from those that were tested where outcomes are known: the number of
    right ones of a kind is then binomial with its accuracy, and is drawn so.

    Args:
        kinds: of inputs.
        inputs: in a run.
        runs: how many.
        random: source of the draws.
    """
    counts = random.multinomial(inputs, kinds.probability, size=runs)
    right = random.binomial(counts, kinds.accuracy)
    mean = (right @ kinds.right + (counts - right) @ kinds.wrong) / inputs
    centre = kinds.predicted
    square = right @ (kinds.right - centre) ** 2 + (counts - right) @ (kinds.wrong - centre) ** 2
    variance = np.maximum(square / inputs - (mean - centre) ** 2, 0.0) * inputs / (inputs - 1)
    return mean, np.sqrt(variance / inputs)


@dataclass(frozen=True, eq=False)
class Stream:
    """A run of traffic: which tested inputs come in which order, and which of them are attacked."""

    inputs: NDArray[np.intp]  # (inputs,) index of the tested input; zeros where outcomes are not known
    seeds: NDArray[np.intp]  # (inputs,) index of the training seed
    lot: FloatArray  # (inputs, 3) uniform: network, attack or benign, right or wrong

    @staticmethod
    def drawn(evidence: Evidence, inputs: int, random: np.random.Generator) -> Stream:
        """A run with a number of inputs.

        Args:
            evidence: what the accuracies rest on.
            inputs: in the run.
            random: source of the draws.
        """
        posterior = evidence.posterior
        seeds, tested = posterior.right.shape[:2] if isinstance(posterior, BootstrapPosterior) else (1, 1)
        return Stream(
            random.integers(0, tested, inputs), random.integers(0, seeds, inputs), random.random((inputs, 3))
        )

    def earned(
        self, kinds: Kinds, evidence: Evidence, random: np.random.Generator
    ) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.bool_]]:
        """The money from every input, its kind, and whether it was classified right, each (inputs,).

        Args:
            kinds: of inputs under the strategies played.
            evidence: outcomes per input, where they are known.
            random: source of further draws, for inputs that were not tested under an attack.
        """
        kind = np.minimum(
            np.searchsorted(np.cumsum(kinds.probability), self.lot[:, 0], side="right"),
            len(kinds.probability) - 1,
        )
        chance = self._chance(kinds, kind, evidence, random)
        right = self.lot[:, 2] < chance
        return np.where(right, kinds.right[kind], kinds.wrong[kind]), kind, right

    def _chance(
        self, kinds: Kinds, kind: NDArray[np.intp], evidence: Evidence, random: np.random.Generator
    ) -> FloatArray:
        """The probability (inputs,) that each input is right: 0 or 1 where its outcome is known."""
        chance = kinds.accuracy[kind]
        if not isinstance(evidence.posterior, BootstrapPosterior):
            return np.asarray(chance)
        outcomes = evidence.posterior.right
        cells = kinds.defence * len(evidence.attacks) + kinds.attack
        for place, cell in enumerate(cells.tolist()):
            if cell in evidence.exact:
                continue
            of_kind = np.flatnonzero(kind == place)
            tested = np.flatnonzero(~np.isnan(outcomes[0, :, cell]))
            inputs = self.inputs[of_kind]
            gaps = np.isnan(outcomes[0, inputs, cell])
            inputs = np.where(gaps, random.choice(tested, len(inputs)), inputs)
            chance[of_kind] = outcomes[self.seeds[of_kind], inputs, cell]
        return np.asarray(chance)
