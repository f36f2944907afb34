"""What numba's loops do not become by themselves, as LLVM vectors.

Any processor has a form of them. An intrinsic's arguments are types; its values come to `emit`.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 64
"""Neurons that `set_bits` looks at."""


def written(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function`, which writes LLVM code, as one that kernels call."""
    return cast(Callable[..., Any], intrinsic(function))


@written
def set_bits(_: Any, raster: Any, start: Any) -> Any:
    """Return which of the 64 bytes of `raster` from flat index `start` are not 0: bit i, byte i."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        vector = ir.VectorType(ir.IntType(8), LANES)
        place = builder.gep(array.data, [arguments[1]])
        loaded = builder.load(builder.bitcast(place, vector.as_pointer()), align=1)
        nothing = ir.Constant(vector, [0] * LANES)
        return builder.bitcast(builder.icmp_unsigned("!=", loaded, nothing), ir.IntType(64))

    return types.uint64(raster, types.intp), emit


@written
def how_many(_: Any, bits: Any) -> Any:
    """Return how many bits are set in `bits`."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), emit


@written
def put_set(_: Any, bits: Any, first: Any, out: Any, at: Any) -> Any:
    """Write the numbers of the bits that are set, counted from `first`, to `out` (int32) from `at`.

    Sixteen at a time without a branch: what is written beyond them, 16 places at most, is to be
    written again.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[2])(context, builder, arguments[2]).data
        number, index = ir.IntType(32), arguments[3].type
        vector, mask = ir.VectorType(number, 16), ir.VectorType(ir.IntType(1), 16)
        kind = ir.FunctionType(vector, [vector, mask, vector])
        name = "llvm.experimental.vector.compress.v16i32"
        pack = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]  # numba's
        unknown, nothing = ir.Constant(vector, ir.Undefined), ir.Constant(vector, [0] * 16)
        begin = builder.trunc(arguments[1], number)
        begins = builder.shuffle_vector(
            builder.insert_element(unknown, begin, ir.Constant(number, 0)), unknown, nothing
        )
        place = arguments[3]
        for lane in range(0, LANES, 16):
            part = builder.lshr(arguments[0], ir.Constant(arguments[0].type, lane))
            part = builder.trunc(part, ir.IntType(16))
            lanes = builder.add(begins, ir.Constant(vector, list(range(lane, lane + 16))))
            packed = builder.call(pack, [lanes, builder.bitcast(part, mask), nothing])
            target = builder.bitcast(builder.gep(data, [place]), vector.as_pointer())
            builder.store(packed, target, align=1)
            place = builder.add(place, builder.zext(builder.ctpop(part), index))
        return context.get_dummy_value()

    return types.void(types.uint64, types.intp, out, types.intp), emit


@written
def sum_classes(
    _: Any, table: Any, class_of: Any, neurons: Any, low: Any, high: Any, width: Any, total: Any
) -> Any:
    """Set the first `width` of `total` to the sum of rows of `table`, int32 (class, width).

    The rows are those of the classes of ``neurons[low:high]``; `width` is a literal. The sums stay
    in registers.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        n = width.literal_value
        data, classes, listed, out = (
            context.make_array(signature.args[k])(context, builder, arguments[k]).data
            for k in (0, 1, 2, 6)
        )
        index, vector = arguments[3].type, ir.VectorType(ir.IntType(32), n)
        nothing = ir.Constant(vector, [0] * n)
        sums = cgutils.alloca_once_value(builder, nothing)  # type: ignore[no-untyped-call]  # numba's
        one = ir.Constant(index, 1)
        with cgutils.for_range_slice(builder, arguments[3], arguments[4], one) as (e, _count):
            neuron = builder.sext(builder.load(builder.gep(listed, [e])), index)
            found = builder.sext(builder.load(builder.gep(classes, [neuron])), index)
            at = builder.mul(found, ir.Constant(index, n))
            place = builder.bitcast(builder.gep(data, [at]), vector.as_pointer())
            row = builder.load(place, align=1)
            builder.store(builder.add(builder.load(sums), row), sums)
        builder.store(builder.load(sums), builder.bitcast(out, vector.as_pointer()), align=1)
        return context.get_dummy_value()

    if not isinstance(width, types.IntegerLiteral):
        return None
    arrays = (table, class_of, neurons)
    return types.void(*arrays, types.intp, types.intp, width, total), emit
