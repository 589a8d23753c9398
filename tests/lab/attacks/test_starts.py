"""Attacks that need a wrongly classified point first are given one."""

from __future__ import annotations

import torch

from advgame.lab.attacks.starts import firmly_wrong, from_neighbours, from_noise


def by_the_first(inputs: torch.Tensor) -> torch.Tensor:
    """Class 1 where the first value is above .4."""
    return (inputs.flatten(1)[:, 0] > 0.4).long()


INPUTS = torch.tensor([[0.1, 0.5], [0.2, 0.5], [0.6, 0.5], [0.9, 0.1]])


def test_neighbours_of_another_class_are_brought_to_the_boundary() -> None:
    labels = by_the_first(INPUTS)
    starts, there = from_neighbours(by_the_first, INPUTS, labels)
    assert there.all()
    assert (by_the_first(starts) != labels).all()
    torch.testing.assert_close(starts[:, 0], torch.full((4,), 0.4), atol=2e-3, rtol=0)


def test_without_another_class_other_images_are_tried_and_none_is_given_up() -> None:
    inputs = torch.full((200, 2), 0.1)
    labels = torch.zeros(200, dtype=torch.int64)
    starts, there = from_neighbours(by_the_first, inputs, labels)  # the negatives lie above .4
    assert there.all()
    assert (by_the_first(starts) == 1).all()


def test_a_class_that_only_plain_images_leave_is_left_by_them() -> None:
    def by_pattern(given: torch.Tensor) -> torch.Tensor:
        return (given.flatten(1).std(dim=1) < 0.01).long()

    inputs = torch.rand(20, 1, 8, 8)
    starts, there = from_neighbours(by_pattern, inputs, torch.zeros(20, dtype=torch.int64))
    assert there.all()
    assert (by_pattern(starts) == 1).all()


def test_noise_changes_few_values_where_few_suffice() -> None:
    torch.manual_seed(0)
    inputs = torch.full((50, 1, 8, 8), 0.3)

    def any_white(given: torch.Tensor) -> torch.Tensor:
        return (given.flatten(1) > 0.9).any(dim=1).long()

    starts, there = from_noise(any_white, inputs, torch.zeros(50, dtype=torch.int64))
    assert there.all()
    assert (starts != inputs).flatten(1).sum(dim=1).float().mean() < 8


def test_without_any_fooling_input_there_is_no_starting_point() -> None:
    inputs = torch.rand(5, 3)
    for find in (from_neighbours, from_noise):
        starts, there = find(lambda given: torch.zeros(len(given)).long(), inputs, torch.zeros(5).long())
        assert not there.any()
        assert (starts == inputs).all()


def test_starts_that_another_draw_puts_right_are_moved_further_or_dropped() -> None:
    inputs, labels = torch.full((6, 1), 0.2), torch.zeros(6, dtype=torch.int64)
    starts, there = torch.full((6, 1), 0.41), torch.tensor([False, True, True, True, True, True])

    def by_place(given: torch.Tensor) -> torch.Tensor:
        above = torch.tensor([0.4, 0.6, 0.4, 0.4, 2.0])[: len(given)]  # the last is never wrong
        return (given[:, 0] > above).long()

    moved, kept = firmly_wrong(by_place, inputs, starts, labels, there)
    assert kept.tolist() == [False, True, True, True, True, False]
    assert moved[2].item() > 0.6
    torch.testing.assert_close(moved[[1, 3, 4]], starts[[1, 3, 4]])
