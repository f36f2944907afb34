"""A step of a tile of neurons in vectors of LLVM, from sums of weights to spikes.

Any processor has a form of them, as of `lanes`. Sixteen neurons take 23 operations, of which 8 are
the product of a decay, and 7 loads: 12 cycles where two operations a cycle are done on 512 bits.
"""

from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types

from neurodeploy.machine.lanes import written
from neurodeploy_cpu_emu.kernels.arrays import I32, U64, Raster

PITCH = 128
"""As many as the widest tile has targets."""

V, DECAY, THETA, TAKEN, BIAS, RESET, N_ROWS = range(0, 7 * PITCH, PITCH)
"""Rows of the cells of a tile: voltage; its factor; threshold; the same as it is taken off; bias;
voltage after a spike."""

FIRED, WORKED, CLIPPED, N_MARKS = range(4)
"""Rows of the marks of a tile: who fired; who had input, voltage or bias; whose voltage was
clipped."""

Tile: TypeAlias = tuple[I32, Raster, U64]
"""Cells; a byte for each neuron, 1 if it fired last; marks (3, 2), a bit for each neuron."""

_LANES, _WORD = 16, 64
_NUMBER = ir.IntType(32)
_VECTOR, _BYTES = ir.VectorType(_NUMBER, _LANES), ir.VectorType(ir.IntType(8), _LANES)


@written
def move_tile(_: Any, sums: Any, how: Any, width: Any, reset: Any, tile: Any) -> Any:
    """Move the first `width` neurons of `tile` by a step.

    `width`, `how` and `reset` are `layer.advance_layer`'s, and `width` is a literal.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del signature

        def data(kind: Any, value: Any) -> Any:
            return context.make_array(kind)(context, builder, value).data

        held = zip(tile, _parts(builder, arguments[4]), strict=True)
        cells, fired, marks = (data(kind, one) for kind, one in held)
        step = _Step(
            builder=builder,
            how=_parts(builder, arguments[1]),
            sums=data(sums, arguments[0]),
            cells=cells,
            fired=fired,
            delayed=isinstance(reset, types.NoneType),
        )
        n = width.literal_value
        for part, start in enumerate(range(0, n, _WORD)):
            lanes = range(start, min(start + _WORD, n), _LANES)
            found = zip(*(step.move(lane) for lane in lanes), strict=True)
            for row, parts in zip((FIRED, WORKED, CLIPPED), found, strict=True):
                bits = _bits(builder, list(parts))
                builder.store(bits, _place(builder, marks, row * 2 + part, bits.type))
        return context.get_dummy_value()

    if not isinstance(width, types.IntegerLiteral):
        return None
    return types.void(sums, how, width, reset, tile), emit


class _Step:
    """What the vectors of a step share."""

    def __init__(
        self,
        *,
        builder: Any,
        how: Any,
        sums: Any,
        cells: Any,
        fired: Any,
        delayed: bool,
    ) -> None:
        self.builder, self.delayed = builder, delayed
        self.sums, self.cells, self.fired = sums, cells, fired
        self.factor, self.bits, self.top = (
            _filled(builder, builder.trunc(one, _NUMBER)) for one in how
        )
        self.bottom = builder.neg(self.top)
        self.low_bits = builder.sub(builder.shl(_splat(1), self.bits), _splat(1))

    def move(self, lane: int) -> tuple[Any, Any, Any]:
        """Move the neurons from `lane` on; return who fired, who worked, and who was clipped."""
        build = self.builder
        voltage, bias, current = self.cell(V, lane), self.cell(BIAS, lane), self.current(lane)
        charged = build.add(build.add(self.kept(voltage, lane), current), bias)
        charged = self.without_threshold(charged, lane) if self.delayed else charged
        limited = self.within(charged)
        spike = build.icmp_signed(">", limited, self.cell(THETA, lane))
        after = limited if self.delayed else build.select(spike, self.cell(RESET, lane), limited)
        build.store(after, _place(build, self.cells, V + lane, _VECTOR), align=4)
        build.store(build.zext(spike, _BYTES), _place(build, self.fired, lane, _BYTES), align=1)
        work = build.or_(build.or_(current, voltage), bias)
        return (
            spike,
            build.icmp_unsigned("!=", work, _splat(0)),
            build.icmp_unsigned("!=", limited, charged),
        )

    def cell(self, row: int, lane: int) -> Any:
        return self.builder.load(_place(self.builder, self.cells, row + lane, _VECTOR), align=4)

    def current(self, lane: int) -> Any:
        number = self.sums.type.pointee
        place = _place(self.builder, self.sums, lane, ir.VectorType(number, _LANES))
        summed = self.builder.load(place, align=2)
        summed = summed if number == _NUMBER else self.builder.sext(summed, _VECTOR)
        return self.builder.mul(summed, self.factor)

    def kept(self, voltage: Any, lane: int) -> Any:
        """Return ``voltage * factor / 2**bits`` toward zero, for a factor that is not negative.

        In two parts whose products fit: ``voltage = high * 2**bits + low``; where it is negative
        what is cut off rounds up.
        """
        build, factor = self.builder, self.cell(DECAY, lane)
        low = build.mul(build.and_(voltage, self.low_bits), factor)
        negative = build.icmp_signed("<", voltage, _splat(0))
        low = build.select(negative, build.add(low, self.low_bits), low)
        high = build.mul(build.ashr(voltage, self.bits), factor)
        return build.add(high, build.ashr(low, self.bits))

    def without_threshold(self, charged: Any, lane: int) -> Any:
        """Take the threshold off where a neuron fired in the last step."""
        build = self.builder
        fired = build.load(_place(build, self.fired, lane, _BYTES), align=1)
        fired = build.icmp_unsigned("!=", fired, ir.Constant(_BYTES, [0] * _LANES))
        return build.select(fired, build.sub(charged, self.cell(TAKEN, lane)), charged)

    def within(self, value: Any) -> Any:
        """Return `value` between the voltage's limits."""
        build = self.builder
        value_up = build.select(build.icmp_signed("<", value, self.bottom), self.bottom, value)
        return build.select(build.icmp_signed(">", value_up, self.top), self.top, value_up)


def _parts(builder: Any, value: Any) -> Any:
    return cgutils.unpack_tuple(builder, value)  # type: ignore[no-untyped-call]  # numba's


def _splat(value: int) -> Any:
    return ir.Constant(_VECTOR, [value] * _LANES)


def _filled(builder: Any, value: Any) -> Any:
    """Return a vector of nothing but `value`."""
    unknown = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(unknown, value, ir.Constant(_NUMBER, 0))
    return builder.shuffle_vector(one, unknown, _splat(0))


def _place(builder: Any, data: Any, index: int, kind: Any) -> Any:
    at = builder.gep(data, [ir.Constant(_NUMBER, index)])
    return builder.bitcast(at, kind.as_pointer())


def _bits(builder: Any, parts: list[Any]) -> Any:
    """Return what is true in vectors one after the other, as a word; their number is 1, 2 or 4."""
    while len(parts) > 1:
        n = 2 * parts[0].type.count
        order = ir.Constant(ir.VectorType(_NUMBER, n), list(range(n)))
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [builder.shuffle_vector(low, high, order) for low, high in pairs]
    (joined,) = parts
    bits = builder.bitcast(joined, ir.IntType(joined.type.count))
    return bits if bits.type.width == _WORD else builder.zext(bits, ir.IntType(_WORD))
