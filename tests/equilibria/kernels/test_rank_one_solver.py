import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria.batch.general_games import general_equilibria
from advgame.equilibria.kernels import (
    certificate,
    crossings,
    rank_one_detection,
    rank_one_solver,
    states,
    support_inverse,
    support_walk,
    tableau_walk,
    uniqueness,
)
from advgame.games import Game
from advgame.games.rank_one_form import rank_one_form
from benchmarks.families import attacker_defender, several_equilibria
from tests.equilibria.games import DEAR_AND_CHEAP, LOUD_AND_STEALTHY, attacker_game
from tests.equilibria.kernels.parts import callable_part
from tests.equilibria.walks import Family, Games, Numbers, exactly, on_a_lattice, same, walked

SHAPES = [(2, 2), (3, 3), (2, 5), (5, 2), (4, 4), (3, 6), (6, 3), (5, 5), (6, 6)]

certified, equalise, regrets_of, sharpened, spread_of = map(
    callable_part,
    (
        rank_one_solver.certified,
        certificate.equalise,
        certificate.regrets_of,
        certificate.sharpened,
        certificate.spread_of,
    ),
)
careful_form, compiled_form, lines_for = map(
    callable_part,
    (rank_one_detection.careful_form, rank_one_detection.rank_one_form, rank_one_detection.lines_for),
)
on_what_is_played, on_a_tableau, tableau = map(
    callable_part, (support_walk.support_walk, tableau_walk.tableau_walk, tableau_walk.tableau)
)
crossing, support_space, only_one = map(
    callable_part, (crossings.crossing, support_inverse.support_space, uniqueness.only_one)
)


def regrets(a: Numbers, b: Numbers, x: Numbers, y: Numbers) -> tuple[float, float]:
    """The relative regrets of one profile."""
    space = np.empty(len(x), np.int64), np.empty(len(y), np.int64)
    one, two = regrets_of(a, b, x[None], y[None], 0, spread_of(a), spread_of(b), *space)
    return one, two


def space_for(defences: int, attacks: int) -> tuple[np.ndarray, ...]:
    """The arrays that the certificate works in."""
    size = min(defences, attacks) + 1
    return (
        *(np.empty(defences, np.int64), np.empty(attacks, np.int64)),
        *(np.empty((size, size + 1)), np.empty(size + defences), np.empty(size + attacks)),
    )


def polish(a: Numbers, b: Numbers, x: Numbers, y: Numbers) -> tuple[float, float]:
    """The regrets of a profile that is sharpened in place."""
    ranges, before = (spread_of(a), spread_of(b)), regrets(a, b, x, y)
    one, two = sharpened(a, b, x[None], y[None], 0, *before, *ranges, *space_for(*a.shape))
    return one, two


def form(a: Numbers, b: Numbers, carefully: bool = False) -> tuple[float, Numbers, Numbers, Numbers, float]:
    """Gain, idle cost, cost per intensity, intensity and what the game has beside its form."""
    m, n = a.shape
    idle, slope, intensity = np.empty(m), np.empty(m), np.empty(n)
    find = careful_form if carefully else compiled_form
    gain, _, beside, _, _ = find(a, b, idle, slope, intensity, np.empty(m), lines_for(n))
    return gain, idle, slope, intensity, beside


def is_the_only_one(game: Game) -> bool:
    # Copies, as arrays that cannot be written would be compiled for once more.
    a, b = game.defender_payoffs.copy(), game.attacker_payoffs.copy()
    gain, idle, slope, intensity, _ = form(a, b)
    return bool(only_one(b, gain, idle, slope, intensity))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("family", [attacker_defender, several_equilibria])
def test_games_without_ties_are_all_proven_and_answered_as_by_exact_enumeration(
    large: bool, family: Family
) -> None:
    random = np.random.default_rng(1)
    for shape in SHAPES:
        a, b = family(random, 12, *shape)
        walks = walked(a, b, large=large)
        assert (walks.status == states.SOLVED).all()
        assert walks.regret.max() < 1e-13
        assert all(same(walks.profiles[game], exactly(a[game], b[game])) for game in range(len(a)))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
