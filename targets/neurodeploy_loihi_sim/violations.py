"""What Lava cannot compute as a Program means it; a rule is a function, its name says the rule."""

from collections.abc import Callable, Iterator

from neurodeploy.hardware.violation import Violation
from neurodeploy.program import LOIHI, Conv, Direct, Program, Projection
from neurodeploy.program.fixed_point import SignMode, sign_mode_of, stored_mantissa
from neurodeploy_loihi_sim.sizes import sum_bound
from neurodeploy_loihi_sim.synapses import MAX_DELAY_STEPS, fits_conv

FLOAT_INT32 = 1 << 31
"""Lava convolves in floating point and converts to int32, exact below this."""


def violations_of(program: Program) -> tuple[Violation, ...]:
    """Return everything in `program` that Lava 0.10.0 would compute otherwise, or not at all."""
    found = [*_other_formats(program), *_sources_joined_twice(program)]
    for projection in program.projections:
        if not isinstance(projection.operator, Direct):
            for rule in _RULES:
                found += rule(program, projection)
    return tuple(found)


def _other_formats(program: Program) -> Iterator[Violation]:
    if program.formats != LOIHI:
        yield Violation(
            where="loihi-sim: number formats",
            found=str(program.formats),
            allowed="Loihi's, which Lava's models have built in",
            remedy="compile for chip loihi1 or loihi2, or run on cpu-emu",
        )


def _sources_joined_twice(program: Program) -> Iterator[Violation]:
    """Lava connects two ports once."""
    direct: dict[str, list[str]] = {}
    joined: list[tuple[str, list[str]]] = []
    for projection in program.projections:
        if isinstance(projection.operator, Direct):
            direct.setdefault(projection.target, []).extend(projection.sources)
        else:
            joined.append((f"projection {projection.name!r}", list(projection.sources)))
    joined += [(f"population {target!r}", sources) for target, sources in direct.items()]
    for where, sources in joined:
        for source in sorted({s for s in sources if sources.count(s) > 1}):
            yield Violation(
                where=f"loihi-sim: {where}",
                found=f"{source!r} is added to it twice",
                allowed="once: Lava connects two ports once",
                remedy="double the weights instead, or run on cpu-emu",
            )


def _changed_mantissas(program: Program, projection: Projection) -> Iterator[Violation]:
    """Lava clips and truncates the weights of dense and sparse synapses to 8 bits."""
    del program
    operator = projection.operator
    assert not isinstance(operator, Direct)
    if isinstance(operator, Conv) and fits_conv(operator):
        return
    mode = sign_mode_of(operator.mantissa)
    changed = operator.mantissa != stored_mantissa(operator.mantissa, mode)
    if changed.any():
        example = int(operator.mantissa[changed][0])
        ranges = {
            SignMode.MIXED: "even values from -256 to 254 where signs are mixed",
            SignMode.EXCITATORY: "0 to 255",
            SignMode.INHIBITORY: "-255 to 0",
        }
        yield Violation(
            where=f"loihi-sim: projection {projection.name!r}",
            found=f"{int(changed.sum()):,} mantissas that Lava would change, e.g. {example}",
            allowed=ranges[mode],
            remedy="compile for chip loihi1 or loihi2, which keeps to them, or run on cpu-emu",
        )


def _long_delays(program: Program, projection: Projection) -> Iterator[Violation]:
    del program
    operator = projection.operator
    if isinstance(operator, Conv) and fits_conv(operator):
        return
    if projection.max_delay_steps > MAX_DELAY_STEPS:
        yield Violation(
            where=f"loihi-sim: projection {projection.name!r}",
            found=f"a delay of {projection.max_delay_steps} steps",
            allowed=f"1 to {MAX_DELAY_STEPS}",
            remedy="put a relay population between, or run on cpu-emu",
        )


def _unrolled_convolutions(program: Program, projection: Projection) -> Iterator[Violation]:
    """Sparse synapses stand for a convolution that Lava's int8 cannot hold, but wrap at 32 bits."""
    operator = projection.operator
    if not isinstance(operator, Conv) or fits_conv(operator):
        return
    if sum_bound(program, projection) > program.formats.current_limit:
        yield Violation(
            where=f"loihi-sim: projection {projection.name!r}",
            found="groups or sizes above 127 and sums that may wrap at 24 bits",
            allowed="at most 127, the range of Lava's int8, or smaller sums",
            remedy="split it into several convolutions, or run on cpu-emu",
        )


def _sums_beyond_lava(program: Program, projection: Projection) -> Iterator[Violation]:
    """Beyond 32 bits Lava's convolution loses digits, its delayed synapses round without a wrap."""
    operator = projection.operator
    rounds = projection.weight_exp < 0 and projection.max_delay_steps > 1
    if not (isinstance(operator, Conv) or rounds):
        return
    if sum_bound(program, projection) >= FLOAT_INT32:
        yield Violation(
            where=f"loihi-sim: projection {projection.name!r}",
            found="sums that may leave 32 bits",
            allowed="sums below 2**31: Lava computes these otherwise than the chip",
            remedy="declare a smaller input range, or run on cpu-emu",
        )


_RULES: tuple[Callable[[Program, Projection], Iterator[Violation]], ...] = (
    _changed_mantissas,
    _long_delays,
    _unrolled_convolutions,
    _sums_beyond_lava,
)
