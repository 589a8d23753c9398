"""Vectors of 32 numbers: arithmetic on one game per lane, in the processor's wide registers.

Compiled, a ``Lanes`` value is one vector that need never leave the registers; without a compiler, the same
functions work on short arrays. Places are counted in numbers from an array's first one, and not checked.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.core.cgutils import ir
from numba.extending import lower_builtin, models, register_model, type_callable

WIDTH = 32
WHOLE = 2.0**51  # whole numbers below it stay whole in every sum or difference of two
FULL = np.uint64(2**WIDTH - 1)  # a bit for every lane
VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
FUSED = ("contract",)  # a product and a sum may be rounded once instead of twice


def load(array, place):
    """The numbers of an array from a place on."""
    return array.reshape(-1)[place : place + WIDTH].copy()


def store(array, place, numbers):
    """Writes numbers into an array from a place on.

    Args:
        array: the array, written in place; taken as flat.
        place: where the first number stands.
        numbers: 32 numbers.
    """
    array.reshape(-1)[place : place + WIDTH] = numbers


def times(one, other):
    """The products."""
    return one * other


def minus(one, other):
    """The differences."""
    return one - other


def plus_times(numbers, one, other):
    """The numbers plus the products.

    Args:
        numbers, one, other: 32 numbers.
    """
    return numbers + one * other


def minus_times(numbers, one, other):
    """The numbers less the products.

    Args:
        numbers, one, other: 32 numbers.
    """
    return numbers - one * other


def least(one, other):
    """The lesser numbers."""
    return np.minimum(one, other)


def most(one, other):
    """The greater numbers."""
    return np.maximum(one, other)


def whole(numbers):
    """A bit for each whole number below ``WHOLE`` in size."""
    return _packed((np.floor(numbers) == numbers) & (abs(numbers) < WHOLE))


def above(numbers, bounds):
    """A bit for each number above its bound."""
    return _packed(numbers > bounds)


def below(numbers, bounds):
    """A bit for each number below minus its bound."""
    return _packed(numbers < -bounds)


def lowest(word):
    """The place of the lowest bit of a word that is not 0."""
    return (int(word) & -int(word)).bit_length() - 1


def _packed(truths):
    return np.uint64(sum(1 << lane for lane in range(WIDTH) if truths[lane]))


class Lanes(types.Type):
    """The compiler's type of a vector of numbers."""

    def __init__(self):
        super().__init__(name=f"Lanes({WIDTH})")


LANES = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """They are held as one vector."""

    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, VECTOR)


def _typed(operation, result, count):
    """Declares the return type of a function of so many values."""
    typers = {1: lambda one: result, 2: lambda one, other: result, 3: lambda one, other, third: result}  # noqa: ARG005
    type_callable(operation)(lambda _: typers[count])


def _compiled(operation, result, *kinds):
    """Declares the types of a function and registers its code generator."""
    _typed(operation, result, len(kinds))
    return lambda write: lower_builtin(operation, *kinds)(
        lambda context, builder, signature, given: write(builder, *given)  # noqa: ARG005
    )


@_compiled(times, LANES, Lanes, Lanes)
def _times(builder, one, other):
    return builder.fmul(one, other, flags=FUSED)


@_compiled(minus, LANES, Lanes, Lanes)
def _minus(builder, one, other):
    return builder.fsub(one, other)


@_compiled(plus_times, LANES, Lanes, Lanes, Lanes)
def _plus_times(builder, numbers, one, other):
    return builder.fadd(numbers, builder.fmul(one, other, flags=FUSED), flags=FUSED)


@_compiled(minus_times, LANES, Lanes, Lanes, Lanes)
def _minus_times(builder, numbers, one, other):
    return builder.fsub(numbers, builder.fmul(one, other, flags=FUSED), flags=FUSED)


@_compiled(least, LANES, Lanes, Lanes)
def _least(builder, one, other):
    return builder.select(builder.fcmp_ordered("<", one, other), one, other)


@_compiled(most, LANES, Lanes, Lanes)
def _most(builder, one, other):
    return builder.select(builder.fcmp_ordered(">", one, other), one, other)


@_compiled(whole, types.uint64, Lanes)
def _whole(builder, numbers):
    def every(number):
        return ir.Constant(VECTOR, [ir.DoubleType()(number)] * WIDTH)

    rounded = builder.fsub(builder.fadd(numbers, every(3 * WHOLE)), every(3 * WHOLE))  # no room for fractions
    small = builder.and_(
        builder.fcmp_ordered(">", numbers, every(-WHOLE)), builder.fcmp_ordered("<", numbers, every(WHOLE))
    )
    return _bits(builder, builder.and_(builder.fcmp_ordered("==", rounded, numbers), small))


@_compiled(above, types.uint64, Lanes, Lanes)
def _above(builder, numbers, bounds):
    return _bits(builder, builder.fcmp_ordered(">", numbers, bounds))


@_compiled(below, types.uint64, Lanes, Lanes)
def _below(builder, numbers, bounds):
    return _bits(builder, builder.fcmp_ordered("<", numbers, builder.fneg(bounds)))


@_compiled(lowest, types.intp, types.uint64)
def _lowest(builder, word):
    return builder.cttz(word, ir.Constant(ir.IntType(1), 1))


def _bits(builder, truths):
    """One bit per lane, in a word of 64."""
    return builder.zext(builder.bitcast(truths, ir.IntType(WIDTH)), ir.IntType(64))


_typed(load, LANES, 2)
_typed(store, types.none, 3)


@lower_builtin(load, types.Array, types.Integer)
def _load(context, builder, signature, given):
    return builder.load(_pointer(context, builder, signature.args, *given), align=8)


@lower_builtin(store, types.Array, types.Integer, Lanes)
def _store(context, builder, signature, given):
    builder.store(given[2], _pointer(context, builder, signature.args, *given[:2]), align=8)
    return context.get_dummy_value()


def _pointer(context, builder, kinds, array, place):
    """Where the numbers of an array begin, from a place on."""
    data = context.make_array(kinds[0])(context, builder, array).data
    place = context.cast(builder, place, kinds[1], types.intp)
    return builder.bitcast(builder.gep(data, [place]), VECTOR.as_pointer())
