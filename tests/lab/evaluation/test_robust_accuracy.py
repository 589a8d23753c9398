"""Whatever an attack does, what is counted was predicted and measured by the guard."""

# ruff: noqa: ARG001, ARG002, ARG005 (an attack is given more than those of these tests need)

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack, InvarianceAttack, MinimumNormAttack
from advgame.lab.defences.ensemble import MeanProbabilities
from advgame.lab.defences.gaussian_layers import AveragedDraws
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.evaluation.cost import spending_on
from advgame.lab.evaluation.robust_accuracy import craft, outcomes
from advgame.lab.networks.classifier import Adapted

Change = Callable[[torch.Tensor, float], torch.Tensor]


@dataclass(frozen=True)
class Told(Attack):
    """Does what a test tells it."""

    name: ClassVar[str] = "told"
    norm: ClassVar[str | None] = "Linf"
    change: Change = lambda inputs, radius: inputs

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        return [self.change(inputs, radius) for radius in radii]


@dataclass(frozen=True)
class ToldWithin(FixedEpsilonAttack):
    """The same, one radius at a time."""

    name: ClassVar[str] = "told"
    norm: ClassVar[str | None] = "Linf"
    change: Change = lambda inputs, radius: inputs

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        return self.change(inputs, radius)


@dataclass(frozen=True)
class Nearest(MinimumNormAttack):
    """Moves the first value just across a half."""

    name: ClassVar[str] = "nearest"
    norm: ClassVar[str | None] = "L2"

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        first = torch.where(inputs[:, :1] < 0.5, 0.501, 0.499)
        return torch.cat([first, inputs[:, 1:]], dim=1)


