"""A network that draws at random is attacked by its expectation and judged by draws of the guard."""

from __future__ import annotations

import pytest
import torch

from advgame.errors import LabError
from advgame.lab.attacks import ATTACKS, Victim, strongest
from advgame.lab.attacks.norms import random_changes, size
from advgame.lab.attacks.pgd import averaged_pgd
from advgame.lab.attacks.stochastic_targets import surest_within
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.defences.switching import Switched
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.networks.classifier import Adapted, draws_at_random
from tests.lab.conftest import Digits


class NoisyInputs(Adapted):
    """A network behind noise, which votes over a few draws."""

    randomised = True

    def __init__(self, network: torch.nn.Module, draws: int, noise: float = 0.1) -> None:
        super().__init__()
        self.network, self.draws, self.noise = network, draws, noise

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        noisy = [self.network(inputs + self.noise * torch.randn_like(inputs)) for _ in range(self.draws)]
        return torch.stack(noisy).softmax(dim=2).mean(dim=0).log()

    def stand_in(self) -> torch.nn.Module:
        return NoisyInputs(self.network, 4, self.noise)


def victim(digits: Digits) -> Victim:
    network = NoisyInputs(digits.plain, draws=8)
    return Victim(network, network.stand_in(), {}, 0)


@pytest.mark.parametrize("name", ["pgd", "apgd_ce", "strongest_linf", "hopskipjump_linf", "square"])
def test_attacks_work_on_a_randomised_network_and_repeat_themselves(name: str, digits: Digits) -> None:
    brief = {"hopskipjump_linf": {"steps": 3, "queries": 20}, "square": {"queries": 60}}
    attack = ATTACKS[name](**brief.get(name, {"steps": 15}))
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    one, same = (outcomes(attack, victim(digits), inputs, labels, [0.3]) for _ in range(2))
    assert one.right.mean() < one.honest.mean() - 0.05
    assert (one.right == same.right).all()
    assert not [warning for warning in one.warnings if "failed" in warning]


@pytest.mark.parametrize("name", ["pgd", "apgd_ce"])
def test_averaging_gradients_over_draws_costs_as_many_propagations(name: str, digits: Digits) -> None:
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    one, four = (
        outcomes(ATTACKS[name](steps=5, draws=draws), victim(digits), inputs, labels, [0.1]).cost_per_input
        for draws in (1, 4)
    )
    assert four["backward_inputs"] == pytest.approx(4 * one["backward_inputs"])


@pytest.mark.parametrize(
    ("name", "settings", "radii"),
    [
        ("fmn_l0", {}, [3, 10]),
        ("sparse_l0", {}, [2, 10]),
        ("ddn", {"steps": 40}, [0.5, 3.0]),
        ("hopskipjump", {"steps": 5, "queries": 50}, [0.5, 4.0]),
        ("boundary", {"steps": 200}, [0.5, 4.0]),
    ],
)
def test_a_randomised_network_is_fooled_surely_where_the_radius_leaves_room(
    name: str, settings: dict[str, int], radii: list[float], digits: Digits
) -> None:
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    found = outcomes(ATTACKS[name](**settings), victim(digits), inputs, labels, radii)
    assert found.right[0].mean() > found.right[1].mean()
    assert found.right[1].mean() <= 0.1  # on the boundary it would be right every other time


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", ["brendel_bethge_l0", "pointwise"])
def test_walks_that_end_on_the_boundary_of_a_randomised_network_end_and_fool(
    name: str, digits: Digits
) -> None:
    inputs, labels = digits.inputs[:5], digits.labels[:5]
    found = outcomes(ATTACKS[name](), victim(digits), inputs, labels, [20])
    assert found.right.mean() <= 0.5
    assert not [warning for warning in found.warnings if "failed" in warning]


