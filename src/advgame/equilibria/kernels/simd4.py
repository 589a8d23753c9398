"""Vectors of four floats, one register each.

A compiler takes several numbers of a row at a time only where rows are long, and the rows of most games are
short. A ``Quad`` is four floats that are loaded, computed with and stored together: ``load(array, i, j)``
gives entries j to j + 3 of row i. An array that is written so has rows padded to a multiple of four; one
that is only read may be read twice in places, ``min(4 * k, n - 4)`` being the k-th place to load from.
"""

from __future__ import annotations

import operator

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

from advgame.equilibria.kernels.compiling import part

ir = cgutils.ir  # the language in which numba tells LLVM what to do

WIDTH = 4
FINITE = ("nnan", "nsz")  # neither NaN nor the sign of a zero matters
FUSED = ("contract",)  # a product and a sum may be rounded once instead of twice
VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)


class Quad(types.Type):
    """The type of four floats in compiled code."""

    def __init__(self):
        super().__init__(name="Quad")


QUAD = Quad()


@register_model(Quad)
class QuadModel(models.PrimitiveModel):
    """They are held as one vector."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, VECTOR)


@part(forceinline=True)
def padded(count):
    """The least multiple of four that is not below a count.

    >>> padded.py_func(8), padded.py_func(9)
    (8, 12)
    """
    return -(-count // WIDTH) * WIDTH


def _place(context, builder, kind, array, indices):
    """The address of the four entries."""
    held = context.make_array(kind)(context, builder, array)
    shape, strides = (cgutils.unpack_tuple(builder, values) for values in (held.shape, held.strides))
    place = cgutils.get_item_pointer2(context, builder, held.data, shape, strides, kind.layout, indices)
    return builder.bitcast(place, VECTOR.as_pointer())


@intrinsic
def load(_, array, i, j):
    """Entries j to j + 3 of a row of an array.

    Args:
        array: (rows, columns) float64.
        i: the row.
        j: the first of the four columns.
    """

    def generate(context, builder, signature, given):
        return builder.load(_place(context, builder, signature.args[0], given[0], given[1:]), align=8)

    return QUAD(array, types.intp, types.intp), generate


@intrinsic
def store(_, quad, array, i, j):
    """Writes entries j to j + 3 of a row of an array.

    Args:
        quad: four floats.
        array: (rows, columns) float64, written in place.
        i: the row.
        j: the first of the four columns.
    """

    def generate(context, builder, signature, given):
        builder.store(given[0], _place(context, builder, signature.args[1], given[1], given[2:]), align=8)
        return context.get_dummy_value()

    return types.void(QUAD, array, types.intp, types.intp), generate


@intrinsic
def spread(_, value):
    """One float, four times."""

    def generate(context, builder, signature, given):
        empty = ir.Constant(VECTOR, ir.Undefined)
        one = builder.insert_element(empty, given[0], ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return builder.shuffle_vector(one, empty, zeros)

    return QUAD(types.float64), generate


def _operation(name):
    @intrinsic
    def operation(_, first, second):
        def generate(context, builder, signature, given):
            return getattr(builder, name)(*given, flags=FUSED)

        return QUAD(QUAD, QUAD), generate

    return operation


def _define(symbol, operation):
    @overload(symbol)
    def defined(first, second):
        def applied(first, second):
            return operation(first, second)

        return applied if isinstance(first, Quad) and isinstance(second, Quad) else None


_define(operator.add, _operation("fadd"))
_define(operator.sub, _operation("fsub"))
_define(operator.mul, _operation("fmul"))
_define(operator.truediv, _operation("fdiv"))


def _choice(comparison, kind):
    """The code of the choice between two numbers, or two times four, by a comparison."""

    def generate(context, builder, signature, given):
        return builder.select(builder.fcmp_ordered(comparison, *given, flags=FINITE), *given, flags=FINITE)

    return kind(kind, kind), generate


@intrinsic
def larger(_, first, second):
    """The larger of two floats or, of two times four, each of the larger ones.

    Args:
        first, second: two floats, or two quads.
    """
    return _choice(">", QUAD if isinstance(first, Quad) else types.float64)


@intrinsic
def smaller(_, first, second):
    """The smaller of two floats or, of two times four, each of the smaller ones.

    Args:
        first, second: two floats, or two quads.
    """
    return _choice("<", QUAD if isinstance(first, Quad) else types.float64)


@intrinsic
def where_above(_, value, limit, there, elsewhere):
    """Entries of ``there`` where the value is above the limit, and of ``elsewhere`` where it is not.

    Args:
        value, limit: quads that are compared.
        there, elsewhere: quads that are chosen from.
    """

    def generate(context, builder, signature, given):
        return builder.select(builder.fcmp_ordered(">", *given[:2]), *given[2:])

    return QUAD(QUAD, QUAD, QUAD, QUAD), generate


def _called(builder, name, result, given):
    """A call of an intrinsic function of LLVM for four floats."""
    kind = ir.FunctionType(result, [value.type for value in given])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f64")
    return builder.call(function, given, fastmath=(*FINITE, "reassoc"))


@intrinsic
def sizes(_, quad):
    """The absolute values."""

    def generate(context, builder, signature, given):
        return _called(builder, "fabs", VECTOR, given)

    return QUAD(QUAD), generate


@intrinsic
def largest(_, quad):
    """The largest of the four."""

    def generate(context, builder, signature, given):
        return _called(builder, "vector.reduce.fmax", ir.DoubleType(), given)

    return types.float64(QUAD), generate


@intrinsic
def smallest(_, quad):
    """The smallest of the four."""

    def generate(context, builder, signature, given):
        return _called(builder, "vector.reduce.fmin", ir.DoubleType(), given)

    return types.float64(QUAD), generate


@intrinsic
def total(_, quad):
    """The sum of the four, in any order."""

    def generate(context, builder, signature, given):
        return _called(builder, "vector.reduce.fadd", ir.DoubleType(), [ir.DoubleType()(0.0), given[0]])

    return types.float64(QUAD), generate
