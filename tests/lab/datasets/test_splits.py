"""Inputs are set aside by class, and what belongs together stays together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advgame.errors import LabError
from advgame.lab.datasets import DATASETS, for_validation
from advgame.lab.datasets.splits import stratified


@given(st.lists(st.integers(0, 3), max_size=60), st.floats(0, 1), st.integers(0, 5))
def test_every_place_is_on_one_side_and_each_class_gives_its_share(
    given_labels: list[int], share: float, seed: int
) -> None:
    labels = np.array(given_labels, np.int64)
    kept, aside = stratified(labels, share, seed)
    assert sorted([*kept, *aside]) == list(range(len(labels)))
    for label in range(4):
        assert (labels[aside] == label).sum() == round(share * (labels == label).sum())


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.floats(0, 1))
def test_a_group_is_never_torn_apart(groups: list[int], share: float) -> None:
    members = np.array(groups)
    kept, aside = stratified(members % 2, share, 0, members)
    assert not set(members[kept]) & set(members[aside])


def test_a_split_depends_on_its_seed_only() -> None:
    labels = np.arange(100) % 10
    first, again, other = (stratified(labels, 0.5, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_validation_inputs_come_from_training_and_no_test_input_is_left() -> None:
    digits = DATASETS["digits"].load()
    found = for_validation(digits, share=0.25, seed=3)
    assert len(found.train_labels) + len(found.test_labels) == len(digits.train_labels)
    rows = {image.numpy().tobytes() for image in digits.train_inputs}
    assert {image.numpy().tobytes() for image in found.test_inputs} <= rows
    assert found.name != digits.name


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_that_leaves_one_side_empty_is_refused(share: float) -> None:
    with pytest.raises(LabError, match="expected a share that leaves some of both"):
        for_validation(DATASETS["digits"].load(), share)
