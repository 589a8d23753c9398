"""Mixed commitments against two replies in many games by array operations, without compiled code.

With one constraint, the attacker's difference between the replies, a best commitment mixes at most two
defences: it deploys one that a reply is best against, or two so that the attacker is indifferent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.tolerances import MAY_TIE

LARGEST = 4_000_000  # pairs of defences in all games together

Committed = tuple[NDArray[np.bool_], FloatArray, FloatArray]


def commitments_to_two_replies(a: FloatArray, b: FloatArray) -> Committed:
    """The best mixed commitment of each game, with ties of the attacker in the defender's favour.

    >>> a, b = np.array([[[0.0, 3], [2, 1]]]), np.array([[[1.0, 0], [0, 1]]])
    >>> proven, defender, attacker = commitments_to_two_replies(a, b)
    >>> proven.tolist(), defender.tolist(), attacker.tolist()
    ([True], [[0.5, 0.5]], [[0.0, 1.0]])

    Args:
        a: (k, defences, 2), the defender's payoffs.
        b: (k, defences, 2), the attacker's payoffs.

    Returns:
        (k,) whether no other commitment is worth nearly as much; (k, defences) and (k, 2) the commitment and
        the reply.
    """
    games, defences = a.shape[:2]
    ahead = b[:, :, 0] - b[:, :, 1]  # of the first reply over the second
    near = np.abs(ahead) <= MAY_TIE * np.ptp(b, axis=(1, 2))[:, None]
    first, second = (ahead > 0) & ~near, (ahead < 0) & ~near
    alone = np.where(np.stack([first, second], axis=2), a, -np.inf)  # (games, defences, replies)
    pairs = first[:, :, None] & second[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = -ahead[:, None, :] / (ahead[:, :, None] - ahead[:, None, :])  # of the first of the pair
        mixed = share[..., None] * a[:, :, None] + (1 - share[..., None]) * a[:, None, :]
    mixed = np.where(pairs[..., None], mixed, -np.inf)  # (games, defences, defences, replies)
    worth = np.concatenate([alone.reshape(games, -1), mixed.reshape(games, -1)], axis=1)
    best = worth.argmax(axis=1)
    value = worth[np.arange(games), best]
    enough = value - MAY_TIE * np.ptp(a, axis=(1, 2))
    tied = np.where(near, a.max(axis=2), -np.inf).max(axis=1) >= enough
    proven = np.isfinite(value) & ~tied & ((worth >= enough[:, None]).sum(axis=1) == 1)
    option, reply = np.divmod(best, 2)
    single = option < defences
    one, other = np.divmod(np.where(single, 0, option - defences), defences)
    one, other = np.where(single, option, one), np.where(single, option, other)
    defender, place = np.zeros((games, defences)), np.arange(games)
    part = np.where(single, 1.0, share[place, one, other])
    defender[place, one] = part
    defender[place[~single], other[~single]] = 1 - part[~single]
    return proven, defender, np.eye(2)[reply]