@pytest.mark.parametrize("name", ["square", "strongest_linf", "strongest_l2", "worst_of_linf"])
def test_a_randomness_that_changes_nothing_protects_from_nothing(name: str, digits: Digits) -> None:
    silent = NoisyInputs(digits.plain, draws=1, noise=0.0)
    settings = {"square": {"queries": 200}, "worst_of_linf": {"of": ("pgd", "apgd_ce")}}
    attack = ATTACKS[name](**settings.get(name, {"steps": 15, "aimed_steps": 15}))
    inputs, labels, radii = digits.inputs[:30], digits.labels[:30], [0.1 if attack.norm == "Linf" else 0.5]
    at_random, plain = (
        outcomes(attack, Victim(network, network, {}, 0), inputs, labels, radii).right.mean()
        for network in (silent, digits.plain)
    )
    assert at_random == pytest.approx(plain, abs=0.1)


class NoisyAnswers(Adapted):
    """A network whose answers are disturbed by chance, whatever the input."""

    randomised = True

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(inputs)
        return logits + 2.0 * torch.randn_like(logits)

    def stand_in(self) -> torch.nn.Module:
        return self.network


def test_square_does_not_end_at_the_first_lucky_answer(digits: Digits) -> None:
    noisy = NoisyAnswers(digits.plain)
    inputs, labels = digits.inputs[:60], digits.labels[:60]
    network = Victim(noisy, noisy.stand_in(), {}, 0)
    found = outcomes(ATTACKS["square"](queries=400), network, inputs, labels, [0.3])
    assert found.right.mean() <= 0.3  # ended there, it leaves more than half


def test_square_is_not_held_up_by_its_luckiest_answer(digits: Digits) -> None:
    noisy = NoisyInputs(digits.plain, draws=4, noise=0.3)
    inputs, labels = digits.inputs[:60], digits.labels[:60]
    network = Victim(noisy, noisy.stand_in(), {}, 0)
    found = outcomes(ATTACKS["square"](queries=300), network, inputs, labels, [0.15])
    assert found.right.mean() <= 0.45  # asked with new draws each time, it leaves more than half


def test_a_mixture_is_attacked_with_all_members_in_view(digits: Digits) -> None:
    both = Switched([digits.plain, digits.robust], [0.5, 0.5])
    inputs, labels, attack = digits.inputs[:60], digits.labels[:60], ATTACKS["strongest_linf"](aimed_steps=30)
    alone = [
        outcomes(attack, Victim(network, network, {}, 0), inputs, labels, [0.2]).right.mean()
        for network in (digits.plain, digits.robust)
    ]
    found = outcomes(attack, Victim(both, both.stand_in(), {}, 0), inputs, labels, [0.2]).right.mean()
    # An example that meets all members at once fools at most as often as each member alone on average.
    assert sum(alone) / 2 - 0.1 <= found <= sum(alone) / 2 + 0.1


class NoisyWeights(Adapted):
    """Two classes; the second by weights that are drawn again for each input."""

    randomised = True
    weights = torch.tensor([2.0, -1.0, 1.0, -2.0])

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        rows = inputs.flatten(1)
        logit = ((self.weights + 5 * torch.randn_like(rows)) * (rows - 0.5)).sum(dim=1)
        return torch.stack([torch.zeros_like(logit), logit], dim=1)

    def stand_in(self) -> torch.nn.Module:
        return self


@pytest.mark.parametrize("norm", ["Linf", "L2"])
def test_averaged_gradients_lead_where_the_expected_one_points(norm: str) -> None:
    network = NoisyWeights().eval()
    inputs, labels = torch.full((20, 1, 2, 2), 0.5), torch.ones(20, dtype=torch.int64)
    torch.manual_seed(0)
    changed = averaged_pgd(Victim(network, network, {}, 0), inputs, labels, norm, 0.2, draws=1)
    assert (size(changed, inputs, norm) <= 0.2 * (1 + 1e-5)).all()
    down = -network.weights.sign() if norm == "Linf" else -network.weights
    alike = torch.nn.functional.cosine_similarity((changed - inputs).flatten(1), down[None])
    assert alike.mean() > 0.95  # with single draws 0.76