class Threshold(nn.Module):
    """Class 1 where the first value is above a half."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.dropout = nn.Dropout(0.9)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        first = self.dropout(self.scale * (inputs.flatten(1)[:, 0] - 0.5))
        return torch.stack([-first, first], dim=1)


class Noisy(Adapted):
    """Class 1 where the first value, with noise, is above a half."""

    randomised = True

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        first = inputs[:, 0] - 0.5 + 0.3 * torch.randn(len(inputs))
        return torch.stack([-first, first], dim=1)

    def stand_in(self) -> nn.Module:
        return Threshold()


INPUTS = torch.linspace(0.05, 0.95, 10)[:, None].repeat(1, 3)  # the first five below a half
LABELS = torch.tensor([0] * 5 + [1] * 5)


def victim(network: nn.Module | None = None, seed: int = 0) -> Victim:
    network = network if network is not None else Threshold()
    return Victim(network, network.stand_in() if isinstance(network, Adapted) else network, {}, seed)


def towards_the_other_side(inputs: torch.Tensor, radius: float) -> torch.Tensor:
    return (inputs + radius * torch.where(inputs[:, :1] < 0.5, 1.0, -1.0)).clamp(0, 1)


def test_an_input_within_the_radius_of_the_boundary_is_fooled_and_no_other() -> None:
    found = outcomes(ToldWithin(change=towards_the_other_side), victim(), INPUTS, LABELS, [0.1, 0.3])
    distance = (INPUTS[:, 0] - 0.5).abs().numpy()
    assert found.honest.all()
    for radius, right in zip([0.1, 0.3], found.right, strict=True):
        assert (right == (distance > radius)).all()
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda inputs, radius: inputs * torch.nan, "not finite or outside"),
        (lambda inputs, radius: inputs + torch.inf, "not finite or outside"),
        (lambda inputs, radius: 1.5 - inputs, "not finite or outside"),
        (lambda inputs, radius: 1 - inputs, "larger than the radius in Linf"),
    ],
    ids=["nan", "infinite", "outside", "too far"],
)
def test_examples_that_are_not_finite_not_in_range_or_too_far_do_not_count(change: Change, said: str) -> None:
    far = INPUTS[[0, 9]]  # at a distance of 0.45
    found = outcomes(ToldWithin(change=change), victim(), far, LABELS[[0, 9]], [0.1])
    assert found.right.all()
    assert np.isinf(found.norms).all() or said.startswith("larger")
    assert any(said in warning for warning in found.warnings)
    assert all(bool(torch.isfinite(each).all()) for each in found.crafted)


def test_an_output_that_is_not_a_number_does_not_count_as_a_success() -> None:
    class Broken(Threshold):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            logits = super().forward(inputs)
            return torch.where((inputs[:, :1] - 0.5).abs() < 0.04, torch.nan, logits)

    found = outcomes(Told(change=towards_the_other_side), victim(Broken()), INPUTS, LABELS, [0.45])
    assert found.right[0].tolist() == [True, *[False] * 8, True]  # only the outermost land where it breaks
    assert any("without a finite number" in warning for warning in found.warnings)


def test_an_input_that_was_wrong_before_is_wrong_at_every_radius() -> None:
    wrong = 1 - LABELS
    found = outcomes(Told(change=towards_the_other_side), victim(), INPUTS, wrong, [0.1, 0.3])
    assert not found.honest.any()
    assert not found.right.any()
    assert (found.norms == 0).all()


def test_an_example_within_a_smaller_radius_counts_for_the_larger_ones() -> None:
    def only_small(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        return towards_the_other_side(inputs, radius) if radius < 0.2 else inputs

    found = outcomes(Told(change=only_small), victim(), INPUTS, LABELS, [0.1, 0.3])
    assert (found.right[0] == found.right[1]).all()
    assert not found.right[0].all()
    fell = torch.from_numpy(~found.right[1])
    assert torch.equal(found.crafted[1][fell], towards_the_other_side(INPUTS, 0.1)[fell])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**31 - 1),
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4, unique=True),
    st.sampled_from(["Linf", "L2", "L1", "L0"]),
)
def test_accuracy_never_rises_with_the_radius_and_follows_from_the_norms(
    seed: int, radii: list[float], norm: str
) -> None:
    generator = torch.Generator().manual_seed(seed)

    @dataclass(frozen=True)
    class Wild(Told):
        pass

    Wild.norm = norm

    def anything(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        return inputs + radius * torch.randn(inputs.shape, generator=generator)

    radii = sorted(radii)
    found = outcomes(Wild(change=anything), victim(), INPUTS, LABELS, radii)
    assert (np.diff(found.right.astype(int), axis=0) <= 0).all()
    assert (found.right == (found.norms[None, :] > np.array(radii)[:, None] * (1 + 2e-5))).all()


def test_norms_are_those_of_the_examples() -> None:
    found = outcomes(
        Told(change=lambda inputs, radius: towards_the_other_side(inputs, 0.46)),
        victim(),
        INPUTS,
        LABELS,
        [0.5],
    )
    np.testing.assert_allclose(found.norms, 0.46, rtol=1e-6)
    assert not found.right.any()


def test_a_change_too_large_by_rounding_alone_is_shortened_to_the_radius() -> None:
    found = outcomes(
        Told(change=lambda inputs, radius: towards_the_other_side(inputs, radius * 1.0005)),
        victim(),
        INPUTS,
        LABELS,
        [0.3],
    )
    assert float((found.crafted[0] - INPUTS).abs().max()) <= 0.3 * (1 + 1e-6)
    assert not found.right[0, [2, 3, 4, 5, 6, 7]].any()


def test_what_still_stands_alone_is_attacked_at_the_next_radius() -> None:
    seen: list[int] = []

    def spying(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        seen.append(len(inputs))
        return towards_the_other_side(inputs, radius)

    found = outcomes(ToldWithin(change=spying), victim(), INPUTS, LABELS, [0.1, 0.3])
    assert seen == [10, int(found.right[0].sum())]


def test_examples_for_other_networks_are_changed_at_every_radius() -> None:
    made = craft(ToldWithin(change=towards_the_other_side), victim(), INPUTS, LABELS, [0.1, 0.3])
    for radius, changed in zip([0.1, 0.3], made.crafted, strict=True):
        torch.testing.assert_close((changed - INPUTS).abs().amax(dim=1), torch.full((10,), radius))


def test_smallest_changes_are_enlarged_to_the_radius_for_other_networks() -> None:
    inputs, labels = INPUTS[3:7], LABELS[3:7]  # the nearest of the other class is .15 away, or .05
    made = craft(Nearest(), victim(), inputs, labels, [0.1, 0.3])
    for radius, changed in zip([0.1, 0.3], made.crafted, strict=True):
        torch.testing.assert_close((changed - inputs).norm(dim=1), torch.full((4,), radius))


def test_crafted_examples_are_judged_on_the_victim() -> None:
    moved = [towards_the_other_side(INPUTS, 0.1), towards_the_other_side(INPUTS, 0.3)]
    given_ = outcomes(Told(), victim(), INPUTS, LABELS, [0.1, 0.3], crafted=moved)
    own = outcomes(Told(change=towards_the_other_side), victim(), INPUTS, LABELS, [0.1, 0.3])
    assert (given_.right == own.right).all()
    assert given_.cost_per_input["forward_inputs"] == 0


@dataclass(frozen=True)
class Frail(Told):
    """Raises where the batch holds an input below a tenth."""

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        if (inputs < 0.001).any():
            raise AssertionError("init failed | for\n1 of 50")
        return super().craft(victim, inputs, labels, radii)


def test_a_library_that_gives_up_on_one_input_loses_that_piece_of_the_batch_only() -> None:
    inputs = torch.linspace(0.45, 0.49, 200)[:, None].repeat(1, 2)
    inputs[150] = 0.0
    found = outcomes(
        Frail(change=towards_the_other_side), victim(), inputs, torch.zeros(200, dtype=torch.int64), [0.1]
    )
    assert found.right[0].sum() == 25  # the smallest piece that holds the input
    assert found.right[0, 150]
    assert any("AssertionError: init failed / for 1 of 50" in warning for warning in found.warnings)
    assert any("count as not fooled" in warning for warning in found.warnings)


def test_a_wrong_shape_is_a_failure() -> None:
    found = outcomes(Told(change=lambda inputs, radius: inputs[:, :1]), victim(), INPUTS, LABELS, [0.1])
    assert found.right.all()
    assert any("shapes" in warning for warning in found.warnings)


def test_a_setting_that_can_be_put_right_ends_the_run() -> None:
    def refuse(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        raise LabError("too small an image")

    with pytest.raises(LabError, match="too small"):
        outcomes(Told(change=refuse), victim(), INPUTS, LABELS, [0.1])


def test_networks_are_attacked_in_evaluation_mode_and_left_as_they_were() -> None:
    network = Threshold().train()
    modes = []

    def look(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        modes.append((network.training, network.dropout.training, network.scale.requires_grad))
        return inputs

    found = outcomes(Told(change=look), victim(network), INPUTS, LABELS, [0.1])
    assert modes == [(False, False, False)]
    assert found.honest.all()
    assert network.training
    assert network.dropout.training
    assert network.scale.requires_grad
    assert not network._forward_hooks
    assert not network._forward_pre_hooks


def test_drawing_at_random_leaves_no_trace() -> None:
    def draw(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        return inputs + 0.01 * torch.rand_like(inputs) + 0.01 * float(np.random.rand())

    torch.manual_seed(5)
    np.random.seed(5)
    expected = torch.rand(1), np.random.rand()
    torch.manual_seed(5)
    np.random.seed(5)
    outcomes(Told(change=draw), victim(), INPUTS, LABELS, [0.1])
    assert (torch.rand(1), np.random.rand()) == expected


def test_the_same_seed_gives_the_same_outcome() -> None:
    def draw(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        return (inputs + radius * torch.randn_like(inputs)).clamp(0, 1)

    one, same, other = (
        outcomes(Told(change=draw), victim(seed=seed), INPUTS, LABELS, [0.3]) for seed in (1, 1, 2)
    )
    assert torch.equal(one.crafted[0], same.crafted[0])
    assert not torch.equal(one.crafted[0], other.crafted[0])


@dataclass(frozen=True)
class Asking(Told):
    """Asks the network twice and differentiates the stand-in once."""

    queries_only: ClassVar[bool] = False

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        for _ in range(2):
            victim.network(inputs)
        asked = inputs.clone().requires_grad_()
        victim.stand_in(asked).sum().backward()
        return [inputs for _ in radii]


class Wrapped(Adapted):
    """A network around another; its stand-in calls the one inside it twice."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = Threshold()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.inside(inputs)

    def stand_in(self) -> nn.Module:
        outer = self

        class Twice(nn.Module):
            def forward(self, inputs: torch.Tensor) -> torch.Tensor:
                return outer(inputs) + outer(inputs)

        return Twice()