@pytest.mark.parametrize("noise", [0.0, 1e-6, 1e-8, 1e-10, 1e-12])
def test_what_is_proven_amid_ties_is_true(large: bool, steps: int, noise: float) -> None:
    random = np.random.default_rng([steps, int(-np.log10(noise or 1.0))])
    within = max(1e-6, 1e-14 / noise) if noise else 1e-6  # mixes made by differences so small are as vague
    for shape in SHAPES:
        a, b = on_a_lattice(random, 6, shape, steps, noise)
        walks = walked(a, b, large=large)
        for game in np.flatnonzero(walks.status == states.SOLVED):
            assert same(walks.profiles[game], exactly(a[game], b[game]), within)


@pytest.mark.parametrize("large", [False, True])
def test_several_equilibria_are_those_of_the_general_kernel(large: bool) -> None:
    random = np.random.default_rng(3)
    for shape in [(4, 4), (6, 5), (7, 7), (8, 8)]:
        a, b = several_equilibria(random, 40, *shape)
        walks = walked(a, b, large=large)
        found, proven = general_equilibria(a, b)
        assert proven.all()
        for game in range(40):
            rows = found.game == game
            both = np.hstack([found.defender[rows], found.attacker[rows]])
            assert same(walks.profiles[game], both)
            assert walks.status[game] == states.SOLVED
    assert max(map(len, walks.profiles)) >= 5


@given(
    st.integers(2, 7),
    st.integers(2, 7),
    st.integers(0, 2**32 - 1),
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_units_and_neutral_terms_change_nothing(
    defences: int, attacks: int, seed: int, one: float, other: float, large: bool
) -> None:
    random = np.random.default_rng(seed)
    a, b = attacker_defender(random, 2, defences, attacks)
    plain = walked(a, b, large=large)
    by_column, by_row = random.normal(size=(1, 1, attacks)), random.normal(size=(1, defences, 1))
    changed = walked(one * (a + by_column), other * (b + by_row), large=large)
    for game in range(2):
        if plain.status[game] == changed.status[game] == states.SOLVED:
            assert same(plain.profiles[game], changed.profiles[game])
    assert {*plain.status, *changed.status} <= {states.SOLVED, states.TIED, states.DISTANT}


def test_powers_of_two_change_no_bit() -> None:
    a, b = attacker_defender(np.random.default_rng(5), 60, 7, 6)
    for large in (False, True):
        plain, changed = walked(a, b, large=large), walked(a * 2.0**50, b * 2.0**-45, large=large)
        assert (plain.status == changed.status).all()
        assert (np.vstack(plain.profiles) == np.vstack(changed.profiles)).all()


def difference(a: Numbers, b: Numbers, carefully: bool) -> float:
    """What the defender's payoffs differ from those of the form by, apart from its unit and column terms."""
    gain, idle, slope, intensity, _ = form(a, b, carefully)
    cost = gain * b + idle[:, None] + np.outer(slope, intensity)
    by_row, costs = a - a[0], cost - cost[0]
    unit = float(np.vdot(by_row, costs) / np.vdot(by_row, by_row))
    assert gain > 0
    assert unit < 0
    assert intensity.min() == 0
    assert intensity.max() == 0 or intensity.max() == pytest.approx(1.0)
    assert max(np.ptp(gain * b), np.ptp(idle), np.ptp(slope)) == pytest.approx(1.0)
    return float(np.abs(costs - unit * by_row).max())


@pytest.mark.parametrize("carefully", [False, True])
@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (3, 4), (4, 5), (9, 8), (12, 15), (30, 21)])
@pytest.mark.parametrize("family", [attacker_defender, several_equilibria])
def test_the_form_pays_what_the_game_pays(shape: tuple[int, int], carefully: bool, family: Family) -> None:
    a, b = family(np.random.default_rng(8), 10, *shape)
    assert max(difference(a[game], b[game], carefully) for game in range(10)) < 1e-11


