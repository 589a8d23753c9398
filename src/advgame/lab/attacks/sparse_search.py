"""Beam search for the fewest values whose change fools a network, guided by gradients.

One beam per input and target class holds the candidates that come nearest to the target. A step changes one
more value in each candidate: those that the gradient ranks highest are tried by forward passes, and the best
are kept. An exchange puts one value back and changes another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.stochastic_targets import always_errs, errors_and_margin
from advgame.lab.networks.classifier import draws_at_random, draws_per_answer, is_randomised
from advgame.lab.networks.expectation import log_mean_probabilities

ROWS = 250  # candidates in one pass; larger batches leave the cache of a core
PAIRS = 2_000_000  # of candidates compared at once: 16 MB, not the gigabytes of a whole batch
EXHAUSTIVE = 512  # candidates; up to this number, every single change is tried instead of the likeliest
FIRST_FAN = 4  # times as many values are tried in the first step
LEVELS = (0.0, 1.0, 0.5, 0.25, 0.75)  # values tried in an exhaustive step
DRAWS = 4  # answers of a random stand-in, averaged to score a candidate
SHORTLIST = 4  # times as many candidates as are kept, scored again where scores are noisy
DRAWS_AGAIN = 64  # behind the second score, at least
PUT_BACK = 4  # changed values that an exchange tries to put back, those with the lowest slopes
EXCHANGED_BEAMS = 2  # per input, those nearest to their targets


@dataclass(frozen=True, eq=False)
class Beams:
    """Candidates of equally many changed values, in one beam per input and target class."""

    owners: torch.Tensor  # (beams,) index of the input in its batch
    inputs: torch.Tensor  # (beams, values)
    labels: torch.Tensor  # (beams,)
    targets: torch.Tensor  # (beams,)
    candidates: torch.Tensor  # (beams, width, values)
    closeness: torch.Tensor  # (beams, width) logit of the target above that of the label

    def __len__(self) -> int:
        return len(self.owners)

    def of(self, chosen: torch.Tensor) -> Beams:
        """Some of the beams, by a mask or by indices."""
        return Beams(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Best:
    """The best candidate of each input."""

    owners: torch.Tensor  # (inputs,) index of the input in its batch
    examples: torch.Tensor  # (inputs, values)
    fools: torch.Tensor  # (inputs,)


@dataclass(frozen=True, eq=False)
class SparseSearch:
    """The moves of the search, on the network of one victim."""

    victim: Victim
    shape: torch.Size  # of one input
    budget: float = torch.inf  # largest sum of the changes of a candidate

    @cached_property
    def at_random(self) -> bool:
        """Whether the network answers at random, so that success must be reliable."""
        return is_randomised(self.victim.network)

    @cached_property
    def scores_are_noisy(self) -> bool:
        """Whether candidates are scored by draws, not by the exact expectation of a random network."""
        return self.at_random and draws_at_random(self.victim.stand_in)

    def start(self, inputs: torch.Tensor, labels: torch.Tensor, targets: int) -> Beams:
        """A beam with the unchanged input for each input and each of its likeliest other classes.

        Args:
            inputs: (inputs, values) in [0, 1].
            labels: (inputs,) int64, the true classes.
            targets: beams per input; as many as there are other classes where that is fewer.
        """
        logits = self._logits(inputs)
        count = min(targets, logits.shape[1] - 1)
        target_classes = logits.scatter(1, labels[:, None], -torch.inf).topk(count, dim=1).indices
        owners = torch.arange(len(inputs), device=inputs.device).repeat_interleave(count)
        repeated, goals = inputs[owners], labels[owners]
        closeness = (logits.gather(1, target_classes) - logits.gather(1, labels[:, None])).reshape(-1, 1)
        return Beams(owners, repeated, goals, target_classes.reshape(-1), repeated[:, None], closeness)

    def deepened(self, beams: Beams, width: int, fan: int) -> tuple[Beams, Best]:
        """The beams with one more changed value in every candidate.

        Args:
            beams: the candidates so far.
            width: candidates kept per beam.
            fan: changes tried for each candidate, the likeliest by the gradient; all single changes where
                these are few.
        """
        unchanged = bool((beams.candidates.shape[1] == 1) and (beams.candidates[:, 0] == beams.inputs).all())
        if unchanged and beams.inputs.shape[1] * len(LEVELS) <= EXHAUSTIVE:
            return self._exhaustive(beams, width)
        tried = fan * (FIRST_FAN if unchanged else 1)
        children = _changed_values(beams, self._slopes(beams), tried, self.budget)
        return self._kept(beams, children, self._of_children(children), width)

    def _exhaustive(self, beams: Beams, width: int) -> tuple[Beams, Best]:
        """The best of all single changes; the beams of an input share their answers."""
        _, place = torch.unique(beams.owners, return_inverse=True)
        representative = torch.empty(int(place.max()) + 1, dtype=torch.int64, device=place.device)
        representative[place] = torch.arange(len(beams), device=place.device)
        children = _all_single_changes(beams.inputs[representative], self.budget)
        return self._kept(beams, children[place], self._of_children(children)[place], width)

    def exchanged(self, beams: Beams, width: int, fan: int) -> tuple[Beams, Best]:
        """The beams with one changed value of each candidate replaced, where that comes nearer.

        Args:
            beams: candidates with at least one changed value.
            width: candidates kept per beam.
            fan: changes tried for each candidate, the likeliest by the gradient.
        """
        fewer = _put_back(beams, self._slopes(beams))
        reduced, _ = self._kept(beams, fewer, self._of_children(fewer), width)
        return self._kept_or_replaced(
            beams, _changed_values(reduced, self._slopes(reduced), fan, self.budget), width
        )

    def moved_within(self, beams: Beams, step: float) -> tuple[Beams, Best]:
        """The beams with the changed values moved along the gradient, where that comes nearer.

        Args:
            beams: candidates with at least one changed value.
            step: length of the largest move of a value.
        """
        changed = beams.candidates != beams.inputs[:, None]
        slopes = self._slopes(beams) * changed
        largest = slopes.abs().amax(dim=2, keepdim=True).clamp_min(1e-30)
        children = torch.where(
            changed, (beams.candidates + step * slopes / largest).clamp(0, 1), beams.candidates
        )
        return self._kept_or_replaced(beams, children, beams.candidates.shape[1])

    def keep_surest(self, beams: Beams, examples: torch.Tensor) -> None:
        """Writes to ``examples`` the candidate of each input on which a random network errs most reliably.

        Scores of a few draws favour lucky candidates; the first one of every beam is scored by more.

        Args:
            beams: the beams of the inputs that stand.
            examples: (inputs, values); changed in place.
        """
        first = beams.candidates[:, 0]
        sureness = errors_and_margin(self.victim, beams.labels)(first.view(-1, *self.shape))
        order = sureness.argsort(stable=True)  # the surest is written last
        for place in order.tolist():
            examples[beams.owners[place]] = first[place]

    def _kept_or_replaced(self, beams: Beams, children: torch.Tensor, width: int) -> tuple[Beams, Best]:
        """The nearest of the candidates and their children."""
        both = torch.cat([beams.candidates, children], dim=1)
        return self._kept(beams, both, self._of_children(both), width)

    def _kept(
        self, beams: Beams, children: torch.Tensor, logits: torch.Tensor, width: int
    ) -> tuple[Beams, Best]:
        """The children nearest to the target of their beam, and the best child of each input."""
        if self.scores_are_noisy:
            children, logits = self._shortlisted(beams, children, logits, SHORTLIST * width)
        count = children.shape[1]
        own = _logits_of(beams.labels, logits)
        margins = (
            logits.scatter(2, beams.labels[:, None, None].expand(-1, count, 1), -torch.inf).amax(2) - own
        )
        best = self._best(beams, children, margins)
        closeness = (_logits_of(beams.targets, logits) - own).masked_fill(_repeated(children), -torch.inf)
        nearest = closeness.topk(min(width, count), dim=1)
        index = nearest.indices[:, :, None].expand(-1, -1, children.shape[2])
        return replace(beams, candidates=children.gather(1, index), closeness=nearest.values), best

    def _shortlisted(
        self, beams: Beams, children: torch.Tensor, logits: torch.Tensor, count: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The children nearest to the target of their beam, with logits of fresh and more draws.

        The highest of many noisy scores is mostly a lucky one.
        """
        closeness = _logits_of(beams.targets, logits) - _logits_of(beams.labels, logits)
        closeness = closeness.masked_fill(_repeated(children), -torch.inf)
        places = closeness.topk(min(count, children.shape[1]), dim=1).indices
        chosen = children.gather(1, places[:, :, None].expand(-1, -1, children.shape[2]))
        return chosen, self._of_children(chosen, ceil(DRAWS_AGAIN / draws_per_answer(self.victim.stand_in)))

    def _best(self, beams: Beams, children: torch.Tensor, margins: torch.Tensor) -> Best:
        owners, place = torch.unique(beams.owners, return_inverse=True)
        highest, child = margins.max(dim=1)
        order = highest.argsort(descending=True, stable=True)
        order = order[place[order].argsort(stable=True)]  # by input, the highest margin first
        beam = order[_first_of_each(place[order])]
        examples, fools = children[beam, child[beam]], highest[beam] > 0
        if self.at_random and fools.any():
            likely = fools.nonzero().squeeze(1)
            labels = beams.labels[beam[likely]]
            fools[likely] = always_errs(self.victim, examples[likely].view(-1, *self.shape), labels)
        return Best(owners, examples, fools)

    def _of_children(self, children: torch.Tensor, draws: int = DRAWS) -> torch.Tensor:
        """Logits (beams, children, classes)."""
        return self._logits(children.flatten(0, 1), draws).view(*children.shape[:2], -1)

    def _logits(self, rows: torch.Tensor, draws: int = DRAWS) -> torch.Tensor:
        """Logits (rows, classes); of a randomised network, the mean over draws of its stand-in."""
        network = self.victim.stand_in if self.at_random else self.victim.network
        with torch.no_grad():
            parts = [self._answer(network, part, draws) for part in torch.split(rows, ROWS)]
        return torch.cat(parts)

    def _answer(self, network: nn.Module, rows: torch.Tensor, draws: int) -> torch.Tensor:
        images = rows.reshape(-1, *self.shape)
        if self.scores_are_noisy:
            return log_mean_probabilities(network, images, draws)
        answer: torch.Tensor = network(images)
        return answer

    def _slopes(self, beams: Beams) -> torch.Tensor:
        """The gradient of every candidate's closeness to its target, (beams, width, values)."""
        width = beams.candidates.shape[1]
        rows = beams.candidates.flatten(0, 1)
        pairs = torch.stack([beams.labels, beams.targets], dim=1).repeat_interleave(width, dim=0)
        return torch.cat(list(self._parts_of_slopes(rows, pairs))).view_as(beams.candidates)

    def _parts_of_slopes(self, rows: torch.Tensor, pairs: torch.Tensor) -> Iterator[torch.Tensor]:
        for part, pair in zip(torch.split(rows, ROWS), torch.split(pairs, ROWS), strict=True):
            with torch.enable_grad():
                images = part.reshape(-1, *self.shape).detach().clone().requires_grad_()
                logits = self.victim.stand_in(images)
                closeness = (logits.gather(1, pair[:, 1:]) - logits.gather(1, pair[:, :1])).sum()
                if not closeness.requires_grad:
                    yield torch.zeros_like(part)
                    continue
                (slope,) = torch.autograd.grad(closeness, images, allow_unused=True)
            yield torch.zeros_like(part) if slope is None else slope.flatten(1)


