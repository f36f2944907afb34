"""Which integers and rules of a program a chip cannot hold."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware.hardware import Arithmetic, Hardware, NumberRanges
from neurodeploy.hardware.outside import Ends, outside, remark
from neurodeploy.hardware.population_violations import of_population
from neurodeploy.hardware.violation import Violation
from neurodeploy.program.fixed_point import SignMode, sign_mode_of, stored_mantissa
from neurodeploy.program.operator import Direct
from neurodeploy.program.program import Input, Population, Program, Projection


def range_violations(program: Program, hardware: Hardware) -> tuple[Violation, ...]:
    """Return everything in `program` that lies outside the chip's number formats and rules.

    A chip whose arithmetic is not known here (`Arithmetic.NONE`) is not checked.
    """
    if hardware.arithmetic is Arithmetic.NONE:
        return ()
    ranges, chip = hardware.ranges, hardware.name
    return tuple(
        violation
        for found in (
            *(
                of_population(p, ranges, f"{chip}: population {p.name!r}")
                for p in program.populations
            ),
            *(
                _of_weights(p, ranges, f"{chip}: projection {p.name!r}")
                for p in program.projections
            ),
            *(
                _of_payload(p, program, ranges, f"{chip}: projection {p.name!r}")
                for p in program.projections
            ),
        )
        for violation in found
    )


def _of_weights(projection: Projection, ranges: NumberRanges, where: str) -> Iterator[Violation]:
    if isinstance(projection.operator, Direct):
        return
    yield from _of_mantissas(projection.operator.mantissa, ranges, where)
    yield from outside(
        where,
        "weight_exp",
        np.asarray(projection.weight_exp),
        ranges.weight_exp,
        "scale the target's threshold, bias and weights together",
        remark(ranges, "weight_exp"),
    )
    yield from outside(
        where,
        "delay_steps",
        np.asarray(projection.delay_steps),
        ranges.delay_steps,
        "relay longer delays through an extra population",
        remark(ranges, "delay_steps"),
    )


def _of_mantissas(
    mantissa: NDArray[np.int32], ranges: NumberRanges, where: str
) -> Iterator[Violation]:
    mode = sign_mode_of(mantissa)
    wrong = mantissa[stored_mantissa(mantissa, mode, ranges.weight_bits) != mantissa]
    if not wrong.size:
        return
    example = wrong[np.argmax(np.abs(wrong.astype(np.int64)))]
    synapses = "1 weight" if wrong.size == 1 else f"{wrong.size} weights"
    yield Violation(
        where=where,
        found=f"{synapses} that a core would change, such as {example}",
        allowed=_allowed_mantissas(mode, ranges.weight_bits) + remark(ranges, "weight_bits"),
        remedy="quantise to these values, with the rest of the scale in weight_exp",
    )


def _allowed_mantissas(mode: SignMode, weight_bits: int) -> str:
    mixed = mode is SignMode.MIXED
    step = 1 << max(8 - weight_bits + mixed, 0)
    highest = 255 // step * step
    low, high = {
        SignMode.MIXED: (-256, highest),
        SignMode.INHIBITORY: (-highest, 0),
    }.get(mode, (0, highest))
    multiples = f"multiples of {step} in " if step > 1 else ""
    signs = "of mixed sign" if mixed else "of one sign"
    return f"{multiples}{low}..{high} for weights {signs}"


def _of_payload(
    projection: Projection, program: Program, ranges: NumberRanges, where: str
) -> Iterator[Violation]:
    for source in (node for node in program.nodes if node.name in projection.sources):
        values = _sent(source, projection, program)
        yield from outside(
            where,
            f"a value from {source.name!r}",
            np.asarray(values),
            ranges.payload,
            "send spikes: a spiking source, or inputs encoded or injected",
            remark(ranges, "payload"),
        )


def _sent(source: Input | Population, projection: Projection, program: Program) -> Ends:
    """Return the least and the greatest value that has to travel as a spike's payload.

    A projection that is not graded only asks whether there is a spike, and what an input gives a
    population directly is written by the host.
    """
    if isinstance(source, Input):
        return (source.low, source.high) if projection.graded else (0, 1)
    if source.spiking:
        return (0, 1) if source.vth_low is None else (-1, 1)
    return -program.formats.voltage_limit, program.formats.voltage_limit
