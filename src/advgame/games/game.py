"""A two-player game: both payoff matrices and the names of the strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import isfinite
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import ExactMatrix, FloatArray
from advgame.errors import GameError
from advgame.games.centring import all_centred, columns_centred, is_far, plainly_near, rows_centred

SHARP = 1e-12  # of the range of the payoffs: largest error of floats that counts as sharp
APART = 4  # times the rounding error of a payoff: floats farther apart are in the right order
LARGEST_WHOLE = 2**53  # integers up to here are exact floats
SIMPLE = 10**9  # largest denominator of a constant that is subtracted from rational payoffs
Places = NDArray[np.intp]
Centring = Callable[[NDArray[Any]], NDArray[Any]]  # returns the same array if there is nothing to do
# Computes both matrices as Fractions, for selected strategies of each player.
Exactly = Callable[[Places, Places], tuple[NDArray[Any], NDArray[Any]]]


@dataclass(frozen=True, eq=False, init=False)
class Game:
    """Payoffs of a defender (rows) and an attacker (columns).

    Payoffs given as Fractions are kept, and exact methods use them. A float represents exactly the
    number it stores, unless the game was made with ``rounded``.

    >>> Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]).shape
    (2, 2)

    Args:
        defender_payoffs: (m, n), payoffs of the row player.
        attacker_payoffs: (m, n), payoffs of the column player.
        defences: m distinct names; by default ``d1 …``.
        attacks: n distinct names; by default ``a1 …``.

    Raises:
        GameError: for payoffs that are empty, not finite, not two-dimensional or of different shapes,
            and for names that are not distinct or of the wrong number.
    """

    defender_payoffs: FloatArray  # (defences, attacks)
    attacker_payoffs: FloatArray  # (defences, attacks)
    defences: tuple[str, ...]
    attacks: tuple[str, ...]
    # bounds on the difference between floats and exact payoffs: defender, attacker
    rounding: tuple[float, float]

    def __init__(
        self,
        defender_payoffs: ArrayLike,
        attacker_payoffs: ArrayLike,
        defences: Sequence[str] | None = None,
        attacks: Sequence[str] | None = None,
    ) -> None:
        first = _matrix("defender_payoffs", defender_payoffs)
        second = _matrix("attacker_payoffs", attacker_payoffs)
        if first.given.shape != second.given.shape:
            raise GameError(
                f"defender_payoffs is {_by(first.given.shape)} and attacker_payoffs "
                f"{_by(second.given.shape)}; both players' matrices need the same shape (defences, attacks)."
            )
        rows, columns = first.given.shape
        self.__dict__.update(
            _given=(first.given, second.given),
            _exactly=None,
            rounding=(_rounding(first), _rounding(second)),
            _extremes=(first.extremes, second.extremes),
            defender_payoffs=first.floats,
            attacker_payoffs=second.floats,
            defences=_names("defences", defences, rows, "d"),
            attacks=_names("attacks", attacks, columns, "a"),
        )

    @classmethod
    def rounded(
        cls,
        defender_payoffs: ArrayLike,
        attacker_payoffs: ArrayLike,
        exactly: Exactly,
        rounding: tuple[float, float],
        defences: Sequence[str] | None = None,
        attacks: Sequence[str] | None = None,
    ) -> Self:
        """A game with rational payoffs, given as floats; the exact payoffs are computed on demand.

        >>> from fractions import Fraction
        >>> third = np.array([[Fraction(1, 3)]])
        >>> exactly = lambda defences, attacks: (third, third)
        >>> game = Game.rounded([[1 / 3]], [[1 / 3]], exactly, (1e-16, 1e-16))
        >>> game.exact_payoffs[0]
        ((Fraction(1, 3),),)

        Args:
            defender_payoffs: (m, n) floats.
            attacker_payoffs: (m, n) floats.
            exactly: a function from indices of defences and attacks to both matrices as arrays of Fractions.
            rounding: largest difference between a float and its Fraction; defender, attacker.
            defences: m distinct names.
            attacks: n distinct names.
        """
        game = cls(defender_payoffs, attacker_payoffs, defences, attacks)
        object.__setattr__(game, "_exactly", exactly)
        object.__setattr__(game, "rounding", rounding)
        return game

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of defences and of attacks."""
        rows, columns = self.defender_payoffs.shape
        return rows, columns

    @property
    def payoffs_as_given(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Both matrices in the number type in which they were given: float64, integers or Fractions.

        For a ``rounded`` game the exact payoffs are computed here, which takes time: check the floats first.
        """
        exactly: Exactly | None = self._exactly  # type: ignore[attr-defined]
        if exactly is not None:
            exact = tuple(_matrix("exactly", matrix).given for matrix in exactly(*map(np.arange, self.shape)))
            object.__setattr__(self, "_given", exact)
            object.__setattr__(self, "_exactly", None)
        given: tuple[NDArray[Any], NDArray[Any]] = self._given  # type: ignore[attr-defined]
        return given

    @property
    def exact_pending(self) -> bool:
        """Whether the exact payoffs are not yet computed, so that floats should be checked first."""
        return self._exactly is not None  # type: ignore[attr-defined]

    @property
    def near(self) -> tuple[float, float]:
        """Differences of floats up to which payoffs may tie or be in reverse order: defender, attacker."""
        return APART * self.rounding[0], APART * self.rounding[1]

    @property
    def sharp(self) -> bool:
        """Whether the floats are so close to the exact payoffs that only ties depend on the difference."""
        return all(
            rounding <= SHARP * (high / 2 - low / 2)
            for rounding, (low, high) in zip(self.rounding, self.extremes, strict=True)
        )

    def part(self, defences: ArrayLike, attacks: ArrayLike) -> Game:
        """The subgame of selected strategies of each player, by index; exact payoffs are not computed.

        >>> Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]).part([1], [0, 1]).defender_payoffs.tolist()
        [[2.0, 1.0]]
        """
        rows, columns = np.asarray(defences, np.intp), np.asarray(attacks, np.intp)
        if (rows.tolist(), columns.tolist()) == tuple(list(range(count)) for count in self.shape):
            return self
        cut = np.ix_(rows, columns)
        names = [self.defences[row] for row in rows], [self.attacks[column] for column in columns]
        exactly: Exactly | None = self._exactly  # type: ignore[attr-defined]
        if exactly is None:
            to_defender, to_attacker = self.payoffs_as_given
            return Game(to_defender[cut], to_attacker[cut], *names)
        return Game.rounded(
            self.defender_payoffs[cut],
            self.attacker_payoffs[cut],
            lambda some, indices: exactly(rows[some], columns[indices]),
            self.rounding,
            *names,
        )

    @property
    def extremes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The smallest and the largest payoff: defender, attacker."""
        extremes: tuple[tuple[float, float], tuple[float, float]] = self._extremes  # type: ignore[attr-defined]
        return extremes

    @cached_property
    def exact_payoffs(self) -> tuple[ExactMatrix, ExactMatrix]:
        """Both matrices as rational numbers, equal to the given payoffs."""
        to_defender, to_attacker = self.payoffs_as_given
        return _as_fractions(to_defender), _as_fractions(to_attacker)

    @cached_property
    def levelled(self) -> Game:
        """The game without a large constant common to all payoffs of a player; itself if there is none.

        >>> Game([[1e9 + 3, 1e9]], [[0, 2]]).levelled.defender_payoffs.tolist()
        [[3.0, 0.0]]
        """
        if not any(is_far(*ends) for ends in self.extremes):
            return self
        return self._less_constants(all_centred, all_centred)

    @cached_property
    def centred(self) -> Game:
        """An equivalent game without large constants in the defender's columns and the attacker's rows.

        It has other payoffs but exactly the same equilibria, because nothing is rounded; the game itself if
        there are no large constants.

        >>> Game([[1e9 + 3, 3], [1e9, 7]], [[0, 2], [1, 0]]).centred.defender_payoffs.tolist()
        [[3.0, 3.0], [0.0, 7.0]]
        """
        return self if self.is_plainly_centred else self._less_constants(columns_centred, rows_centred)

    @property
    def is_plainly_centred(self) -> bool:
        """Whether a few payoffs show that there are no large constants; False also if they do not show it."""
        of_defender, of_attacker = self.extremes
        return plainly_near(self.defender_payoffs, *of_defender) and plainly_near(
            self.attacker_payoffs.T, *of_attacker
        )

    @cached_property
    def centred_for_commitment(self) -> Game:
        """Like ``centred``, with one constant for all payoffs of the defender: a leader compares columns."""
        return self._less_constants(all_centred, rows_centred)

    def _less_constants(self, for_defender: Centring, for_attacker: Centring) -> Game:
        """The game with constants removed from its payoffs; itself if there are none to remove."""
        exactly: Exactly | None = self._exactly  # type: ignore[attr-defined]
        mine = self.payoffs_as_given if exactly is None else (self.defender_payoffs, self.attacker_payoffs)
        less = for_defender(mine[0]), for_attacker(mine[1])
        if less[0] is mine[0] and less[1] is mine[1]:
            return self
        if exactly is None:
            return Game(*less, self.defences, self.attacks)
        constants = [_constants(*pair) for pair in zip(mine, less, strict=True)]

        def less_exactly(rows: Places, columns: Places) -> tuple[NDArray[Any], NDArray[Any]]:
            to_defender, to_attacker = exactly(rows, columns)
            cut = np.ix_(rows, columns)
            return to_defender - constants[0][cut], to_attacker - constants[1][cut]

        rounding = 2 * self.rounding[0], 2 * self.rounding[1]
        return Game.rounded(*less, less_exactly, rounding, self.defences, self.attacks)

    def __repr__(self) -> str:
        return (
            f"Game({_by(self.shape)}: {', '.join(self.defences[:3])}… against {', '.join(self.attacks[:3])}…)"
        )