@dataclass(frozen=True)
class AskingOnly(Asking):
    """The same by an attack that sees answers only."""

    queries_only: ClassVar[bool] = True


def test_each_draw_behind_an_averaged_answer_is_counted() -> None:
    smoothed = Smoothed(Threshold(), noise=0.1, draws=20, stand_in_draws=8)
    cost = outcomes(AskingOnly(), victim(smoothed), INPUTS, LABELS, [0.1]).cost_per_input
    assert (cost["forward_inputs"], cost["backward_inputs"], cost["queries"]) == (3, 1, 3)
    assert cost["forward_draws"] == cost["query_draws"] == 2 * 20 + 8
    assert cost["backward_draws"] == 8


def test_draws_are_the_rows_that_pass_the_network_in_the_middle() -> None:
    middle = Threshold()
    nested = AveragedDraws(nn.Identity(), Smoothed(middle, 0.1, draws=20, stand_in_draws=8), 5, 2).eval()
    for asked in (nested, nested.stand_in(), MeanProbabilities([middle, middle], [0.5, 0.5])):
        rows: list[int] = []
        hook = middle.register_forward_hook(lambda _, given, __, rows=rows: rows.append(len(given[0])))
        with spending_on(Victim(asked, asked, {}, 0), INPUTS.device) as spending, spending.running():
            asked(INPUTS)
        hook.remove()
        members = 2 if isinstance(asked, MeanProbabilities) else 1
        assert spending.counts["forward draws"] * members == sum(rows)
        assert spending.counts["forward"] == len(INPUTS)


