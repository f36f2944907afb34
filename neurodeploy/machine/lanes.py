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

SIXTEEN = 16
"""Integers of 32 bits in a register."""


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
def put_bits(_: Any, bits: Any, raster: Any, start: Any) -> Any:
    """Set the 64 bytes of `raster` from flat index `start` to 1 or 0: bit i, byte i."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[1])(context, builder, arguments[1]).data
        vector = ir.VectorType(ir.IntType(8), LANES)
        found = builder.bitcast(arguments[0], ir.VectorType(ir.IntType(1), LANES))
        place = builder.bitcast(builder.gep(data, [arguments[2]]), vector.as_pointer())
        builder.store(builder.zext(found, vector), place, align=1)
        return context.get_dummy_value()

    return types.void(types.uint64, raster, types.intp), emit


@written
def how_many(_: Any, bits: Any) -> Any:
    """Return how many bits are set in `bits`."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), emit


@written
def put_set(_: Any, bits: Any, first: Any, out: Any, at: Any, found: Any) -> Any:
    """Write the numbers of the `found` bits that are set, counted from `first`, to `out` from `at`.

    They are packed as bytes and widened sixteen at a time, to int32: so many are written at least,
    and what lies beyond the last is to be written again.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[2])(context, builder, arguments[2]).data
        index, wide = arguments[3].type, ir.VectorType(ir.IntType(32), SIXTEEN)
        packed = _packed(builder, arguments[0])
        begins = repeated(builder, builder.trunc(arguments[1], wide.element), SIXTEEN)

        def put(lane: int) -> None:
            chosen = ir.Constant(wide, list(range(lane, lane + SIXTEEN)))
            part = builder.zext(builder.shuffle_vector(packed, packed, chosen), wide)
            place = builder.gep(data, [builder.add(arguments[3], ir.Constant(index, lane))])
            target = builder.bitcast(place, wide.as_pointer())
            builder.store(builder.add(part, begins), target, align=1)
            if lane + SIXTEEN < LANES:
                more = ir.Constant(index, lane + SIXTEEN)
                with builder.if_then(builder.icmp_signed(">", arguments[4], more)):
                    put(lane + SIXTEEN)

        put(0)
        return context.get_dummy_value()

    return types.void(types.uint64, types.intp, out, types.intp, types.intp), emit


def _packed(builder: Any, bits: Any) -> Any:
    """Return the numbers of the bits that are set, as bytes one after another."""
    vector, mask = ir.VectorType(ir.IntType(8), LANES), ir.VectorType(ir.IntType(1), LANES)
    kind = ir.FunctionType(vector, [vector, mask, vector])
    name = f"llvm.experimental.vector.compress.v{LANES}i8"
    pack = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]  # numba's
    numbers, nothing = ir.Constant(vector, list(range(LANES))), ir.Constant(vector, [0] * LANES)
    return builder.call(pack, [numbers, builder.bitcast(bits, mask), nothing])


def repeated(builder: Any, value: Any, n: int) -> Any:
    """Return a vector of `n` times `value`."""
    unknown = ir.Constant(ir.VectorType(value.type, n), ir.Undefined)
    one = builder.insert_element(unknown, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        one, unknown, ir.Constant(ir.VectorType(ir.IntType(32), n), [0] * n)
    )


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


@written
def count_bits(
    _: Any, masks: Any, row: Any, planes: Any, n_parts: Any, width: Any, total: Any
) -> Any:
    """Set the first `width` of `total` to how many bits of a row of `masks` each plane shares.

    `masks` is uint64 (row, part), `planes` (part, width), `total` int64; `width` is a literal. The
    counts stay in registers.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        n = width.literal_value
        words, bits, out = (
            context.make_array(signature.args[k])(context, builder, arguments[k]).data
            for k in (0, 2, 5)
        )
        index, vector = arguments[3].type, ir.VectorType(ir.IntType(64), n)
        nothing, begin = ir.Constant(vector, [0] * n), builder.mul(arguments[1], arguments[3])
        kind, name = ir.FunctionType(vector, [vector]), f"llvm.ctpop.v{n}i64"
        count = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]  # numba's
        counts = cgutils.alloca_once_value(builder, nothing)  # type: ignore[no-untyped-call]  # numba's
        zero, one = ir.Constant(index, 0), ir.Constant(index, 1)
        with cgutils.for_range_slice(builder, zero, arguments[3], one) as (part, _count):
            word = builder.load(builder.gep(words, [builder.add(begin, part)]))
            at = builder.mul(part, ir.Constant(index, n))
            place = builder.bitcast(builder.gep(bits, [at]), vector.as_pointer())
            shared = builder.and_(builder.load(place, align=1), repeated(builder, word, n))
            found = builder.call(count, [shared])
            builder.store(builder.add(builder.load(counts), found), counts)
        builder.store(builder.load(counts), builder.bitcast(out, vector.as_pointer()), align=1)
        return context.get_dummy_value()

    if not isinstance(width, types.IntegerLiteral):
        return None
    return types.void(masks, types.intp, planes, types.intp, width, total), emit
