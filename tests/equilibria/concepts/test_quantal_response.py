from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.optimize import approx_fprime, brentq, fsolve
from scipy.special import expit, softmax

from advgame.equilibria import QuantalResponse, principal_branch, solve
from advgame.equilibria.algorithms.logit_branch import Reached, branch_points, interactions, only_response
from advgame.equilibria.concepts.quantal_response import _responding
from advgame.errors import GameError
from advgame.games import Game
from tests.equilibria.games import games

# As transformed by McKelvey and Palfrey 1995 from Ochs 1995.
OCHS = Game([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])
CONSTANT_SUM = Game([[1, 1], [0, 1]], [[1, 1], [2, 1]])
# The branch of this game turns back at a rationality of about 9.83 to about 3.75, and on again.
TURNING = Game([[-4, 4, 5], [-2, 2, 0], [-4, -6, 5]], [[-6, 0, 1], [-2, -6, 2], [6, -3, -3]])


def misses(game: Game, rationality: float, defender: np.ndarray, attacker: np.ndarray) -> float:
    """The largest distance from the logit responses, by scipy's softmax."""
    to_defender, to_attacker = game.defender_payoffs @ attacker, defender @ game.attacker_payoffs
    return max(
        np.abs(defender - softmax(rationality * to_defender)).max(),
        np.abs(attacker - softmax(rationality * to_attacker)).max(),
    )


@pytest.mark.parametrize("rationality", [0.0, 0.3, 7.0, 1e4])
def test_matching_pennies_stays_at_one_half(rationality: float) -> None:
    found = QuantalResponse(rationality).solve(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])).recommended
    assert [*found.defender, *found.attacker] == pytest.approx([0.5] * 4, abs=1e-12)


@pytest.mark.parametrize(
    ("rationality", "first", "second"), [(1, 0.643, 0.5883), (2, 0.7727, 0.6117), (3, 0.8595, 0.6038)]
)
def test_a_constant_sum_game_has_the_values_that_gambit_publishes(
    rationality: float, first: float, second: float
) -> None:
    found = QuantalResponse(rationality).solve(CONSTANT_SUM).recommended
    assert found.defender[0] == pytest.approx(first, abs=6e-5)
    assert found.attacker[0] == pytest.approx(second, abs=6e-5)


def test_a_point_of_gambits_branch_of_an_asymmetric_game_lies_on_ours() -> None:
    defender, attacker = 0.5182276540742868, 0.49821668880066783  # published; the rationality follows
    pays = 1.1141 * attacker - 0.2785 * (1 - attacker)
    rationality = float(np.log(defender / (1 - defender)) / pays)
    found = QuantalResponse(rationality).solve(OCHS).recommended
    assert found.defender[0] == pytest.approx(defender, abs=1e-7)
    assert found.attacker[0] == pytest.approx(attacker, abs=1e-7)


@pytest.mark.parametrize("rationality", [0.5, 3.0, 20.0])
def test_asymmetric_pennies_agree_with_the_root_of_one_equation(rationality: float) -> None:
    """y follows from x, so that x is the single root of a falling function."""

    def reply(x: float) -> float:
        return float(expit(rationality * 1.1141 * (1 - 2 * x)))

    def gap(x: float) -> float:
        y = reply(x)
        return float(expit(rationality * (1.1141 * y - 0.2785 * (1 - y)))) - x

    root = brentq(gap, 0.0, 1.0, xtol=1e-14)
    found = QuantalResponse(rationality).solve(OCHS).recommended
    assert found.defender[0] == pytest.approx(root, abs=1e-10)
    assert found.attacker[0] == pytest.approx(reply(root), abs=1e-9)


def test_the_branch_leads_to_the_nash_equilibrium() -> None:
    found = QuantalResponse(1e5).solve(OCHS).recommended
    assert found.defender == pytest.approx([0.5, 0.5], abs=1e-4)
    assert found.attacker == pytest.approx([0.2, 0.8], abs=1e-4)  # 1.1141 y = 0.2785 (1 − y), nearly


def test_of_two_coordinations_the_branch_leads_to_the_one_that_risks_less() -> None:
    staghunt = Game([[5, 0], [4, 4]], [[5, 4], [0, 4]])
    assert QuantalResponse(50.0).solve(staghunt).recommended.defender == pytest.approx([0, 1], abs=1e-9)


def test_a_symmetric_fork_is_passed_straight_on() -> None:
    even = QuantalResponse(100.0).solve(Game(np.eye(3), np.eye(3))).recommended
    assert even.defender == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("seed", [7, 16, 241, 321])  # at the last two, short steps fail at the fork
