"""Runs an attack and verifies its results: examples are predicted and measured again.

Attack libraries count NaN as success, exceed the radius, leave networks in training mode, and fail on a
whole batch because of one input. Every accuracy of the laboratory is computed by `outcomes`, which excludes
these errors.
"""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import isfinite

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack, InvarianceAttack, MinimumNormAttack, batch_of
from advgame.lab.attacks.norms import NO_CHANGE, NORMS, WITHIN, beside, pulled_inside, random_changes, size
from advgame.lab.attacks.quick_convolutions import quick_convolutions
from advgame.lab.attacks.seeding import seeded
from advgame.lab.attacks.stochastic_targets import moved
from advgame.lab.evaluation.cost import Spending, spending_on
from advgame.lab.networks.classifier import is_randomised

PREDICTED_AT_ONCE = 250
SMALLEST_PIECE = 25  # a batch that an attack fails on is halved down to this
OUTSIDE = 1e-6  # how far rounding may carry a value out of [0, 1]
SEED_OF_ANSWERS = 15_485_863  # added to the attack's
JUDGED_DRAWS = 10  # answers of a randomised network to each example
COMPARED = 250  # inputs, the first ones, on which the attack is held against random changes
BLIND_SHARE = 0.01  # of inputs without a gradient, from which on there is a warning


@dataclass(frozen=True, eq=False)
class Outcome:
    """The outcome of each input, verified by the network itself."""

    # (radii, inputs): still classified right, by most answers of a randomised network
    right: NDArray[np.bool_]
    # (radii, inputs): of the network's answers that are right; 0 or 1 if it is fixed
    shares: NDArray[np.float64]
    counted: NDArray[np.bool_]  # (radii, inputs): all, but for attacks that change what some inputs mean
    honest: NDArray[np.bool_]  # (inputs,): classified right before the attack
    # (inputs,): smallest change found that fools; 0 where already wrong, inf
    norms: NDArray[np.float64] | None
    crafted: tuple[torch.Tensor, ...]  # per radius, of the shape of the inputs
    # Seconds of CPU (wall on a GPU); forward and backward inputs and queries, in answers and in draws.
    cost_per_input: Mapping[str, float]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Crafted:
    """Examples made on one network, to be tried on others."""

    crafted: tuple[torch.Tensor, ...]  # per radius, of the shape of the inputs
    cost_per_input: Mapping[str, float]
    warnings: tuple[str, ...]


def outcomes(
    attack: Attack,
    victim: Victim,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    radii: Sequence[float],
    crafted: Sequence[torch.Tensor] | None = None,
) -> Outcome:
    """Which inputs the victim classifies correctly under an attack, for each radius.

    An input misclassified before the attack is wrong at every radius, and an example within a smaller
    radius counts for the larger ones, so accuracy never rises with the radius. Natural changes
    (``metric`` is not "robust") are no attacks: each strength is evaluated separately. A
    randomised network answers `JUDGED_DRAWS` times about each example, and an input counts by the share of
    right answers. For an invariance-based attack the network is correct if it predicts the new label, and
    only inputs with an example count.

    Args:
        attack: gives the norm; crafts the examples, unless ``crafted`` is given.
        victim: its network is what is predicted with; put in evaluation mode.
        inputs: (inputs, …) in [0, 1]; labels: (inputs,).
        radii: rising, above 0.
        crafted: examples made elsewhere, one tensor per radius.

    Raises:
        LabError: for inputs, labels or radii that cannot be used.
    """
    _check(inputs, labels, radii, crafted)
    with _at_rest(victim, inputs):
        shares, _ = shares_right(victim, inputs, labels)
        judge = _Judge(attack, victim, inputs, labels, shares, tuple(radii))
        with spending_on(victim, inputs.device) as spending:
            if crafted is not None:
                for place, changed in enumerate(crafted):
                    judge.see(place, changed.to(inputs.device))
            else:
                _attack_all(attack, victim, judge, spending)
        judge.compare(crafted is not None)
    return Outcome(
        right=(judge.shares > 0.5).cpu().numpy(),
        shares=judge.shares.cpu().numpy(),
        counted=judge.counted.cpu().numpy(),
        honest=judge.honest.cpu().numpy(),
        norms=judge.norms.cpu().numpy() if judge.hostile and not is_randomised(victim.network) else None,
        crafted=tuple(judge.examples),
        cost_per_input=spending.per_input(len(inputs), attack.queries_only),
        warnings=tuple(judge.warnings),
    )