@pytest.mark.parametrize("network", [Threshold(), Wrapped()], ids=["itself", "stand-in"])
def test_propagations_are_counted_once_whoever_calls_whom(network: nn.Module) -> None:
    cost = outcomes(Asking(), victim(network), INPUTS, LABELS, [0.1]).cost_per_input
    assert cost["forward_inputs"] == 3
    assert cost["backward_inputs"] == 1
    assert cost["queries"] == 0
    assert cost["seconds"] > 0
    assert (cost["forward_draws"], cost["backward_draws"], cost["query_draws"]) == (3, 1, 0)


def test_an_attack_that_only_asks_is_charged_queries() -> None:
    @dataclass(frozen=True)
    class BlackBox(Asking):
        queries_only: ClassVar[bool] = True

    assert outcomes(BlackBox(), victim(), INPUTS, LABELS, [0.1]).cost_per_input["queries"] == 3


def test_a_randomised_network_draws_the_same_before_and_after() -> None:
    inputs = torch.full((400, 1), 0.55)
    found = outcomes(Told(), victim(Noisy()), inputs, torch.ones(400, dtype=torch.int64), [0.1, 0.2, 0.3])
    assert 0.5 < found.honest.mean() < 0.65  # Φ(.05 / .3) = .566
    for right in found.right:
        assert (right == found.honest).all()


def test_an_attack_weaker_than_chance_is_said_to_be_weak() -> None:
    found = outcomes(Told(), victim(), INPUTS, LABELS, [0.3])
    assert any(warning.startswith("weak attack: it leaves 10 of 10") for warning in found.warnings)


