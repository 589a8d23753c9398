"""Time averages of learning processes against the equilibrium."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.studies import Dynamics
from advgame.studies.dynamics import _distance
from advgame.studies.learning import PROCESSES, STEP, fictitious_play, regret_matching, replicator
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"


def learnt(case: str = CASE, **settings: Any) -> Dynamics:
    result = ag.study("dynamics", ag.case(case), **settings)
    assert isinstance(result, Dynamics)
    return result


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    result = learnt(case, rounds=200, seeds=1)
    assert result.sentence.endswith(".")
    assert len(result.runs) + len(result.left_out) == len(PROCESSES)
    for each in result.runs:
        assert 0 <= each.distance <= 1
        assert each.defender_could_gain >= -1e-12
        assert each.attacker_could_gain >= -1e-12
        assert sum(share for _, share in each.deploy) == pytest.approx(1)


@pytest.mark.parametrize("process", ["fictitious_play", "replicator", "regret_matching"])
def test_averages_come_near_the_only_equilibrium_of_two_strategies(process: str) -> None:
    """Known for fictitious play (Miyasawa 1961) and for averages of replicator orbits (Hofbauer 1996)."""
    result = learnt(rounds=20_000, processes=(process,), seeds=1)
    deploy = dict(result.runs[0].deploy)
    assert deploy["Rice2020Overfitting"] == pytest.approx(0.4 / 0.5342, abs=0.01)
    assert result.runs[0].value == pytest.approx(result.equilibrium_value, abs=0.002)


def test_shares_of_a_better_strategy_grow_logistically() -> None:
    """Against a single attack x / (1 − x) grows like the exponential of the difference in payoff."""
    a, b, rounds = np.array([[1.0], [0.2]]), np.zeros((2, 1)), 200
    start = np.random.default_rng(7).dirichlet(np.ones(2))
    odds = start[0] / start[1] * np.exp(0.8 * STEP * np.arange(rounds + 1))
    averages = replicator(a, b, rounds, 7, 1)[0][:, 0]
    np.testing.assert_allclose(averages[-1], (odds / (1 + odds)).mean(), atol=1e-5)


def test_a_dominant_strategy_is_played_from_the_second_round_on() -> None:
    a, b = np.array([[2.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    x, y = fictitious_play(a, b, 100, 3, 1)
    assert x[-1, 0] >= 0.99
    assert y[-1, 1] >= 0.99


def test_regrets_in_zero_sum_games_fall_as_fast_as_proven() -> None:
    """The averages are an ε-equilibrium with ε at most (√m + √n) / √T for payoffs of range 1."""
    random, rounds = np.random.default_rng(11), 400
    for rows, columns in ((2, 2), (3, 5), (8, 4)):
        a = random.uniform(0, 1, (rows, columns))
        x, y = regret_matching(a, -a, rounds, 0, 1)
        gap = (a @ y[-1]).max() - (x[-1] @ a).min()
        assert gap <= (np.sqrt(rows) + np.sqrt(columns)) / np.sqrt(rounds + 1)


def test_an_attacker_who_never_adapts_is_exploited() -> None:
    a, rounds = np.array([[1.0, 0.0], [0.0, 1.0]]), 500
    x, y = regret_matching(a, -a, rounds, 5, 10_000)
    np.testing.assert_allclose(y[-1], y[0], atol=1e-12)
    assert x[-1, int((a @ y[0]).argmax())] > 0.98
    slow, quick = (learnt(rounds=500, processes=("regret_matching",), slowness=k, seeds=1) for k in (500, 1))
    assert slow.runs[0].deploy != quick.runs[0].deploy
    assert "500 times slower" in slow.sentence


def test_a_seed_repeats_a_run_and_leaves_the_generator_alone() -> None:
    np.random.seed(1)
    untouched = np.random.random()
    np.random.seed(1)
    first, second = (learnt(rounds=100, seeds=1, seed=4) for _ in range(2))
    assert np.random.random() == untouched
    assert [each.deploy for each in first.runs] == [each.deploy for each in second.runs]
    other = learnt(rounds=100, seeds=1, seed=5)
    assert [each.deploy for each in first.runs] != [each.deploy for each in other.runs]


def test_a_path_ends_at_the_result() -> None:
    result = learnt(rounds=300, seeds=1)
    last = result.paths().groupby("process", sort=False).tail(1)
    assert last["round"].tolist() == [300] * len(PROCESSES)
    assert last["distance"].tolist() == result.frame()["distance"].tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 5}, "rounds is 5; expected a whole number in 10"),
        ({"seeds": 0}, "seeds is 0"),
        ({"slowness": 0}, "slowness is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        learnt(**settings)


def test_an_unknown_process_is_answered_with_a_similar_one() -> None:
    with pytest.raises(UnknownName, match="did you mean 'replicator'"):
        learnt(processes=("replicater",))


def test_a_mixture_of_equilibria_that_is_one_is_no_distance_away() -> None:
    """Networks of equal accuracy may be mixed at will."""
    rows = [
        Measurement("mnist", "cnn", name, attack, metric="clean" if attack == "none" else "robust",
                    accuracy=0.9 if attack == "none" else 0.5)
        for name in ("first", "second")
        for attack in ("none", "pgd")
    ]  # fmt: skip
    scenario = ag.set_parameter(ag.Scenario("test", MeasurementTable(tuple(rows))), "attack_cost", 5.0)
    result = ag.study("dynamics", scenario, rounds=100, seeds=3, processes=("regret_matching",))
    assert isinstance(result, Dynamics)
    assert min(max(dict(run.deploy).values()) for run in result.runs) < 0.95  # not a single network
    assert [run.distance for run in result.runs] == pytest.approx([0.0] * 3, abs=1e-9)


def test_the_distance_to_a_mixture_of_two_strategies_is_what_lies_outside() -> None:
    ends = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    points = np.array([[0.5, 0.5, 0.0], [0.3, 0.3, 0.4], [0.0, 0.0, 1.0]])
    assert _distance(points, [ends]) == pytest.approx([0.0, 0.4, 1.0], abs=1e-9)