@pytest.mark.parametrize("shape", [(4, 4), (5, 9), (12, 7)])
def test_what_is_opposed_has_no_intensity(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(6)
    b = random.normal(size=shape)
    a = -0.3 * b + random.normal(size=(1, shape[1]))
    b += random.normal(size=(shape[0], 1))
    for carefully in (False, True):
        _, _, slope, intensity, _ = form(a, b, carefully)
        assert not slope.any()
        assert not intensity.any()
    assert difference(a, b, False) < 1e-12


@given(st.integers(3, 9), st.integers(3, 9), st.integers(0, 2**32 - 1), st.integers(-14, -2))
@settings(max_examples=150, deadline=None)
def test_quickly_as_carefully_and_one_by_one_the_same_games_have_a_form(
    defences: int, attacks: int, seed: int, power: int
) -> None:
    random = np.random.default_rng(seed)
    a, b = (each[0] for each in attacker_defender(random, 1, defences, attacks))
    a = a + 10.0**power * np.ptp(a) * random.normal(size=a.shape)
    quickly, carefully, singly = form(a, b)[0], form(a, b, True)[0], rank_one_form(Game(a, b))
    if power <= -13 or min(defences, attacks) == 3:  # 3 × 3 minors: what is of rank 1 may be so by chance
        return
    if power >= -10:
        assert quickly == carefully == 0
        assert singly is None


def test_games_without_structure_are_distinguished_from_those_with_it() -> None:
    random = np.random.default_rng(2)
    a, b = attacker_defender(random, 30, 5, 6)
    a[::3] = random.normal(size=(10, 5, 6))
    walks = walked(a, b)
    assert (walks.status[::3] == states.UNSTRUCTURED).all()
    assert (np.delete(walks.status, np.arange(0, 30, 3)) == states.SOLVED).all()
    assert [len(found) for found in walks.profiles[::3]] == [0] * 10


@pytest.mark.parametrize("constant", ["defender", "attacker", "both"])
@pytest.mark.parametrize("shape", [(3, 3), (5, 6)])
def test_a_player_who_does_not_care_leaves_no_form(constant: str, shape: tuple[int, int]) -> None:
    a, b = attacker_defender(np.random.default_rng(4), 1, *shape)
    a = np.zeros_like(a) if constant in {"defender", "both"} else a
    b = np.zeros_like(b) if constant in {"attacker", "both"} else b
    assert walked(a, b).status.tolist() == [states.UNSTRUCTURED]


@pytest.mark.parametrize("large", [False, True])
def test_games_far_from_zero_are_left_to_a_solver_that_takes_constants_out(large: bool) -> None:
    a, b = attacker_defender(np.random.default_rng(21), 6, 7, 6)
    a[::2] += 2.0**20  # all columns
    b[1] -= 2.0**20
    a[5, :, 0] += 2.0**20  # one column
    walks = walked(a, b, large=large)
    expected = [states.DISTANT] * 3 + [states.SOLVED, states.DISTANT, states.DISTANT]
    assert walks.status.tolist() == expected
    assert [len(profiles) > 0 for profiles in walks.profiles] == [code == states.SOLVED for code in expected]


@pytest.mark.parametrize("factor", [1e-200, 1e-90, 1e90, 1e200])
def test_extreme_units_are_left_to_the_careful_way(factor: float) -> None:
    a, b = attacker_defender(np.random.default_rng(9), 5, 5, 5)
    assert (walked(a * factor, b).status == states.SOLVED).all()


def structure(games: Games) -> tuple[Numbers, Numbers]:
    """t and p of games of ``attacker_defender``: V_a = R + P = 1, and no attack is worth nothing.

    Where nobody errs more than on clean inputs … the shares are what the attacker's payoffs are paid per:
    they are read off the defender's, as U_D + U_A has e_i p_j as its only cross term.
    """
    total = games[0] + games[1]
    cross = (total - total[:, :1]) - (total - total[:, :1])[:, :, :1]
    return np.ones(len(total)), cross[:, -1]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (4, 5), (10, 8), (20, 15)])
def test_a_known_structure_gives_the_equilibria_of_the_payoffs(shape: tuple[int, int], large: bool) -> None:
    games = attacker_defender(np.random.default_rng(11), 20, *shape)
    told = walked(*games, known=structure(games), large=large)
    found = walked(*games, large=large)
    assert (told.status == states.SOLVED).all()
    assert all(same(one, other) for one, other in zip(told.profiles, found.profiles, strict=True))


def test_a_stated_structure_that_the_payoffs_contradict_is_ignored() -> None:
    games = attacker_defender(np.random.default_rng(12), 20, 6, 7)
    ratios, shares = structure(games)
    plain = walked(*games)
    for wrong in (
        (2 * ratios, shares),
        (ratios, shares[:, ::-1].copy()),
        (ratios, 0 * shares),
        (-ratios, shares),
    ):
        told = walked(*games, known=wrong)
        assert (told.status == states.SOLVED).all()
        assert all(same(one, other) for one, other in zip(told.profiles, plain.profiles, strict=True))