def craft(
    attack: Attack, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
) -> Crafted:
    """Examples to be tried on other networks: every input is changed at every radius.

    Against the network itself a small change that suffices is enough; another network is more often
    fooled by a change of the whole radius. What is not usable comes back unchanged.

    Args:
        attack: the attack, with its settings.
        victim: the network under attack, with the gradients and answers an attack may use.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.
        radii: radii in ascending order, in the norm of the attack.

    Raises:
        LabError: for inputs, labels or radii that cannot be used.
    """
    _check(inputs, labels, radii, None)
    warned: dict[str, None] = {}
    everything = torch.arange(len(inputs), device=inputs.device)
    with _at_rest(victim, inputs), spending_on(victim, inputs.device) as spending:
        tensors = _changed(attack, victim, inputs, labels, everything, radii, spending, warned)
    tidy = []
    for changed, radius in zip(tensors, radii, strict=True):
        usable, _ = _usable(attack.norm, changed, inputs, radius)
        if isinstance(attack, MinimumNormAttack):  # which stops at the boundary of this very network
            norm = str(attack.norm)
            usable = moved(usable, inputs, norm, size(usable, inputs, norm), radius, way=1.0)
        tidy.append(usable)
    return Crafted(tuple(tidy), spending.per_input(len(inputs), attack.queries_only), tuple(warned))


