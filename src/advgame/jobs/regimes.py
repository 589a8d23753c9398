"""The regime of a cell: the strategies that both players play, as text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria import Solution
from advgame.games.tolerances import PLAYED


class Regimes(NamedTuple):
    """The regime of each of many cells."""

    codes: NDArray[np.int32]  # (cells,) the place of its text
    texts: list[str]  # in the order in which they first occur


def regime_of(solution: Solution) -> str:
    """The strategies both players play in the recommended profile, as text.

    >>> from advgame.equilibria import solve
    >>> from advgame.games import Game
    >>> regime_of(solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])))
    'd1 + d2 | a1 + a2'
    """
    profile, game = solution.recommended, solution.game
    return _text((game.defences, profile.defender > PLAYED), (game.attacks, profile.attacker > PLAYED))


def regimes_of(
    defences: tuple[str, ...], attacks: tuple[str, ...], defender: FloatArray, attacker: FloatArray
) -> Regimes:
    """The regimes of many cells; each combination of strategies is formatted once.

    >>> mixed = np.array([[1.0, 0.0], [0.5, 0.5], [1.0, 0.0]])
    >>> regimes = regimes_of(("a", "b"), ("none", "pgd"), mixed, mixed)
    >>> regimes.codes.tolist(), regimes.texts
    ([0, 1, 0], ['a | none', 'a + b | none + pgd'])

    Args:
        defences: names.
        attacks: names.
        defender: (cells, defences) mixed strategies.
        attacker: (cells, attacks) mixed strategies.
    """
    import pyarrow as pa

    played = np.hstack([strategies > PLAYED for strategies in (defender, attacker)])
    packed = np.packbits(played, axis=1)
    kind = pa.binary(packed.shape[1])
    rows = pa.Array.from_buffers(kind, len(packed), [None, pa.py_buffer(packed)]).dictionary_encode()
    codes = np.asarray(rows.indices, np.int32)
    patterns = np.frombuffer(b"".join(rows.dictionary.to_pylist()), np.uint8).reshape(-1, packed.shape[1])
    split = len(defences)
    texts = [
        _text((defences, pattern[:split]), (attacks, pattern[split:]))
        for pattern in np.unpackbits(patterns, axis=1, count=played.shape[1]).astype(np.bool_)
    ]
    return Regimes(codes, texts)


def _text(*sides: tuple[tuple[str, ...], NDArray[np.bool_]]) -> str:
    return " | ".join(
        " + ".join(name for name, plays in zip(names, played, strict=True) if plays)
        for names, played in sides
    )