def one_share(random: np.random.Generator, shape: tuple[int, int], affine: bool) -> Game:
    """A game with one share for all attacks, and costs κ + λ e_i, or any others."""
    clean = random.uniform(0.02, 0.3, shape[0])
    attacked = np.column_stack([clean, random.uniform(0, 1, (shape[0], shape[1] - 1))])
    share, cost = np.full(shape[1], random.uniform(0.05, 0.9)), random.uniform(0, 0.3, shape[1])
    share[0] = 0.0
    prices = 0.1 + random.uniform(-0.5, 0.5) * clean if affine else random.uniform(0, 0.1, shape[0])
    return attacker_game(clean, attacked, share, cost, prices)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (5, 4), (10, 8), (20, 15)])
def test_where_a_theorem_proves_uniqueness_the_first_equilibrium_found_is_the_only_one(
    shape: tuple[int, int], large: bool
) -> None:
    random = np.random.default_rng(13)
    games = [one_share(random, shape, affine=True) for _ in range(40)]
    if min(shape) > 3:  # smaller games are of rank 1 in several ways, not all of which show it
        assert np.mean([*map(is_the_only_one, games)]) > 0.6  # the others show it but for rounding
    a, b = (np.array([np.asarray(pay, float) for pay in each]) for each in payoffs_of(games))
    stopped, whole = walked(a, b, first_only=True, large=large), walked(a, b, large=large)
    assert (stopped.status == whole.status).all()
    assert (whole.status == states.SOLVED).all()
    assert all(same(one, other) for one, other in zip(stopped.profiles, whole.profiles, strict=True))


def payoffs_of(games: list[Game]) -> tuple[list[Numbers], list[Numbers]]:
    return [game.defender_payoffs for game in games], [game.attacker_payoffs for game in games]


def test_without_an_assumption_of_the_theorem_several_equilibria_are_looked_for() -> None:
    random = np.random.default_rng(14)
    assert not any(is_the_only_one(one_share(random, (6, 7), affine=False)) for _ in range(20))
    for game in (DEAR_AND_CHEAP, LOUD_AND_STEALTHY):
        a, b = game.defender_payoffs[None], game.attacker_payoffs[None]
        for large in (False, True):
            assert len(walked(a, b, first_only=True, large=large).profiles[0]) == 3
    # costs that make clean accuracy worthless at half of the share, and worse than worthless beyond
    clean, share = np.array([0.1, 0.2, 0.25, 0.3]), np.array([0, 0.5, 0.5, 0.5, 0.5])
    attacked = np.column_stack([clean, random.uniform(0, 1, (4, 4))])
    for worth, only in ((0.75, False), (0.5, False), (1.0, False), (0.4, True), (1.1, True), (0.0, True)):
        # w(μ) = 1 − worth − μ: no zero for 0 ≤ μ ≤ 0.5 unless 0.5 ≤ worth ≤ 1
        game = attacker_game(clean, attacked, share, np.full(5, 0.1), 1.0 - worth * clean)
        assert is_the_only_one(game) == only


def test_a_game_that_finds_no_room_leaves_the_others_theirs() -> None:
    a, b = several_equilibria(np.random.default_rng(15), 30, 9, 8)
    roomy, narrow = walked(a, b), walked(a, b, room=3)
    fit = narrow.status == states.SOLVED
    assert (narrow.status[~fit] == states.CROWDED).all()
    assert 3 < fit.sum() < 30
    for game in range(30):
        assert (
            same(narrow.profiles[game], roomy.profiles[game])
            if fit[game]
            else len(narrow.profiles[game]) == 0
        )


def test_regrets_are_those_of_the_payoffs() -> None:
    random = np.random.default_rng(16)
    a, b = random.normal(size=(2, 6, 5))
    x, y = random.dirichlet(np.ones(6)), random.dirichlet(np.ones(5))
    x[2] = y[1] = 0.0
    x, y = x / x.sum(), y / y.sum()
    to_defender, to_attacker = a @ y, x @ b
    wanted = to_defender.max() - x @ to_defender, to_attacker.max() - to_attacker @ y
    assert regrets(a, b, x, y) == pytest.approx((wanted[0] / np.ptp(a), wanted[1] / np.ptp(b)))
    assert regrets(0 * a, 0 * b, x, y) == (0.0, 0.0)