@dataclass(eq=False)
class _Judge:
    """Keeps, for each radius, how surely each input is classified right, and the worst example for it."""

    attack: Attack
    victim: Victim
    inputs: torch.Tensor
    labels: torch.Tensor
    before: torch.Tensor  # (inputs,): share of right answers before the attack
    radii: tuple[float, ...]
    warnings: dict[str, None] = field(default_factory=dict)
    shares: torch.Tensor = field(init=False)  # (radii, inputs): of answers that are right
    counted: torch.Tensor = field(init=False)  # (radii, inputs)
    norms: torch.Tensor = field(init=False)  # (inputs,)
    examples: list[torch.Tensor] = field(init=False)  # one tensor per radius

    def __post_init__(self) -> None:
        self.shares = self.before.repeat(len(self.radii), 1)
        self.counted = torch.ones_like(self.shares, dtype=torch.bool)
        self.norms = torch.where(self.honest, torch.inf, 0.0).double()
        self.examples = [self.inputs] * len(self.radii)

    @property
    def honest(self) -> torch.Tensor:
        """Which inputs were classified right before the attack, by most answers, (inputs,)."""
        return self.before > 0.5

    @property
    def standing(self) -> torch.Tensor:
        """Which inputs an attack may still make worse, (radii, inputs)."""
        return self.shares > 0

    @property
    def hostile(self) -> bool:
        """Whether the attack looks for wrong answers within a radius, so that outcomes add up over radii."""
        return self.attack.metric == "robust" and self.attack.norm in NORMS

    def see(self, place: int, changed: torch.Tensor) -> None:
        """Predicts and measures the examples made for one radius."""
        radius = self.radii[place]
        changed, useless = _usable(self.attack.norm, changed, self.inputs, radius)
        self._warn(useless, "not finite or outside [0, 1]", radius)
        shares, silent = shares_right(self.victim, changed, self.labels)
        self._warn(silent, "answered without a finite number by the network", radius)
        if self.hostile:
            self._keep_what_fools(place, changed, torch.where(silent, 1.0, shares))
            return
        self.examples[place] = changed
        if isinstance(self.attack, InvarianceAttack):
            meant = self.attack.meant(self.victim, self.inputs, changed, self.labels)
            fits = size(changed, self.inputs, str(self.attack.norm)) <= radius * (1 + WITHIN)
            self.counted[place] = (meant >= 0) & fits
            shares, _ = shares_right(self.victim, changed, meant)
            shares = shares * self.counted[place]
        self.shares[place] = shares

    def _keep_what_fools(self, place: int, changed: torch.Tensor, shares: torch.Tensor) -> None:
        sizes = size(changed, self.inputs, str(self.attack.norm))
        if isinstance(self.attack, FixedEpsilonAttack):
            too_far = sizes > self.radii[place] * (1 + WITHIN)
            self._warn(too_far, f"larger than the radius in {self.attack.norm}", self.radii[place])
        self.norms = torch.where((shares < 0.5) & (sizes < self.norms), sizes, self.norms)
        for larger, radius in enumerate(self.radii):
            fits = self.standing[larger] & (sizes <= radius * (1 + WITHIN))
            worse = fits & (shares < self.shares[larger])
            # an attempt that changes nothing is kept too, for pictures and transfer
            kept = fits & (shares <= self.shares[larger]) if larger == place else worse
            if kept.any():
                self.examples[larger] = torch.where(beside(kept, changed), changed, self.examples[larger])
            self.shares[larger] = torch.where(worse, shares, self.shares[larger])

    def compare(self, foreign: bool) -> None:
        """Warns where the attack does less than random changes, or has no gradient to go by."""
        if not self.hostile:
            return
        inputs, labels, before = (array[:COMPARED] for array in (self.inputs, self.labels, self.before))
        generator = torch.Generator().manual_seed(self.victim.seed)
        for radius, shares in zip(self.radii, self.shares[:, :COMPARED], strict=True):
            noisy = random_changes(inputs, str(self.attack.norm), radius, generator)
            at_random, _ = shares_right(self.victim, noisy, labels)
            # What is wrong before counts at every radius, here as for the attack.
            standing = round(float(torch.minimum(at_random, before).sum()))
            left = round(float(shares.sum()))
            if standing < left:
                self.warnings[
                    f"weak attack: it leaves {left} of {len(labels)} inputs right at radius "
                    f"{radius:g}, random changes of that size leave {standing}"
                ] = None
        if not foreign and not self.attack.queries_only:
            blind = int((_without_gradient(self.victim, inputs, labels) & (before > 0.5)).sum())
            if blind > BLIND_SHARE * len(labels):
                self.warnings[
                    f"the gradient is exactly 0 at {blind} of {len(labels)} inputs: attacks that use the "
                    "gradient fail there"
                ] = None

    def _warn(self, which: torch.Tensor, what: str, radius: float) -> None:
        count = int(which.sum())
        if count:
            self.warnings[
                f"{count} of {len(which)} examples at radius {radius:g} were {what} and do not count"
            ] = None


def _attack_all(attack: Attack, victim: Victim, judge: _Judge, spending: Spending) -> None:
    """Lets the attack work; the radii rise, and what is fooled at one is not attacked again at the next."""
    if attack.metric != "robust":  # the whole set at once, so that the changes are the same for every network
        everything = torch.ones_like(judge.honest)
        _attack_some(attack, victim, judge, everything, range(len(judge.radii)), spending)
    elif isinstance(attack, FixedEpsilonAttack):
        for place in range(len(judge.radii)):
            _attack_some(attack, victim, judge, judge.standing[place], [place], spending)
    else:
        _attack_some(attack, victim, judge, judge.standing[0], range(len(judge.radii)), spending)


def _attack_some(
    attack: Attack,
    victim: Victim,
    judge: _Judge,
    chosen: torch.Tensor,
    places: Sequence[int],
    spending: Spending,
) -> None:
    """Attacks the chosen inputs in batches at some of the radii, then shows the judge all inputs."""
    if not chosen.any():
        return
    radii, which = [judge.radii[place] for place in places], chosen.nonzero().squeeze(1)
    changed = _changed(attack, victim, judge.inputs, judge.labels, which, radii, spending, judge.warnings)
    for place, whole in zip(places, changed, strict=True):
        judge.see(place, whole)