def nearest_beams(beams: Beams) -> Beams:
    """The beams of each input that are nearest to their targets."""
    nearness = beams.closeness[:, 0]
    order = nearness.argsort(descending=True, stable=True)
    order = order[beams.owners[order].argsort(stable=True)]  # by input, the nearest first
    place = torch.arange(len(order), device=order.device)
    begin = torch.where(_first_of_each(beams.owners[order]), place, 0).cummax(dim=0).values
    return beams.of(order[place - begin < EXCHANGED_BEAMS])


def _logits_of(classes: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """The logits of one class per beam, (beams, children)."""
    return logits.gather(2, classes[:, None, None].expand(-1, logits.shape[1], 1)).squeeze(2)


def _first_of_each(ordered: torch.Tensor) -> torch.Tensor:
    """Where a new number begins in numbers that are sorted."""
    first = torch.ones_like(ordered, dtype=torch.bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return first


def _all_single_changes(inputs: torch.Tensor, budget: float) -> torch.Tensor:
    """Every value of every input at every level, or as near to it as allowed, (inputs, changes, values)."""
    values = inputs.shape[1]
    places = torch.arange(values, device=inputs.device).repeat(len(LEVELS))
    levels = torch.tensor(LEVELS, dtype=inputs.dtype, device=inputs.device).repeat_interleave(values)
    children = inputs[:, None].repeat(1, len(places), 1)
    before = inputs[:, places]
    children[:, torch.arange(len(places), device=inputs.device), places] = before + (levels - before).clamp(
        -budget, budget
    )
    return children


def _changed_values(beams: Beams, slopes: torch.Tensor, fan: int, budget: float) -> torch.Tensor:
    """Every candidate with one more value at 0 or 1, those that promise most, (beams, children, values).

    A value is moved only as far as the sum of all changes allows.
    """
    candidates, inputs = beams.candidates, beams.inputs[:, None]
    left = (budget - (candidates - inputs).abs().sum(dim=2, keepdim=True)).clamp_min(0)
    ends = (slopes > 0).to(candidates.dtype)
    ends = candidates + (ends - candidates).clamp(-left, left)
    gains = (slopes * (ends - candidates)).masked_fill(candidates != inputs, -torch.inf)
    places = gains.topk(min(fan, gains.shape[2]), dim=2).indices
    children = candidates[:, :, None].repeat(1, 1, places.shape[2], 1)
    children.scatter_(3, places[..., None], ends.gather(2, places)[..., None])
    return children.flatten(1, 2)


def _put_back(beams: Beams, slopes: torch.Tensor) -> torch.Tensor:
    """Every candidate with one changed value as it was, those that cost least, (beams, children, values)."""
    change = beams.candidates - beams.inputs[:, None]
    costs = (slopes * change).masked_fill(change == 0, torch.inf)
    fewest = int((change != 0).sum(dim=2).min())
    places = costs.topk(min(PUT_BACK, max(fewest, 1)), dim=2, largest=False).indices
    children = beams.candidates[:, :, None].repeat(1, 1, places.shape[2], 1)
    before = beams.inputs[:, None].expand_as(beams.candidates).gather(2, places)
    children.scatter_(3, places[..., None], before[..., None])
    return children.flatten(1, 2)


def _repeated(children: torch.Tensor) -> torch.Tensor:
    """Which children equal an earlier one of their beam, (beams, children)."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.rand(children.shape[2], generator=generator, dtype=torch.float64).to(children.device)
    hashes = children.double() @ weights  # equal sums of random weights: equal rows
    beams_at_once = max(1, PAIRS // children.shape[1] ** 2)
    return torch.cat(
        [
            ((part[:, :, None] - part[:, None, :]).abs() < 1e-9).tril(-1).any(dim=2)
            for part in torch.split(hashes, beams_at_once)
        ]
    )
