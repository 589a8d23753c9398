"""The kinds of attack: fixed-epsilon, minimum-norm, and invariance-based."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from advgame.errors import LabError
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.line import nearest_on_the_line
from advgame.lab.attacks.stochastic_targets import errors_and_margin, share_of_errors, surest_within
from advgame.lab.networks.classifier import is_randomised, predictions

BATCH = 200  # images of 28 × 28 at once; 100 to 250 are nearly twice as cheap as 1,000, which leave the cache
SMALL, BATCH_OF_SMALL = 256, 400  # of inputs of at most so many values more fit


@dataclass(frozen=True)
class FixedEpsilonAttack(Attack):
    """A fixed-epsilon attack: each radius needs a separate run.

    Radii are run in rising order, each on the inputs not yet fooled.
    """

    @abstractmethod
    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The inputs changed by at most the radius.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radius: largest change, at least 0, in the norm of the attack, for inputs in [0, 1].
        """

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """Every input changed within every radius, whether or not a smaller one had sufficed."""
        return [self.within(victim, inputs, labels, radius) for radius in radii]


@dataclass(frozen=True)
class MinimumNormAttack(Attack):
    """A minimum-norm attack: one run covers all radii."""

    @abstractmethod
    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The inputs with the smallest perturbation found; unchanged or invalid if none is found.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
        """

    def against_randomness(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor
    ) -> list[torch.Tensor]:
        """The examples of a randomised network to choose from, one tensor per run.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
        """
        return [self.smallest(victim, inputs, labels)]

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The same examples for each radius, white-box ones drawn to the decision boundary first.

        For a randomised network, which is correct there half of the time, the most reliable one per radius.
        """
        if is_randomised(victim.network):
            found_in_runs = self.against_randomness(victim, inputs, labels)
            sureness = (share_of_errors if self.queries_only else errors_and_margin)(victim, labels)
            return surest_within(found_in_runs, inputs, str(self.norm), radii, sureness)
        examples = self.smallest(victim, inputs, labels)
        if not self.queries_only and self.norm != "L0":
            examples = drawn_nearer(victim, inputs, labels, examples)
        return [examples] * len(radii)


@dataclass(frozen=True)
class InvarianceAttack(Attack):
    """An attack that changes the true label of an input without changing the network's prediction.

    Its examples are judged by their new label. Inputs without an example are not counted.
    """

    @abstractmethod
    def meant(
        self, victim: Victim, inputs: torch.Tensor, changed: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """The new label of each changed input, (inputs,); −1 where it has not got one.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
            labels: (inputs,) int64, the true classes.
        """


def fooled(victim: Victim, changed: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Which changed inputs the network gets wrong, (inputs,).

    A randomised one by a single draw each, which may be luck; `always_errs` verifies them.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
        labels: (inputs,) int64, the true classes.
    """
    return predictions(victim.network, changed, BATCH) != labels


def drawn_nearer(
    victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, examples: torch.Tensor
) -> torch.Tensor:
    """Examples moved along the straight line to their inputs as far as they still fool.

    Libraries stop at the first example within a few percent of the boundary; ten more propagations without
    gradients bring it onto the boundary.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.
        examples: (inputs, channels, height, width) in [0, 1], adversarial examples.
    """
    adversarial = fooled(victim, examples, labels)
    nearer, goal = examples.clone(), labels[adversarial]
    if adversarial.any():
        nearer[adversarial] = nearest_on_the_line(
            lambda changed: fooled(victim, changed, goal), inputs[adversarial], examples[adversarial]
        )
    return nearer


def batch_of(inputs: torch.Tensor) -> int:
    """How many of these inputs are attacked at once."""
    return BATCH_OF_SMALL if inputs[0].numel() <= SMALL else BATCH


def in_batches(
    work: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], inputs: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """What ``work`` makes of the inputs, a batch at a time.

    Args:
        work: the attack on one batch: inputs and labels to examples.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.
    """
    if len(inputs) == 0:
        return inputs
    size = batch_of(inputs)
    pairs = zip(torch.split(inputs, size), torch.split(labels, size), strict=True)
    return torch.cat([work(*pair) for pair in pairs])


def check_counts(attack: Attack, **least: int) -> None:
    """Refuses a setting below the least that makes sense.

    Raises:
        LabError: names the setting, what was given and what was expected.
    """
    for name, lowest in least.items():
        given = getattr(attack, name)
        if given < lowest:
            raise LabError(
                f"The setting {name!r} of the attack {attack.name!r} is {given}; expected at least {lowest}."
            )
