"""Inputs are set aside the same way for everybody: by class, from a fixed seed, copies kept together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset


def stratified(
    labels: NDArray[np.int64], share: float, seed: int, groups: NDArray[Any] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places that are kept and places that are set aside, both rising: the same share of each class.

    >>> kept, aside = stratified(np.array([0, 1] * 6), share=1 / 3, seed=0)
    >>> len(kept), len(aside), int((aside % 2 == 0).sum())
    (8, 4, 2)

    Args:
        labels: (inputs,).
        share: of each class that is set aside, 0..1, to the next whole number.
        groups: (inputs,), what must not be torn apart, such as copies of one input. A group counts for
            the class of its first input, and as one; then shares are of groups.
    """
    groups = np.arange(len(labels)) if groups is None else groups
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    random = np.random.default_rng(seed)
    aside = np.zeros(len(first), bool)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels[first] == label)
        aside[random.permutation(of_class)[: round(share * len(of_class))]] = True
    chosen = aside[member.reshape(-1)]
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def for_validation(dataset: Dataset, share: float = 0.1, seed: int = 0) -> Dataset:
    """The data set with a share of its training inputs set aside to test on; the test inputs are not in it.

    Settings are to be chosen on this one: whoever chooses them on test inputs measures too much.

    Args:
        dataset: the data set.
        share: share of the training inputs set aside, in 0..1.
        seed: seed of the random draws.

    Raises:
        LabError: for a share that leaves nothing to train on or nothing to test on.
    """
    kept, aside = (
        torch.from_numpy(places) for places in stratified(dataset.train_labels.numpy(), share, seed)
    )
    if not len(kept) or not len(aside):
        raise LabError(
            f"A share of {share:g} of {len(dataset.train_labels):,} training inputs leaves {len(kept):,} to "
            f"train on and {len(aside):,} to test on; expected a share that leaves some of both."
        )
    return replace(
        dataset,
        name=f"{dataset.name} (validation)",
        train_inputs=dataset.train_inputs[kept],
        train_labels=dataset.train_labels[kept],
        test_inputs=dataset.train_inputs[aside],
        test_labels=dataset.train_labels[aside],
    )
