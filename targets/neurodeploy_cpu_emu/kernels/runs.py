"""Runs of a convolution's weights and its sums, sixteen at a time, in vectors of LLVM.

Any processor has a form of them, as of `lanes`.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from neurodeploy.machine.lanes import SIXTEEN, repeated, written

_VECTOR = ir.VectorType(ir.IntType(32), SIXTEEN)


@written
def add_run(
    _: Any, weights: Any, source: Any, payload: Any, total: Any, target: Any, length: Any
) -> Any:
    """Add ``weights[source : source + length] * payload`` to `total`, int32, from `target` on.

    Sixteen at a time: behind the last there is room for as many in both arrays. A `payload` of None
    is no factor.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data, out = (
            context.make_array(signature.args[k])(context, builder, arguments[k]).data
            for k in (0, 3)
        )
        given = ir.VectorType(data.type.pointee, SIXTEEN)
        extend = builder.sext if weights.dtype.signed else builder.zext
        index, nothing = arguments[1].type, ir.Constant(_VECTOR, [0] * SIXTEEN)
        lanes = ir.Constant(_VECTOR, list(range(SIXTEEN)))
        alone = isinstance(payload, types.NoneType)
        factor = None if alone else repeated(builder, arguments[2], SIXTEEN)
        with cgutils.for_range_slice(
            builder, ir.Constant(index, 0), arguments[5], ir.Constant(index, SIXTEEN)
        ) as (i, _count):
            left_over = builder.trunc(builder.sub(arguments[5], i), _VECTOR.element)
            place = builder.gep(data, [builder.add(arguments[1], i)])
            row = builder.load(builder.bitcast(place, given.as_pointer()), align=1)
            row = row if given == _VECTOR else extend(row, _VECTOR)
            row = row if factor is None else builder.mul(row, factor)
            within = builder.icmp_signed("<", lanes, repeated(builder, left_over, SIXTEEN))
            place = builder.gep(out, [builder.add(arguments[4], i)])
            place = builder.bitcast(place, _VECTOR.as_pointer())
            found = builder.add(builder.load(place, align=1), builder.select(within, row, nothing))
            builder.store(found, place, align=1)
        return context.get_dummy_value()

    times = payload if isinstance(payload, types.NoneType) else types.int32
    places = (types.intp, types.intp)
    return types.void(weights, types.intp, times, total, *places), emit


@written
def turn(_: Any, given: Any, first: Any, pitch: Any, out: Any, at: Any, out_pitch: Any) -> Any:
    """Copy 16 rows of 16 int32 of `given` to as many columns of `out`.

    Row i begins at ``first + i * pitch``, and what it becomes row i of at ``at + i * out_pitch``.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data, target = (
            context.make_array(signature.args[k])(context, builder, arguments[k]).data
            for k in (0, 3)
        )

        def place(base: Any, begin: Any, step: Any, i: int) -> Any:
            offset = builder.mul(step, ir.Constant(step.type, i))
            where = builder.gep(base, [builder.add(begin, offset)])
            return builder.bitcast(where, _VECTOR.as_pointer())

        rows = [
            builder.load(place(data, arguments[1], arguments[2], i), align=1)
            for i in range(SIXTEEN)
        ]
        for i, row in enumerate(_turned(builder, rows)):
            builder.store(row, place(target, arguments[4], arguments[5], i), align=1)
        return context.get_dummy_value()

    return types.void(given, types.intp, types.intp, out, types.intp, types.intp), emit


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """Return the columns of `rows`: four times, the halves of pairs of rows are interleaved."""
    half = SIXTEEN // 2
    low = [k // 2 + (k % 2) * SIXTEEN for k in range(SIXTEEN)]
    chosen = [
        ir.Constant(ir.VectorType(ir.IntType(32), SIXTEEN), [k + begin for k in low])
        for begin in (0, half)
    ]
    for _ in range(4):
        pairs = [(rows[i], rows[i + half]) for i in range(half)]
        rows = [builder.shuffle_vector(a, b, part) for a, b in pairs for part in chosen]
    return rows