def test_a_blurred_equilibrium_is_sharpened_and_a_false_one_is_left() -> None:
    a, b = (each[0] for each in several_equilibria(np.random.default_rng(17), 1, 8, 7))
    profiles = walked(a[None], b[None]).profiles[0]
    mixed = max(profiles, key=lambda each: (each > 0).sum())
    x, y = mixed[:8] + 1e-7 * (mixed[:8] > 0) * np.arange(8), mixed[8:].copy()
    x /= x.sum()
    assert max(regrets(a, b, x, y)) > 1e-9
    assert max(polish(a, b, x, y)) < 1e-14
    assert np.abs(x - mixed[:8]).max() < 1e-12
    x, y = np.full(8, 1 / 8), np.full(7, 1 / 7)
    before = regrets(a, b, x, y)
    assert polish(a, b, x, y) == before
    assert (x == 1 / 8).all()


def met_by_itself(a: Numbers, b: Numbers, large: bool) -> tuple[int, Numbers]:
    """What becomes of a game on the walk, and what is met there, before a certificate sharpens it."""
    m, n = a.shape
    idle, slope, intensity, x, y = np.empty(m), np.empty(m), np.empty(n), np.empty((64, m)), np.empty((64, n))
    gain, row, beside, _, _ = compiled_form(a, b, idle, slope, intensity, np.empty(m), lines_for(n))
    if gain == 0:
        return states.UNSTRUCTURED, np.empty((0, m + n))
    if large:
        at, stop = support_space(m, n), np.zeros(1, np.uint8)
        met, status = on_what_is_played(b, gain, idle, slope, intensity, row, beside, False, at, stop, x, y)
    else:
        space = tableau(m, n), np.empty(n, np.int64), np.empty(m, np.int64)
        met, status = on_a_tableau(b, gain, idle, slope, intensity, row, False, *space, x, y)
    return status, np.hstack([x[:met], y[:met]])


@pytest.mark.parametrize("large", [False, True])
def test_the_walk_by_itself_meets_every_equilibrium_and_nothing_else(large: bool) -> None:
    random = np.random.default_rng(19)
    for shape in [*SHAPES, (7, 5), (5, 9)]:
        for a, b in zip(*several_equilibria(random, 6, *shape), strict=True):
            status, met = met_by_itself(a, b, large)
            assert status == states.SOLVED
            assert same(met, exactly(a, b), 1e-9)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_what_the_walk_by_itself_calls_proven_amid_ties_is_true(large: bool, steps: int) -> None:
    random = np.random.default_rng([20, steps])
    for noise in (0.0, 1e-10):
        for shape in SHAPES:
            for a, b in zip(*on_a_lattice(random, 6, shape, steps, noise), strict=True):
                status, met = met_by_itself(a, b, large)
                if status == states.SOLVED:
                    assert same(met, exactly(a, b), 1e-4 if noise else 1e-9)


ROCK_PAPER_SCISSORS = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])


def test_one_false_profile_spoils_the_certificate_of_a_game() -> None:
    a, b, third = ROCK_PAPER_SCISSORS, -ROCK_PAPER_SCISSORS, np.full(3, 1 / 3)
    space = space_for(3, 3)
    pure, gains = np.array([1.0, 0.0, 0.0]), np.empty((3, 2))
    for mixes, certain in (((pure, third), False), ((third, pure), False), ((third, third), True)):
        x, y = np.array([third, *mixes]), np.array([third, *mixes])
        assert certified(a, b, x, y, gains, 1, 2, 2.0, 2.0, *space) == certain
    # rock against rock: either player could earn 1 by paper, of a range of 2
    certified(a, b, np.array([pure]), np.array([pure]), gains, 0, 1, 2.0, 2.0, *space)
    assert gains[0].tolist() == [0.5, 0.5]


def test_a_mix_is_sharpened_to_the_last_digit_and_put_back_where_that_would_be_worse() -> None:
    x, y = np.array([0.4, 0.3, 0.3]), np.array([0.3, 0.4, 0.3])
    assert max(polish(ROCK_PAPER_SCISSORS, -ROCK_PAPER_SCISSORS, x, y)) < 1e-15
    assert [*x, *y] == pytest.approx([1 / 3] * 6, abs=1e-15)
    # The first two strategies make each other indifferent where they are played alike. But then the third
    # defence, which is poor against the first attack, is best by far.
    a = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [-10.0, 14.0, 0.0]])
    b = np.array([[0.0, 0.1, -9.0], [0.1, 0.0, -9.0], [0.0, 0.0, -9.0]])
    x, y = np.array([0.99, 0.01, 0.0]), np.array([0.99, 0.01, 0.0])
    before = regrets(a, b, x, y)
    assert polish(a, b, x, y) == before
    assert x.tolist() == y.tolist() == [0.99, 0.01, 0.0]


