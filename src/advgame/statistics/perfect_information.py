"""What it is worth to know more before deciding: perfect, partial and sample information.

The terms are those of health economics (Briggs, Claxton and Sculpher 2006, *Decision Modelling for Health
Economic Evaluation*). All three compare the best decision once more is known with the best decision now,
averaged over what may be learnt:

    EVPI  = E max_k v_k − max_k E v_k
    EVPPI = E max_k E[v_k | x] − max_k E v_k
    EVSI  = E max_k E[v_k | data] − max_k E v_k

The conditional means are regressions on the draws (Strong, Oakley and Brennan 2014,
doi:10.1177/0272989X13505910; for data 2015, doi:10.1177/0272989X15575286), so one set of draws serves all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.errors import InputError
from advgame.statistics.posteriors import JEFFREYS
from advgame.statistics.spline_basis import spline_basis

Floats = NDArray[np.float64]

FEWEST = 500  # draws: with fewer, a regression of nine terms fits the noise
SPANNED = 1e-10  # of the largest: squared size of a combination of regressors that is one of its own
NEGLIGIBLE = 1e-3  # of EVPI: what options that are left out may add together


@dataclass(frozen=True)
class Estimate:
    """An amount estimated from draws, with its standard error."""

    value: float
    error: float

    @property
    def at_least(self) -> float:
        """Two standard errors below the value."""
        return self.value - 2 * self.error


NOTHING = Estimate(0.0, 0.0)


def evpi(values: ArrayLike) -> Estimate:
    """The expected value of perfect information: what deciding after everything is known adds.

    >>> evpi([[0.0, 1.0], [0.0, -1.0]]).value  # half of the time the second option is worth 1 more
    0.5

    Args:
        values: (draws, options) what each option is worth.

    Raises:
        InputError: for values that are not finite or of another shape.
    """
    worth = _checked(values)
    gain = worth.max(axis=1) - worth[:, worth.mean(axis=0).argmax()]
    return Estimate(float(gain.mean()), float(gain.std() / np.sqrt(len(gain))))


def evppi(values: ArrayLike, parameters: ArrayLike) -> Estimate:
    """The expected value of knowing some parameters exactly, the others staying as uncertain as they are.

    The options' values are regressed on cubic splines of the parameters. Knowing more is never worth less:
    a group is worth at least what each of its members is alone, and no more than knowing everything.

    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> round(evppi(np.column_stack([np.zeros(10_000), x]), x).value, 2)  # φ(0) = 0.399
    0.4

    Args:
        values: (draws, options) what each option is worth.
        parameters: (draws,) or (draws, parameters) in the same draws.

    Returns:
        The value, and the standard error that draws and regression leave.

    Raises:
        InputError: for draws of unequal length, too few draws, or values that are not finite.
    """
    worth, known = _checked(values), _columns(values, parameters)
    rivals = Rivals.of(worth)
    alone = [regressed_gain(rivals, known[:, [place]]) for place in range(known.shape[1])]
    together = regressed_gain(rivals, known) if known.shape[1] > 1 else alone[0]
    return at_most(evpi(worth), max([together, *alone], key=lambda quantity: quantity.value))


def at_most(everything: Estimate, some: Estimate) -> Estimate:
    """The second estimate, or the first where the second exceeds it: knowing everything is worth most."""
    return some if some.value <= everything.value else everything


def evsi(
    values: ArrayLike,
    accuracy: ArrayLike,
    right: float,
    wrong: float,
    inputs: int,
    random: np.random.Generator,
) -> Estimate:
    """The expected value of testing an accuracy on more inputs.

    In each draw the new inputs are counted, Binomial(inputs, accuracy). Under a Beta posterior their
    information is in the new posterior mean, (right + 1/2 + new right) / (right + wrong + 1 + inputs): the
    values are regressed on it.

    Args:
        values: (draws, options) what each option is worth.
        accuracy: (draws,) the accuracy in the same draws.
        right: inputs counted right so far.
        wrong: inputs counted wrong so far.
        inputs: to be tested in addition.
        random: source of the new counts.

    Raises:
        InputError: as `evppi`, and for no input at all.
    """
    worth, drawn = _checked(values), _columns(values, accuracy)[:, 0]
    if inputs < 1:
        raise InputError(f"inputs is {inputs}; expected at least one new input.")
    mean = updated_means(drawn, right, wrong, inputs, random)
    return at_most(evpi(worth), regressed_gain(Rivals.of(worth), mean[:, None]))


def updated_means(
    accuracy: Floats, right: float, wrong: float, inputs: int, random: np.random.Generator
) -> Floats:
    """The posterior mean of an accuracy after more inputs, one for each draw of what it may be.

    Args:
        accuracy: (draws,) what the accuracy may be.
        right: inputs counted right so far.
        wrong: inputs counted wrong so far.
        inputs: to be tested in addition.
        random: source of the new counts.
    """
    counted = random.binomial(inputs, np.clip(accuracy, 0, 1))
    return np.asarray((right + JEFFREYS + counted) / (right + wrong + 2 * JEFFREYS + inputs))


def regressed_gain(rivals: Rivals, columns: Floats, features: Floats | None = None) -> Estimate:
    """What deciding by the regressed values adds to deciding at once.

    The standard error holds what is left of chance in the draws, and in the coefficients of the regression:
    the gain is linear in them for given decisions.

    Args:
        rivals: what other options add in each draw.
        columns: (draws, columns) regressed on.
        features: (draws, features) functions of the columns that help to predict the values, if any.
    """
    if not rivals.options:
        return NOTHING
    basis = spline_basis(columns)
    if features is not None:
        basis = np.hstack([basis, spline_basis(features)[:, 1:]])
    q = _orthonormal(basis)
    scores = q.T @ rivals.gain  # (regressors, rivals)
    fitted = q @ scores
    choice = fitted.argmax(axis=1)
    gain = np.maximum(fitted[np.arange(len(fitted)), choice], 0.0)
    draws = len(fitted)
    left = (rivals.gain - fitted) / np.sqrt(max(draws - q.shape[1], 1))
    slopes = np.zeros_like(scores)
    for place in np.unique(choice[gain > 0]):
        slopes[:, place] = q[(choice == place) & (gain > 0)].sum(axis=0) / draws
    of_fit = float(((left @ slopes.T) ** 2).sum())
    return Estimate(float(gain.mean()), float(np.sqrt(gain.var() / draws + of_fit)))


def _orthonormal(basis: Floats) -> Floats:
    """Regressors that span the same space, from the eigenvectors of their products."""
    sizes, directions = np.linalg.eigh(basis.T @ basis)
    kept = sizes > SPANNED * sizes[-1]
    return np.asarray(basis @ (directions[:, kept] / np.sqrt(sizes[kept])))


@dataclass(frozen=True, eq=False)
class Rivals:
    """The options that could be chosen instead of the one best on average."""

    best: int  # the option best on average
    options: tuple[int, ...]  # its rivals, the most promising first
    gain: Floats  # (draws, rivals) by how much they exceed it

    @staticmethod
    def of(values: Floats) -> Rivals:
        """From draws (draws, options).

        Left out are options that together could add at most a thousandth of EVPI: what knowing anything makes
        an option add is at most the mean of what it exceeds the best one by.
        """
        best = int(values.mean(axis=0).argmax())
        gain = values - values[:, [best]]
        upside = np.maximum(gain, 0.0).mean(axis=0)
        order = upside.argsort(kind="stable")
        allowed = NEGLIGIBLE * np.maximum(gain.max(axis=1), 0.0).mean()
        kept = order[np.cumsum(upside[order]) > allowed][::-1]
        return Rivals(best, tuple(int(option) for option in kept), np.ascontiguousarray(gain[:, kept]))


def _checked(values: ArrayLike) -> Floats:
    worth = np.asarray(values, dtype=np.float64)
    if worth.ndim != 2 or 0 in worth.shape:
        raise InputError(f"Values of shape {worth.shape}; expected (draws, options), at least one of each.")
    if not np.isfinite(worth).all():
        raise InputError("A value is not finite; leave its draw out, or see why it is.")
    return worth


def _columns(values: ArrayLike, parameters: ArrayLike) -> Floats:
    draws, known = len(np.asarray(values)), np.asarray(parameters, dtype=np.float64)
    known = known[:, None] if known.ndim == 1 else known
    if known.ndim != 2 or len(known) != draws or known.shape[1] == 0:
        raise InputError(
            f"Parameters of shape {np.shape(parameters)} for {draws:,} draws of the values; expected one row "
            "for each draw, of the same draws in the same order."
        )
    if draws < FEWEST:
        raise InputError(f"{draws:,} draws are too few for a regression; give at least {FEWEST}.")
    if not np.isfinite(known).all():
        raise InputError("A parameter is not finite; leave its draw out, or see why it is.")
    return known