class _Matrix(NamedTuple):
    """One player's payoffs as given, as floats, and the smallest and the largest of these."""

    given: NDArray[Any]
    floats: FloatArray
    extremes: tuple[float, float]


def _matrix(name: str, given: ArrayLike) -> _Matrix:
    try:
        matrix = np.array(given, order="C")
    except ValueError:
        raise GameError(
            f"{name} has rows of different lengths; give a full (defences, attacks) matrix."
        ) from None
    if matrix.ndim != 2 or matrix.size == 0:
        raise GameError(
            f"{name} has shape {matrix.shape}; expected (defences, attacks) with at least one of each."
        )
    if matrix.dtype == object and not all(isinstance(value, Fraction | int | float) for value in matrix.flat):
        raise GameError(
            f"{name} contains something that is not a number; give floats, integers or Fractions."
        )
    if matrix.dtype.kind not in "iufO" or (matrix.dtype == np.longdouble and matrix.dtype.itemsize > 8):
        raise GameError(f"{name} contains {matrix.dtype} values; give floats, integers or Fractions.")
    floats = _as_floats(matrix)
    low, high = float(np.minimum.reduce(floats, axis=None)), float(np.maximum.reduce(floats, axis=None))
    if not (isfinite(low) and isfinite(high)):  # a NaN is both
        row, column = np.argwhere(~np.isfinite(floats))[0]
        raise GameError(
            f"{name}[{row}, {column}] is {matrix[row, column]}; every payoff must be a finite number."
        )
    if not isfinite(high - low):
        raise GameError(f"{name} differ by more than a float64 can hold; scale them down.")
    unwritable = _unwritable(matrix)
    return _Matrix(unwritable, unwritable if floats is matrix else _unwritable(floats), (low, high))