def test_a_symmetric_game_is_followed_past_forks_and_stays_symmetric(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 6))
    payoffs = random.integers(-5, 6, (size, size)).astype(float)
    solution = QuantalResponse(10.0).solve(Game(payoffs, payoffs.T))
    found = solution.recommended
    assert found.defender == pytest.approx(found.attacker, abs=1e-7)
    assert misses(solution.game, 10.0, found.defender, found.attacker) < 1e-9
    if seed in (241, 321):
        assert "forks at a rationality of about" in solution.remark


@given(games(most=4), st.floats(0.0, 0.89))
@settings(max_examples=40, deadline=None)
def test_responses_in_turn_lead_to_the_end_of_the_branch(game: Game, scaled: float) -> None:
    ranges = max(np.ptp(game.defender_payoffs), np.ptp(game.attacker_payoffs)) or 1.0
    rationality = 2 * scaled / float(ranges)
    only = only_response(game, rationality)
    assert only is not None
    *_, end = branch_points(game, rationality)
    assert only.defender == pytest.approx(end.defender, abs=1e-10)
    assert only.attacker == pytest.approx(end.attacker, abs=1e-10)


def equilibria_on_a_grid(game: Game, rationality: float) -> int:
    """How many quantal response equilibria a 2 × 2 game has: roots of one equation in one probability."""
    x = np.linspace(0.0, 1.0, 20_001)
    (a, b), (c, d) = game.attacker_payoffs
    reply = expit(rationality * (x * (a - b) + (1 - x) * (c - d)))
    (a, b), (c, d) = game.defender_payoffs
    signs = np.sign(x - expit(rationality * (reply * (a - c) + (1 - reply) * (b - d))))
    signs = signs[signs != 0]  # a root on the grid stands between two signs
    return int((signs[1:] != signs[:-1]).sum())


@pytest.mark.parametrize("rationality", [2.1, 2.5, 2.8, 4.0])
def test_coordination_has_three_equilibria_beyond_its_fork_and_none_is_called_the_only_one(
    rationality: float,
) -> None:
    coordination = Game(np.eye(2), np.eye(2))
    assert equilibria_on_a_grid(coordination, rationality) == 3
    assert only_response(coordination, rationality) is None
    assert "Other equilibria may exist" in QuantalResponse(rationality).solve(coordination).remark
    assert "only equilibrium" in QuantalResponse(1.0).solve(coordination).remark


@given(
    st.lists(st.integers(-3, 3), min_size=8, max_size=8).map(np.array), st.floats(0.05, 3.0), st.booleans()
)
@settings(max_examples=300, deadline=None)
def test_what_is_called_the_only_equilibrium_is_the_only_one(
    payoffs: np.ndarray, rationality: float, alike: bool
) -> None:
    a, b = payoffs.astype(float).reshape(2, 2, 2)
    game = Game(a, a if alike else b)
    if only_response(game, rationality) is not None:
        assert equilibria_on_a_grid(game, rationality) == 1


@given(games(most=5))
def test_interactions_are_those_of_all_pairs_of_pairs(game: Game) -> None:
    p = game.defender_payoffs
    rows, columns = (range(count) for count in p.shape)
    differences = [
        abs(p[i, j] - p[k, j] - p[i, m] + p[k, m])
        for i, k in product(rows, rows)
        for j, m in product(columns, columns)
    ]
    assert interactions(p[None]) == pytest.approx([max(differences)])


@pytest.mark.parametrize(("shape", "proven"), [((6, 5), True), ((60, 45), False)])
def test_many_strategies_are_compared_with_one_only_and_the_proof_then_needs_half_the_rationality(
    shape: tuple[int, int], proven: bool
) -> None:
    payoffs = np.random.default_rng(0).random(shape)
    game = Game(payoffs, payoffs)
    exact = max(np.ptp(payoffs[i] - payoffs[k]) for i, k in combinations(range(len(payoffs)), 2))
    closest = 4 * np.sqrt(0.79) / exact
    assert (only_response(game, closest) is not None) == proven
    assert only_response(game, closest / 2) is not None
    assert only_response(game, closest * 1.02) is None


def test_the_time_limit_ends_the_branch_with_a_remark() -> None:
    solution = QuantalResponse(1e3, time_limit_seconds=0.0).solve(OCHS)
    assert solution.profiles == ()
    assert "in 0 seconds" in solution.remark


