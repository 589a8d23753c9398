"""The search in L0 finds the fewest values: in closed form on linear networks, by trying all on digits."""

from __future__ import annotations

from itertools import combinations, product

import pytest
import torch

from advgame.lab.attacks import ATTACKS, Victim, sparse_search
from advgame.lab.evaluation.robust_accuracy import outcomes
from tests.lab.attacks.conftest import Linear, linear
from tests.lab.conftest import Digits

INPUTS = 40


def victim_of(network: torch.nn.Module) -> Victim:
    return Victim(network, network, {}, seed=0)


@pytest.mark.parametrize("name", ["sparse_l0", "strongest_l0"])
@pytest.mark.parametrize("classes", [2, 5])
def test_on_linear_networks_the_fewest_values_are_found(name: str, classes: int) -> None:
    given = linear(classes, shape=(1, 8, 8), count=40, seed=3)
    fewest = given.fewest().numpy()
    attack = ATTACKS[name](targets=4)
    found = outcomes(attack, victim_of(given.network), given.inputs, given.labels, [1, 4, 16])
    assert found.norms is not None
    assert (found.norms == fewest).all()
    assert (found.right.sum(axis=1) == [(fewest > radius).sum() for radius in (1, 4, 16)]).all()
    assert found.warnings == ()


def test_inputs_too_large_for_trying_all_are_ranked_by_the_gradient() -> None:
    given = linear(3, shape=(1, 20, 20), count=20, seed=1)
    found = outcomes(ATTACKS["sparse_l0"](), victim_of(given.network), given.inputs, given.labels, [20])
    assert found.norms is not None
    assert (found.norms == given.fewest().numpy()).all()


@pytest.mark.parametrize("pairs", [1, 60, 10_000])
def test_repeated_candidates_are_those_that_equal_an_earlier_one_of_their_beam(
    pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sparse_search, "PAIRS", pairs)
    rows = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    beams = torch.stack([rows, rows.flip(0), rows.roll(1, 0)])
    assert sparse_search._repeated(beams).tolist() == [
        [False, False, True, True, False],
        [False, False, True, False, True],
        [False, False, False, True, True],
    ]


def exhaustively(network: torch.nn.Module, digits: Digits, values: int) -> torch.Tensor:
    """Which inputs the network classifies right however so many values are set to 0 or 1, (inputs,)."""
    inputs, labels = digits.inputs[:INPUTS], digits.labels[:INPUTS]
    places = torch.tensor(list(combinations(range(64), values)))
    with torch.no_grad():
        stand = network(inputs).argmax(dim=1) == labels
        for place in stand.nonzero().squeeze(1).tolist():
            for levels in product((0.0, 1.0), repeat=values):
                changed = inputs[place].flatten().repeat(len(places), 1)
                changed.scatter_(1, places, torch.tensor(levels).expand(len(places), values))
                if (network(changed.view(-1, 1, 8, 8)).argmax(dim=1) != labels[place]).any():
                    stand[place] = False
                    break
    return stand


@pytest.mark.parametrize("which", ["plain", "robust"])
def test_no_more_inputs_stand_than_withstand_every_change_of_one_or_two_values(
    which: str, digits: Digits
) -> None:
    network = getattr(digits, which)
    found = outcomes(
        ATTACKS["sparse_l0"](), victim_of(network), digits.inputs[:INPUTS], digits.labels[:INPUTS], [1, 2]
    )
    one, two = exhaustively(network, digits, 1).numpy(), exhaustively(network, digits, 2).numpy()
    assert 0 < two.sum() < one.sum()
    assert not (found.right[0] & ~one).any()
    assert found.right[1].sum() <= two.sum() + 1  # a beam search is not exhaustive


def test_exchanges_and_the_minimum_norm_search_leave_no_more_than_the_beams(digits: Digits) -> None:
    inputs, labels, radii = digits.inputs[:INPUTS], digits.labels[:INPUTS], [1, 2, 3]
    standing = {
        name: outcomes(ATTACKS[name](**settings), victim_of(digits.robust), inputs, labels, radii).right
        for name, settings in {
            "strongest_l0": {},
            "sparse_l0": {"targets": 5},
            "fmn_l0": {},
        }.items()
    }
    assert not (standing["strongest_l0"] & ~standing["fmn_l0"]).any()
    assert not (standing["strongest_l0"] & ~standing["sparse_l0"]).any()
    assert standing["sparse_l0"].sum() < standing["fmn_l0"].sum()


def test_a_network_without_gradients_is_attacked_by_single_changes(two_classes: Linear) -> None:
    class Flat(torch.nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return two_classes.network(inputs).detach()

    found = outcomes(ATTACKS["sparse_l0"](), victim_of(Flat()), two_classes.inputs, two_classes.labels, [1])
    assert (found.right[0] == (two_classes.fewest() > 1).numpy()).all()
