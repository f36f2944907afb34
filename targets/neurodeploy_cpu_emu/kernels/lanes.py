"""What numba's loops do not become by themselves, in LLVM's terms: any processor has a form of it.

`sum_rows` keeps a tile of sums in registers while rows of weights are added to it, each widened as
it is loaded; `left` and `right` shift 32 bits, where numba would shift 64; `prefetch` asks for what
is read later. An intrinsic's arguments are types; its values come to `emit`.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from neurodeploy.machine.lanes import written


@written
def left(_: Any, value: Any, bits: Any) -> Any:
    """Return `value` shifted left by fewer than 32 bits, in the 32 bits that numba would widen."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.shl(arguments[0], builder.trunc(arguments[1], ir.IntType(32)))

    return types.int32(types.int32, types.int64), emit


@written
def right(_: Any, value: Any, bits: Any) -> Any:
    """Return `value` shifted right by fewer than 32 bits, its sign with it, in 32 bits."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.ashr(arguments[0], builder.trunc(arguments[1], ir.IntType(32)))

    return types.int32(types.int32, types.int64), emit


@written
def sum_rows(
    _: Any, weights: Any, first: Any, sources: Any, low: Any, high: Any, width: Any, total: Any
) -> Any:
    """Set the first `width` of `total` to the sum of rows of `width` weights.

    Row ``sources[e]`` of `weights`, laid flat, begins at ``first + sources[e] * width``, for e in
    ``low:high``. `width` is a literal; `total` is as wide as the sum needs.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        n = width.literal_value
        data, listed, out = (
            context.make_array(signature.args[k])(context, builder, arguments[k]).data
            for k in (0, 2, 6)
        )
        narrow = ir.VectorType(data.type.pointee, n)
        wide = ir.VectorType(out.type.pointee, n)
        extend = builder.sext if weights.dtype.signed else builder.zext
        index = arguments[1].type
        nothing = ir.Constant(wide, [0] * n)
        sums = cgutils.alloca_once_value(builder, nothing)  # type: ignore[no-untyped-call]  # numba's
        with cgutils.for_range_slice(
            builder, arguments[3], arguments[4], ir.Constant(index, 1)
        ) as (e, _count):
            source = builder.sext(builder.load(builder.gep(listed, [e])), index)
            at = builder.add(arguments[1], builder.mul(source, ir.Constant(index, n)))
            place = builder.bitcast(builder.gep(data, [at]), narrow.as_pointer())
            row = builder.load(place, align=1)
            row = row if narrow == wide else extend(row, wide)
            builder.store(builder.add(builder.load(sums), row), sums)
        builder.store(builder.load(sums), builder.bitcast(out, wide.as_pointer()), align=1)
        return context.get_dummy_value()

    if not isinstance(width, types.IntegerLiteral):
        return None
    return types.void(weights, types.intp, sources, types.intp, types.intp, width, total), emit


@written
def prefetch(_: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of ``array[index]``, for which nothing waits."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.bitcast(builder.gep(data, [arguments[1]]), pointer)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")  # type: ignore[no-untyped-call]  # numba's
        to_read, nearest, of_data = 0, 3, 1
        builder.call(ask, [place, *(number(k) for k in (to_read, nearest, of_data))])
        return context.get_dummy_value()

    return types.void(array, types.intp), emit
