"""Nash equilibria of a chunk of games: by the kernels that fit, and one by one where none can prove them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import comb

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import ALWAYS, Deadline
from advgame.equilibria.algorithms.stop import stopped_by
from advgame.equilibria.batch.batch_centring import Centred
from advgame.equilibria.batch.gathered import MORE_SLOTS, SLOTS, BatchProfiles, Gathered, Status
from advgame.equilibria.batch.general_games import fits, general_equilibria
from advgame.equilibria.batch.inputs import floats, refuse_infinite
from advgame.equilibria.batch.threads import on_all_cores, parts_for
from advgame.equilibria.concepts.nash import Nash
from advgame.games import Game
from advgame.games.rank_one_form import rank_one_form
from advgame.games.reduction import reduce_game
from advgame.games.tolerances import LARGEST_REGRET

# What may write into the free end of what is gathered; and which games are proven.
Kernel = Callable[[FloatArray, FloatArray, Gathered | None], tuple[BatchProfiles, NDArray[np.bool_]]]

FEW_MINORS = 1000  # where listing them is about as quick as looking for structure
PROBES = 16  # games of a batch that are tried before the rest
LEAST_PART = 4096  # 2 × 2 games that are worth a thread's while
WORK_WITHOUT_HOPE = 0.5  # nominal seconds for a game too large for its equilibria to be listed


def nash_equilibria(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None
) -> BatchProfiles:
    """The equilibria of a chunk; games no kernel can prove are solved singly and marked in ``status``.

    Constants are taken out of payoffs far from zero. The walk notices such games itself, so that the others
    are read once.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        status: (games,) uint8 codes of `Status`, written in place.
        gathered: buffers and deadline that chunks share; None for buffers of its own.
    """
    gathered = gathered or Gathered(a.shape[1:])
    if a.shape[1:] == (2, 2):  # solved from differences of payoffs
        return _by_kernels(a, b, status, gathered)
    if _kernels(a, b)[0] is not walked:
        return WITHOUT_CONSTANTS(a, b, status, gathered)
    profiles, proven = walked(a, b, gathered)
    if proven.all():
        return profiles
    rest = np.flatnonzero(~proven)
    how = status[rest]
    more = WITHOUT_CONSTANTS(a[rest], b[rest], how, Gathered(a.shape[1:], deadline=gathered.deadline))
    status[rest] = how
    return BatchProfiles.joined([profiles.kept(proven[profiles.game]), more._replace(game=rest[more.game])])


def _by_kernels(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None
) -> BatchProfiles:
    """As ``nash_equilibria``, of payoffs as they are."""
    gathered = gathered or Gathered(a.shape[1:])
    first, *fallbacks = _kernels(a, b)
    profiles, proven = first(a, b, gathered)
    if proven.all():
        return profiles
    parts, rest = [profiles.kept(proven[profiles.game])], np.flatnonzero(~proven)
    for kernel in fallbacks:
        profiles, proven = kernel(a[rest], b[rest], None)
        profiles = profiles.kept(proven[profiles.game])
        parts.append(profiles._replace(game=rest[profiles.game]))
        rest = rest[~proven]
        if len(rest) == 0:
            break
    parts.extend(singly(a, b, rest, status, gathered.deadline))
    return BatchProfiles.joined(parts)


WITHOUT_CONSTANTS = Centred(_by_kernels)


def _kernels(a: FloatArray, b: FloatArray) -> tuple[Kernel, ...]:
    """The kernels that can prove games of this shape, the one that probably will first."""
    shape = a.shape[1:]
    if 1 in shape:
        return (compared,)
    if shape == (2, 2):
        return (_two_by_two,)
    if not fits(shape):
        return (walked,)
    if comb(sum(shape), shape[0]) > FEW_MINORS:
        return walked, general_equilibria
    probe = slice(None, None, -(-len(a) // PROBES))
    structured = walked(a[probe], b[probe])[1].mean() > 0.75  # by chance, every other 3 × 3 game is
    return (walked, general_equilibria) if structured else (general_equilibria, walked)


def compared(a: FloatArray, b: FloatArray, _: Gathered | None) -> tuple[BatchProfiles, NDArray[np.bool_]]:
    """Games in which one player has a single strategy: the best responses of the other, each extreme.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        _: buffers, not used here.
    """
    defences, attacks = a.shape[1:]
    best = a == a.max(axis=1, keepdims=True) if attacks == 1 else b == b.max(axis=2, keepdims=True)
    index, rows, columns = np.nonzero(best)
    profiles = BatchProfiles(
        index, np.eye(defences)[rows], np.eye(attacks)[columns], np.zeros((len(index), 2))
    )
    return profiles, np.ones(len(a), np.bool_)


def _two_by_two(
    a: FloatArray, b: FloatArray, gathered: Gathered | None
) -> tuple[BatchProfiles, NDArray[np.bool_]]:
    from advgame.equilibria.kernels import two_by_two_signs

    games, gathered = len(a), gathered or Gathered((2, 2))
    parts = parts_for(games, LEAST_PART)
    ends = [part * games // parts for part in range(parts + 1)]
    counts = np.zeros(parts, np.int64)  # of equilibria

    def count(part: int) -> None:
        counts[part] = two_by_two_signs.count(a, b, ends[part], ends[part + 1])

    on_all_cores(count, parts - 1)  # each part starts where the one before it ends
    room = gathered.free(games if gathered.given else games + games // 2)
    rows, sound = _filled(a, b, ends, counts, room)
    if rows < 0:
        count(parts - 1)
        room = gathered.free(int(counts.sum()))
        rows, sound = _filled(a, b, ends, counts, room)
    profiles, proven = room.begin(rows), np.ones(games, np.bool_)
    if not sound:
        refuse_infinite(a, b, before=gathered.game)
        proven[profiles.game[~(profiles.regret <= LARGEST_REGRET).all(axis=1)]] = False
        with np.errstate(over="ignore"):
            differences = np.hstack([a[:, 0] - a[:, 1], b[:, :, 0] - b[:, :, 1]])
        proven &= np.isfinite(differences).all(axis=1)
    return profiles, proven


def _filled(
    a: FloatArray, b: FloatArray, ends: list[int], counts: NDArray[np.int64], room: BatchProfiles
) -> tuple[int, bool]:
    """Fills in the equilibria of 2 × 2 games: how many, -1 if there is no room; and whether all is sound."""
    from advgame.equilibria.kernels import two_by_two_signs

    starts = np.cumsum(counts) - counts
    parts = len(counts)
    rows, sound = np.zeros(parts, np.int64), np.ones(parts, np.bool_)

    def fill(part: int) -> None:
        rows[part], sound[part] = two_by_two_signs.fill(
            a, b, ends[part], ends[part + 1], int(starts[part]), *room
        )

    if starts[-1] > len(room.game):
        return -1, True
    on_all_cores(fill, parts)
    return (-1 if (rows < 0).any() else int(rows[-1])), bool(sound.all())


def walked(
    a: FloatArray, b: FloatArray, gathered: Gathered | None = None
) -> tuple[BatchProfiles, NDArray[np.bool_]]:
    """The walk along the intensity of attack; games with many equilibria once more, with more room.

    Payoffs of any layout are copied where the kernel would be compiled once more for them.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        gathered: buffers and deadline that chunks share; None for buffers of its own.
    """
    from advgame.equilibria.kernels import states

    a, b = floats(a), floats(b)
    profiles, state = _walked_with_room(a, b, SLOTS, gathered)
    crowded = np.flatnonzero(state == states.CROWDED)
    if len(crowded):
        more, again = _walked_with_room(a[crowded], b[crowded], MORE_SLOTS, None)
        state[crowded] = again
        profiles = BatchProfiles.joined([profiles, more._replace(game=crowded[more.game])])
    return profiles, state == states.SOLVED


def _walked_with_room(
    a: FloatArray, b: FloatArray, slots: int, gathered: Gathered | None
) -> tuple[BatchProfiles, NDArray[np.int64]]:
    from advgame.equilibria.kernels import rank_one_solver

    games, defences, attacks = a.shape
    blocks = min(games, parts_for(games))
    slots_each = max(slots * -(-games // blocks), MORE_SLOTS)  # equilibria that a block of games has room for
    counts, state, filled = np.empty(games, np.int64), np.empty(games, np.int64), np.empty(blocks, np.int64)
    room = tuple(np.empty((blocks, slots_each, size)) for size in (defences, attacks, 2))
    unknown = np.empty(0), np.empty((0, attacks))

    def walk(block: int) -> None:
        begin, end = block * games // blocks, (block + 1) * games // blocks
        outputs = counts, state, *(whole[block] for whole in room)
        if defences * attacks < rank_one_solver.LARGE:
            filled[block] = rank_one_solver.solve_some(a, b, *unknown, False, begin, end, *outputs)
        else:
            filled[block] = rank_one_solver.solve_some_large(
                a, b, *unknown, False, begin, end, stop, *outputs
            )

    with stopped_by(gathered.deadline if gathered else ALWAYS) as stop:
        on_all_cores(walk, blocks)
    ends = np.cumsum(filled)
    profiles = (gathered or Gathered((defences, attacks))).free(int(ends[-1])).begin(int(ends[-1]))
    profiles.game[:] = np.repeat(np.arange(games), counts)

    def copy(block: int) -> None:
        count, end = filled[block], ends[block]
        for whole, written in zip(profiles[1:], room, strict=True):
            whole[end - count : end] = written[block, :count]

    on_all_cores(copy, blocks)
    return profiles, state


def singly(
    a: FloatArray, b: FloatArray, games: NDArray[np.int64], status: NDArray[np.uint8], deadline: Deadline
) -> Iterator[BatchProfiles]:
    """The equilibria of some games by the single-game solver, as long as the time allows.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        games: (k,) indices of the games to solve.
        status: (games,) uint8 codes of `Status`; those of ``games`` are written in place.
        deadline: games are left unsolved once it is over.
    """
    for game in games:
        status[game] = Status.UNSOLVED
        if not deadline.over:
            yield _single(Game(a[game], b[game]), int(game), status, deadline)


def _single(game: Game, index: int, status: NDArray[np.uint8], deadline: Deadline) -> BatchProfiles:
    work = Nash.work_limit if _may_be_listed(game) else WORK_WITHOUT_HOPE
    seconds = min(Nash.time_limit_seconds, deadline.left)
    solution = Nash(time_limit_seconds=seconds, work_limit=work).solve(game)
    profiles = solution.profiles
    if profiles:
        status[index] = Status.SINGLE if solution.complete else Status.PARTIAL
    rows, columns = game.shape
    regrets = [
        (profile.certificate.defender_regret, profile.certificate.attacker_regret) for profile in profiles
    ]
    return BatchProfiles(
        np.full(len(profiles), index, np.int64),
        np.array([profile.defender for profile in profiles]).reshape(-1, rows),
        np.array([profile.attacker for profile in profiles]).reshape(-1, columns),
        np.array(regrets).reshape(-1, 2),
    )


def _may_be_listed(game: Game) -> bool:
    """Whether all equilibria may be found in reasonable time: of a small game, or one with structure."""
    if fits(game.shape):
        return True
    reduced = reduce_game(game).game
    return fits(reduced.shape) or min(reduced.shape) <= 2 or rank_one_form(reduced) is not None