@pytest.mark.parametrize("name", ["strongest_linf", "strongest_l2"])
def test_the_strongest_attacks_average_gradients_of_a_randomised_network(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    norms = []

    def noted(victim: Victim, inputs: torch.Tensor, *about: object) -> torch.Tensor:
        norms.append(about[1])
        return averaged_pgd(victim, inputs, *about)

    monkeypatch.setattr(strongest, "averaged_pgd", noted)
    network, attack = NoisyWeights().eval(), ATTACKS[name](steps=2, aimed_steps=2)
    inputs, labels = torch.full((10, 1, 2, 2), 0.8), torch.ones(10, dtype=torch.int64)
    outcomes(attack, Victim(network, network, {}, 0), inputs, labels, [0.1])
    assert norms == [attack.norm]


class OneValueMatters(Adapted):
    """Two classes, told apart by one of the values under much noise, and never always wrong."""

    randomised = True
    place = 10

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logit = 6 * (inputs.flatten(1)[:, self.place] - 1)
        logit = logit + 2 * torch.randn_like(logit)
        return torch.stack([torch.zeros_like(logit), logit], dim=1)

    def stand_in(self) -> torch.nn.Module:
        return self


def test_of_many_noisy_scores_the_highest_is_not_taken_at_its_word() -> None:
    network = OneValueMatters().eval()
    inputs, labels = torch.full((200, 1, 8, 8), 0.5), torch.zeros(200, dtype=torch.int64)
    torch.manual_seed(0)
    (changed,) = ATTACKS["sparse_l0"]().craft(Victim(network, network, {}, 0), inputs, labels, [1.0])
    matters = (changed - inputs).flatten(1)[:, network.place] > 0
    assert matters.float().mean() > 0.73  # 0.88; by one score of each of the 320 changes 0.58


def test_only_an_exact_expectation_is_not_averaged(digits: Digits) -> None:
    smoothed = Smoothed(digits.plain, 0.1, draws=5, stand_in_draws=1)
    switched = Switched([digits.plain, digits.robust], [0.5, 0.5])
    assert draws_at_random(smoothed.stand_in())
    assert draws_at_random(Switched([smoothed, digits.plain], [0.5, 0.5]).stand_in())
    assert not draws_at_random(switched.stand_in())
    assert draws_at_random(switched)


def test_autoattack_refuses_a_network_that_answers_at_random(digits: Digits) -> None:
    with pytest.raises(LabError, match="answers at random"):
        outcomes(ATTACKS["autoattack"](), victim(digits), digits.inputs[:5], digits.labels[:5], [0.1])


@pytest.mark.parametrize("norm", ["Linf", "L2", "L1", "L0"])
def test_the_most_confident_example_stays_within_the_radius_and_beats_every_other(norm: str) -> None:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.rand(50, 1, 4, 4, generator=generator)
    weights = torch.randn(16, generator=generator)
    found = [random_changes(inputs, norm, radius, generator) for radius in (1, 3)]

    def sureness(changed: torch.Tensor) -> torch.Tensor:
        return changed.flatten(1) @ weights

    for radius, kept in zip((2, 4), surest_within(found, inputs, norm, [2, 4], sureness), strict=True):
        assert (size(kept, inputs, norm) <= radius * (1 + 1e-5)).all()
        assert ((kept >= 0) & (kept <= 1)).all()
        for example in (inputs, *found):
            known = size(example, inputs, norm) <= radius
            assert (sureness(kept) >= sureness(example) - 1e-6)[known].all()


def test_an_input_counts_by_the_share_of_right_answers() -> None:
    class Coin(Adapted):
        """Answers right in a share of its draws, whatever the input."""

        randomised = True

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            right = (torch.rand(len(inputs), device=inputs.device) < 0.7).float()
            return torch.stack([right, 1 - right], dim=1)

        def stand_in(self) -> torch.nn.Module:
            return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))

    coin = Coin().eval()
    inputs, labels = torch.rand(400, 1, 2, 2), torch.zeros(400, dtype=torch.int64)
    found = outcomes(
        ATTACKS["pgd"](steps=1), Victim(coin, coin.stand_in(), {}, 0), inputs, labels, [0.1, 0.2]
    )
    # 4,000 answers of which 0.7 are right, whatever the attack does and however many radii there are
    assert found.shares.mean(axis=1) == pytest.approx(0.7, abs=0.03)
    assert set((found.shares * 10).round(6).ravel()) <= set(range(11))