def test_no_form_beyond_the_theorem_is_said_to_have_one_equilibrium() -> None:
    def said(q: Numbers, idle: Numbers, slope: Numbers, intensity: Numbers) -> tuple[bool, int]:
        game = Game(-(q + idle[:, None] + np.outer(slope, intensity)), q)
        unit = 1 / max(np.ptp(q), np.ptp(idle), np.ptp(slope))
        equilibria = len(exactly(game.defender_payoffs, game.attacker_payoffs))
        return bool(only_one(q, unit, idle * unit, slope * unit, intensity)), equilibria

    q, one = np.array([[0.0, -1.0], [0.0, 1.0]]), np.array([0.0, 1.0])
    slope = np.array([6.0, 0.0])  # (g + μ) c1 with g = c0 / c1
    assert said(q, slope, slope, one) == (True, 1)
    assert said(q, -2 * slope, slope, one) == (True, 1)  # g + μ < 0 all the way
    assert said(q, -0.5 * slope, slope, one) == (False, 3)  # g + μ = 0 half of the way
    # a dear and a cheap defence, g + μ = 0 at 1/4 for the two; beside the worst one, g < −1
    q = np.array([[0.0, -0.025], [0.0, 0.025], [0.0, 0.225]])
    assert said(q, np.array([0.275, 0.3, 1.9]), np.array([-0.05, -0.15, -0.45]), one) == (False, 3)
    # two attacks of no intensity, of which the second one alone would do
    q, two = np.array([[2.0, 3.0, 1.0], [2.0, -2.0, 3.0]]), np.array([0.0, 0.0, 1.0])
    assert said(q, np.array([1.0, 2.0]), np.array([4.0, 0.0]), two) == (False, 3)
    # two intensities
    assert not said(q, np.array([1.0, 2.0]), np.array([4.0, 0.0]), np.array([0.0, 0.5, 1.0]))[0]


@pytest.mark.parametrize(
    ("level", "tilt", "here", "there", "wanted"),
    [
        (0.5, 0.0, 0.0, 1.0, (0.5, True)),  # downwards through μ
        (-0.5, 2.0, 0.0, 1.0, (0.5, True)),  # upwards
        (0.0, 0.5, 0.0, 1.0, (0.0, True)),  # nobody attacks
        (0.5, 0.5, 0.0, 1.0, (1.0, True)),  # always
        (0.25, 0.0, 0.25, 0.5, (0.25, False)),  # where the piece begins: a tie
        (0.5, 0.0, 0.25, 0.5, (0.5, False)),  # where it ends
        (0.25, 0.0, 0.5, 1.0, (-1.0, True)),  # before it
        (0.75, 0.0, 0.0, 0.5, (-1.0, True)),  # beyond it
        (0.25, 1.0, 0.25, 0.5, (-1.0, True)),  # nowhere
        (0.0, 1.0, 0.25, 0.5, (0.25, False)),  # everywhere
    ],
)
def test_a_crossing_is_found_where_it_is_and_at_a_breakpoint_it_is_a_tie(
    level: float, tilt: float, here: float, there: float, wanted: tuple[float, bool]
) -> None:
    assert crossing(level, tilt, here, there, 1.0) == wanted


def test_powers_of_two_and_exact_shifts_change_no_bit_of_what_is_sharpened() -> None:
    a = np.eye(5) + np.round(0.1 * np.cos(np.arange(25)).reshape(5, 5) * 2.0**20) / 2.0**20
    mixes, space = [], (np.arange(5), np.arange(5))
    for power, shift in ((-60, 0), (-3, 0), (0, 0), (4, 0), (60, 0), (0, 4096), (0, -(2.0**20)), (-10, 1)):
        mix = np.empty(5)
        assert equalise(a * 2.0**power + shift, *space, 5, False, np.empty((6, 7)), mix)
        assert np.ptp(a @ mix) < 1e-15
        assert mix.sum() == pytest.approx(1.0, abs=1e-15)
        mixes.append(mix)
    assert all((mix == mixes[0]).all() for mix in mixes)