def _changed(
    attack: Attack,
    victim: Victim,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    which: torch.Tensor,
    radii: Sequence[float],
    spending: Spending,
    warned: dict[str, None],
) -> list[torch.Tensor]:
    """All inputs, those at some places changed by the attack, one tensor per radius."""
    changed = [inputs.clone() for _ in radii]
    for seeded_victim, batch in _batches(attack, victim, inputs, which):
        crafted = _crafted_safely(
            attack, seeded_victim, inputs[batch], labels[batch], radii, spending, warned
        )
        for whole, part in zip(changed, crafted, strict=True):
            whole[batch] = part
    return changed


def _batches(
    attack: Attack, victim: Victim, inputs: torch.Tensor, places: torch.Tensor
) -> Iterator[tuple[Victim, torch.Tensor]]:
    """Places of inputs a batch at a time, each with a seed of its own.

    With k batches, a batch takes every k-th place. If inputs are sorted by class, each batch still holds
    several classes, which attacks that start from another class need.
    """
    at_once = len(places) if attack.metric != "robust" else getattr(attack, "batch", batch_of(inputs))
    batches = max(-(-len(places) // max(at_once, 1)), 1)
    for number in range(batches):
        yield replace(victim, seed=(victim.seed + 104_729 * number) % (1 << 31)), places[number::batches]


def _crafted_safely(
    attack: Attack,
    victim: Victim,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    radii: Sequence[float],
    spending: Spending,
    warned: dict[str, None],
) -> list[torch.Tensor]:
    """What the attack crafts; on failure what it crafts of the halves; in the end the inputs as they are."""
    try:
        with spending.running(), seeded(victim.seed, inputs.device), python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # of libraries; what matters is checked here
            crafted = list(attack.craft(victim, inputs.clone(), labels.clone(), radii))
        shapes = [tuple(batch.shape) for batch in crafted]
        if shapes != [tuple(inputs.shape)] * len(radii):
            raise ValueError(f"it handed back shapes {shapes}")
        return [batch.detach().to(inputs.device, inputs.dtype) for batch in crafted]
    except LabError:
        raise  # a setting that can be put right
    except Exception as failure:  # whatever a library raises must not end the run
        warned[f"the attack failed on a batch, which was tried again in pieces: {_in_one_line(failure)}"] = (
            None
        )
    if len(inputs) <= SMALLEST_PIECE:
        warned["the attack failed on some inputs for good: they count as not fooled"] = None
        return [inputs] * len(radii)
    half = len(inputs) // 2
    parts = [
        _crafted_safely(attack, victim, inputs[piece], labels[piece], radii, spending, warned)
        for piece in (slice(None, half), slice(half, None))
    ]
    return [torch.cat(pieces) for pieces in zip(*parts, strict=True)]


def _in_one_line(failure: Exception) -> str:
    text = " ".join(f"{type(failure).__name__}: {failure}".split()).replace("|", "/")
    return "".join(character for character in text if character.isprintable())[:160]


def _usable(
    norm: str | None, changed: torch.Tensor, inputs: torch.Tensor, radius: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Examples within [0, 1], the useless ones replaced by their inputs, and which those are, (inputs,)."""
    flat = changed.flatten(1)
    good = (torch.isfinite(flat) & (flat >= -OUTSIDE) & (flat <= 1 + OUTSIDE)).all(dim=1)
    changed = torch.where(beside(good, inputs), changed, inputs).clamp(0, 1)
    if norm == "L0":
        changed = torch.where((changed - inputs).abs() > NO_CHANGE, changed, inputs)
    elif norm in NORMS:
        changed = pulled_inside(changed, inputs, norm, radius)
    return changed, ~good


def shares_right(
    victim: Victim, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The share of the network's answers that are right, and where one is not a number, (inputs,) each.

    All inputs are predicted in the same order from the same seed, so that a randomised network draws
    the same for an input before and after the attack, and at every radius; not as during the attack.

    Args:
        victim: the network and the seed of its draws.
        inputs: (inputs, …) in [0, 1].
        labels: (inputs,) int64, the right classes.
    """
    right = torch.zeros(len(inputs), dtype=torch.float64, device=inputs.device)
    silent = torch.zeros_like(labels, dtype=torch.bool)
    draws = JUDGED_DRAWS if is_randomised(victim.network) else 1
    with seeded((victim.seed + SEED_OF_ANSWERS) % (1 << 31), inputs.device), torch.no_grad():
        for _ in range(draws):
            logits = torch.cat([victim.network(part) for part in torch.split(inputs, PREDICTED_AT_ONCE)])
            silent |= torch.isnan(logits).any(dim=1)
            right += (logits.argmax(dim=1) == labels) & ~silent
    return right / draws, silent


def _without_gradient(victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """At which inputs the margin of the right class does not change with any value, (inputs,)."""
    parts = []
    for some, goal in zip(
        *(torch.split(array, PREDICTED_AT_ONCE) for array in (inputs, labels)), strict=True
    ):
        with seeded(victim.seed, inputs.device), torch.enable_grad():
            variable = some.clone().requires_grad_()
            logits = victim.stand_in(variable)
            own = logits.gather(1, goal[:, None])
            runner_up = logits.scatter(1, goal[:, None], -torch.inf).amax(dim=1)
            margin = (own.squeeze(1) - runner_up).sum()
            gradient = (
                torch.autograd.grad(margin, variable, allow_unused=True)[0] if margin.requires_grad else None
            )
        parts.append(torch.zeros_like(variable) if gradient is None else gradient)
    return (torch.cat(parts).flatten(1) == 0).all(dim=1)


@contextmanager
def _at_rest(victim: Victim, inputs: torch.Tensor) -> Iterator[None]:
    """Networks in evaluation mode, with weights that gather no gradients; afterwards as they were."""
    modules = list(
        {
            id(network): network for network in (victim.network, victim.stand_in, *victim.others.values())
        }.values()
    )
    modes = [(part, part.training) for module in modules for part in module.modules()]
    weights = {
        id(parameter): (parameter, parameter.requires_grad)
        for module in modules
        for parameter in module.parameters()
    }
    try:
        for module in modules:
            module.eval()
        for weight, _ in weights.values():
            weight.requires_grad_(False)
        attacked_networks = list(
            {id(network): network for network in (victim.network, victim.stand_in)}.values()
        )
        with quick_convolutions(attacked_networks, inputs):
            yield
    finally:
        for weight, learns in weights.values():
            weight.requires_grad_(learns)
        for part, mode in modes:
            part.training = mode


def _check(
    inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float], crafted: Sequence[torch.Tensor] | None
) -> None:
    if len(inputs) == 0 or len(inputs) != len(labels):
        raise LabError(
            f"There are {len(inputs)} inputs and {len(labels)} labels; expected as many labels as inputs, "
            "at least 1."
        )
    if not torch.isfinite(inputs).all() or inputs.min() < 0 or inputs.max() > 1:
        raise LabError(
            f"The inputs lie between {inputs.min().item():g} and {inputs.max().item():g}; "
            "expected finite values in [0, 1]."
        )
    rising = all(smaller < larger for smaller, larger in pairwise(radii))
    if not radii or not rising or radii[0] <= 0 or not all(isfinite(radius) for radius in radii):
        raise LabError(f"The radii are {list(radii)}; expected rising numbers above 0, at least one.")
    if crafted is not None and [tuple(batch.shape) for batch in crafted] != [tuple(inputs.shape)] * len(
        radii
    ):
        raise LabError(
            f"The crafted examples have the shapes {[tuple(batch.shape) for batch in crafted]}; expected "
            f"{len(radii)} of {tuple(inputs.shape)}, one for each radius."
        )