def test_a_branch_that_turns_back_is_followed_round_the_turn() -> None:
    branch = principal_branch(TURNING, 20.0)
    turn = int(np.argmax(np.diff(branch.rationality) < 0))
    assert branch.rationality[turn] == pytest.approx(9.8, abs=0.2)
    assert branch.rationality[turn + 1 :].min() < 4
    assert branch.rationality[-1] == 20
    points = list(zip(branch.rationality, branch.defender, branch.attacker, strict=True))
    assert max(misses(TURNING, *point) for point in points) < 1e-9
    end = slowly_traced(TURNING, 20.0)
    assert np.concatenate([branch.defender[-1], branch.attacker[-1]]) == pytest.approx(end, abs=1e-6)


def test_a_branch_with_a_turn_so_sharp_that_a_step_could_run_back_on_it_is_followed_to_its_end() -> None:
    sharp = Game([[-1, -2, 0], [6, 1, -4], [0, -6, 6]], [[-5, 2, -5], [-3, -4, -2], [-6, -4, -2]])
    branch = principal_branch(sharp, 8.0)
    assert branch.rationality.min() == 0
    assert branch.rationality[-1] == 8
    end = np.concatenate([branch.defender[-1], branch.attacker[-1]])
    assert end == pytest.approx(slowly_traced(sharp, 8.0, step=0.1), abs=1e-6)


def slowly_traced(game: Game, rationality: float, step: float = 0.2) -> np.ndarray:
    """Both mixes at the end of the branch, in short steps with scipy's root finder on other equations."""
    rows, columns = game.shape

    def mixes(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return softmax(np.append(0, point[: rows - 1])), softmax(np.append(0, point[rows - 1 : -1]))

    def equations(point: np.ndarray) -> np.ndarray:
        x, y = mixes(point)
        u, v = game.defender_payoffs @ y, x @ game.attacker_payoffs
        return point[:-1] - point[-1] * np.concatenate([(u - u[0])[1:], (v - v[0])[1:]])

    point = np.zeros(rows + columns - 1)
    direction = np.append(np.zeros(len(point) - 1), 1.0)
    while point[-1] < rationality:
        tangent = null_space(approx_fprime(point, equations, 1e-8), rcond=1e-9)[:, 0]
        direction = tangent * np.sign(tangent @ direction)
        ahead = point + step * direction
        point = fsolve(
            lambda z, ahead=ahead, along=direction: np.append(equations(z), along @ (z - ahead)), ahead
        )
    final = fsolve(lambda z: np.append(equations(z), z[-1] - rationality), point)
    return np.concatenate(mixes(final))


@given(games(most=4), st.sampled_from([0.1, 2.0, 50.0]))
@settings(max_examples=80, deadline=None)
def test_every_small_game_is_answered_with_a_fixed_point(game: Game, rationality: float) -> None:
    found = QuantalResponse(rationality).solve(game).recommended
    assert misses(game, rationality, found.defender, found.attacker) < 1e-9


@given(games(most=3), st.sampled_from([0.25, 8.0, 2.0**40]))
@settings(max_examples=40, deadline=None)
def test_money_in_another_unit_is_the_same_as_a_rationality_in_another_unit(game: Game, unit: float) -> None:
    other = Game(game.defender_payoffs * unit, game.attacker_payoffs * unit)
    one = QuantalResponse(3.0).solve(game).recommended
    same = QuantalResponse(3.0 / unit).solve(other).recommended
    assert same.defender == pytest.approx(one.defender, abs=1e-9)


def test_a_mixed_strategy_that_is_not_a_logit_response_is_not_certified() -> None:
    profile = _responding(OCHS, Reached(2.0, np.full(2, 0.5), np.full(2, 0.5), ()))
    assert profile.certificate.defender_regret == pytest.approx(expit(0.8356) - 0.5, abs=1e-9)
    assert not profile.certificate.valid


def test_a_branch_that_cannot_be_followed_gives_a_remark_and_no_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advgame.equilibria.algorithms.logit_branch.MOST_STEPS", 3)
    solution = QuantalResponse(100.0).solve(OCHS)
    assert solution.profiles == ()
    assert "could be followed" in solution.remark


@pytest.mark.parametrize("rationality", [-1.0, float("nan"), float("inf")])
def test_a_rationality_that_is_negative_or_not_finite_is_refused(rationality: float) -> None:
    with pytest.raises(GameError, match="at least 0"):
        solve(OCHS, QuantalResponse(rationality))