def _unwritable(matrix: NDArray[Any]) -> NDArray[Any]:
    """A read-only view of a writable array; kernels receive the writable array."""
    view = matrix.view()
    view.flags.writeable = False
    return view


def _as_floats(matrix: NDArray[Any]) -> FloatArray:
    try:
        return matrix.astype(np.float64, copy=False)
    except OverflowError:
        raise GameError("A payoff is too large for a float64; scale both matrices down.") from None


def _constants(payoffs: FloatArray, less: FloatArray) -> NDArray[Any]:
    """The subtracted constants as simple fractions, within the rounding of the payoffs."""
    fractions = np.empty(payoffs.shape, dtype=object)
    simple = {
        number: Fraction(number).limit_denominator(SIMPLE)
        for number in set((payoffs - less).ravel().tolist())
    }
    fractions.ravel()[:] = [simple[number] for number in (payoffs - less).ravel().tolist()]
    return fractions


def _rounding(matrix: _Matrix) -> float:
    """A bound on the difference between floats and given payoffs: 0, or half an ulp of the largest."""
    kind = matrix.given.dtype.kind
    if kind == "f":
        return 0.0
    largest = max(-matrix.extremes[0], matrix.extremes[1])
    return 0.0 if kind in "iu" and largest <= LARGEST_WHOLE else float(np.spacing(largest))


def _as_fractions(matrix: NDArray[Any]) -> ExactMatrix:
    return tuple(tuple(Fraction(value) for value in row) for row in matrix.tolist())


def _names(field: str, given: Sequence[str] | None, count: int, letter: str) -> tuple[str, ...]:
    if given is None:
        return _numbered(letter, count)
    names = tuple(given)
    if len(names) != count or len(set(names)) != count:
        raise GameError(
            f"{field} gives {len(names)} names ({len(set(names))} distinct) for {count} strategies."
        )
    return names


@lru_cache(maxsize=64)
def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