def test_an_attack_is_not_weak_because_a_randomised_network_is_seldom_right() -> None:
    inputs = torch.full((100, 1), 0.4)  # right in Φ(−.1 / .3) = 37 % of the answers
    found = outcomes(Told(), victim(Noisy()), inputs, torch.ones(100, dtype=torch.int64), [1e-4])
    assert 30 < found.shares.sum() < 45
    assert not any(warning.startswith("weak attack") for warning in found.warnings)


def test_inputs_without_a_gradient_are_reported() -> None:
    class Stepped(Threshold):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return super().forward((inputs * 8).round() / 8)

    found = outcomes(Told(change=towards_the_other_side), victim(Stepped()), INPUTS, LABELS, [0.1])
    assert any("gradient is exactly 0 at 9 of 10" in warning for warning in found.warnings)


def test_natural_changes_are_counted_for_themselves() -> None:
    @dataclass(frozen=True)
    class Natural(Told):
        metric: ClassVar[str] = "corruption"
        norm: ClassVar[str | None] = "sigma"

    def better_when_stronger(inputs: torch.Tensor, radius: float) -> torch.Tensor:
        return 1 - inputs if radius < 0.2 else inputs

    found = outcomes(Natural(change=better_when_stronger), victim(), INPUTS, 1 - LABELS, [0.1, 0.3])
    assert found.right.tolist() == [[True] * 10, [False] * 10]
    assert found.norms is None


def test_where_a_change_of_meaning_is_the_attack_the_new_label_is_right() -> None:
    @dataclass(frozen=True)
    class NewMeaning(InvarianceAttack):
        """People call everything above .7 a 1; nothing else is a clear case."""

        name: ClassVar[str] = "new_meaning"
        norm: ClassVar[str | None] = "Linf"
        metric: ClassVar[str] = "invariance"

        def craft(
            self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
        ) -> list[torch.Tensor]:
            return [(inputs + radius).clamp(0, 1) for radius in radii]

        def meant(
            self, victim: Victim, inputs: torch.Tensor, changed: torch.Tensor, labels: torch.Tensor
        ) -> torch.Tensor:
            return torch.where((changed[:, 0] > 0.7) & (labels == 0), 1, -1)

    class Stubborn(Threshold):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return super().forward(inputs - 0.23)  # class 1 from .73 on

    found = outcomes(NewMeaning(), victim(Stubborn()), INPUTS, LABELS, [0.1, 0.3])
    assert not found.counted[0].any()
    assert found.counted[1].nonzero()[0].tolist() == [4]  # .45 becomes .75
    assert found.right[1].nonzero()[0].tolist() == [4]
    assert found.norms is None


@pytest.mark.parametrize(
    ("inputs", "labels", "radii", "said"),
    [
        (INPUTS[:0], LABELS[:0], [0.1], "at least 1"),
        (INPUTS, LABELS[:3], [0.1], "3 labels"),
        (INPUTS * 255, LABELS, [0.1], r"\[0, 1\]"),
        (INPUTS * torch.nan, LABELS, [0.1], "finite"),
        (INPUTS, LABELS, [], "radii"),
        (INPUTS, LABELS, [0.2, 0.1], "rising"),
        (INPUTS, LABELS, [0.0, 0.1], "above 0"),
        (INPUTS, LABELS, [0.1, float("nan")], "radii"),
    ],
)
def test_inputs_labels_and_radii_that_make_no_sense_are_refused(
    inputs: torch.Tensor, labels: torch.Tensor, radii: list[float], said: str
) -> None:
    with pytest.raises(LabError, match=said):
        outcomes(Told(), victim(), inputs, labels, radii)


def test_crafted_examples_of_another_shape_are_refused() -> None:
    with pytest.raises(LabError, match="one for each radius"):
        outcomes(Told(), victim(), INPUTS, LABELS, [0.1, 0.2], crafted=[INPUTS])
