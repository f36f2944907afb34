"""`Plan`: a Program as the arrays and the order that the engine walks through, made once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.columns import Columns, columns_of
from neurodeploy.machine.counts import Row
from neurodeploy.program import Conv, Direct, NumberFormat, Population, Program, Projection
from neurodeploy.program.schedule import groups
from neurodeploy.storage.arrays import frozen
from neurodeploy.terms import Reset
from neurodeploy_cpu_emu.kernels import neurons as rules
from neurodeploy_cpu_emu.kernels.sums import Fold
from neurodeploy_cpu_emu.layers import Layer, layer_of
from neurodeploy_cpu_emu.synapses import ConvSynapses, DenseSynapses, Synapses, prepared

Integer = TypeVar("Integer", np.int32, np.int64)
Slices = Mapping[str, tuple[tuple[int, int], ...]]

BLOCK = 1 << 20
"""Neurons times steps that are worked on at once: a few megabytes of scratch."""

UNSUMMED = 8
"""As many of them at once where layers are moved whole, and no sums of four bytes are kept."""

_NEVER = -(1 << 62)
_STATES = (-(1 << 31), (1 << 31) - 1)
_RULES = {
    Reset.NONE: rules.NONE,
    Reset.ZERO: rules.ZERO,
    Reset.ZERO_DELAYED: rules.ZERO_DELAYED,
    Reset.SUBTRACT: rules.SUBTRACT,
    Reset.SUBTRACT_DELAYED: rules.SUBTRACT_DELAYED,
    Reset.SUBTRACT_LATCHED: rules.SUBTRACT_LATCHED,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incoming:
    """One projection as its target sees it; `synapses` None is a direct one.

    `fold` is what `kernels.synapses` does to a sum;
    `delay_range` the shortest and the longest delay; `finished` says whether the sources have moved
    before the target does.
    """

    sources: tuple[str, ...]
    graded: bool
    synapses: Synapses | None
    fold: Fold
    delay_range: tuple[int, int]
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neurons:
    """One population: `kernels.neurons.advance` documents `timing`, `parameters` and `slices`.

    `layer` is there where it can be moved as a whole; `heard` says whether it feeds a population.
    """

    name: str
    size: int
    rule: int
    timing: tuple[int, int, int]
    parameters: tuple[NDArray[np.int64], NDArray[np.int32]]
    u0: NDArray[np.int32]
    v0: NDArray[np.int32]
    slices: NDArray[np.int64]
    incoming: tuple[Incoming, ...]
    layer: Layer | None
    heard: bool

    @property
    def forgetful(self) -> bool:
        """Whether no neuron's current outlives its step."""
        return not self.parameters[1][0].any()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Populations that move together, in this order, `window` steps at a time.

    Parameters
    ----------
    block : steps of one sample that fill the scratch; `window` is shorter where they are recurrent.
    """

    members: tuple[Neurons, ...]
    block: int
    window: int

    def samples_at_once(self, n_steps: int) -> int:
        """Return how many samples fill the scratch, or UNSUMMED of it with their rasters; or 0."""
        return min(self.block // min(self.window, n_steps), UNSUMMED * self.block // n_steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Groups, sources first, and what all of them share.

    Parameters
    ----------
    formats : number formats, as `kernels.neurons.advance` takes them.
    columns : where what neurons count is kept.
    """

    groups: tuple[Group, ...]
    formats: tuple[int, int, int, int, int]
    columns: Columns

    @property
    def neurons(self) -> tuple[Neurons, ...]:
        """Every population."""
        return tuple(member for group in self.groups for member in group.members)


def plan(program: Program, slices: Slices, columns: Columns | None = None) -> Plan:
    """Return `program` prepared, counted by `slices`.

    Parameters
    ----------
    columns : where a ledger keeps counts; None for what neurons count alone.

    Raises
    ------
    ValueError
        If the slices do not cover a population, or a number format is wider than the kernels.
    """
    formats = program.formats
    if max(formats.dense_sum_bits, formats.voltage_bits) > 32:
        raise ValueError(
            f"cpu-emu computes in 32 bits: sums of {formats.dense_sum_bits} and voltages of "
            f"{formats.voltage_bits} bits do not fit"
        )
    if formats.decay_bits > rules.DECAY_BITS:
        raise ValueError(
            f"cpu-emu decays by at most {rules.DECAY_BITS} bits: {formats.decay_bits} do not fit"
        )
    return Plan(
        groups=tuple(_group(program, names, slices) for names in groups(program)),
        formats=(
            formats.dense_sum_bits,
            formats.state_shift,
            formats.decay_bits,
            formats.current_limit,
            formats.voltage_limit,
        ),
        columns=columns or _columns(slices),
    )


def _columns(slices: Slices) -> Columns:
    rows = [
        Row(node=name, core=0, start=start, stop=stop, size=parts[-1][1])
        for name, parts in slices.items()
        for start, stop in parts
    ]
    return columns_of(rows, (), (), narrow=True)


def _group(program: Program, names: tuple[str, ...], slices: Slices) -> Group:
    members = tuple(_neurons(program, name, slices[name], frozenset(names)) for name in names)
    block = _block(program, names)
    if all(member.layer is not None for member in members):
        block *= UNSUMMED
    window = min(block, _recurrence(program, names))
    return Group(members=members, block=block, window=window)


def _block(program: Program, names: tuple[str, ...]) -> int:
    """Return how many steps of the widest raster of the group fit into one block."""
    sources = {s for name in names for p in program.projections_to(name) for s in p.sources}
    widest = max(int(np.prod(program.shape_of(name))) for name in {*names, *sources})
    return max(BLOCK // max(widest, 1), 1)


def _recurrence(program: Program, names: tuple[str, ...]) -> int:
    """Return the shortest delay against the group's order: so many steps do not need each other."""
    delays = [
        int(np.min(projection.delay_steps, initial=BLOCK))
        for place, name in enumerate(names)
        for projection in program.projections_to(name)
        if set(projection.sources) & set(names[place:])
    ]
    return min(delays, default=BLOCK)


def _neurons(
    program: Program, name: str, slices: tuple[tuple[int, int], ...], group: frozenset[str]
) -> Neurons:
    population = program.population(name)
    bounds = [0, *(stop for _, stop in slices)]
    if [start for start, _ in slices] != bounds[:-1] or bounds[-1] != population.size:
        raise ValueError(f"slices {slices} do not cut population {name!r} of {population.size}")
    interval = population.clear_interval
    cuts = frozen(np.array(slices).reshape(-1, 2), np.int64)
    incoming = tuple(
        _incoming(p, program.formats, finished=group.isdisjoint(p.sources))
        for p in program.projections_to(name)
    )
    return Neurons(
        name=name,
        size=population.size,
        rule=_RULES[population.reset] if population.spiking else rules.READOUT,
        timing=(
            population.t_start,
            interval,
            population.clear_offset % interval if interval else 0,
        ),
        parameters=_parameters(population, program.formats),
        u0=frozen(population.u0.ravel(), np.int32),
        v0=frozen(population.v0.ravel(), np.int32),
        slices=cuts,
        incoming=incoming,
        layer=_layer(population, incoming, program.formats, cuts),
        heard=bool(program.projections_from(name)),
    )


def _layer(
    population: Population,
    incoming: tuple[Incoming, ...],
    formats: NumberFormat,
    slices: NDArray[np.int64],
) -> Layer | None:
    if len(incoming) != 1 or incoming[0].graded:
        return None
    synapses, (_, exponent, _, _) = incoming[0].synapses, incoming[0].fold
    if not isinstance(synapses, DenseSynapses):
        return None
    return layer_of(population, synapses, exponent, formats, slices)


def _parameters(
    population: Population, formats: NumberFormat
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the parameters in 64 bits, and in 32 those that need no more; (row, neuron)."""
    low = population.vth_low
    bias = population.bias
    theta = population.vth.astype(np.int64) << formats.state_shift
    floor = np.full(population.shape, _NEVER)
    if low is not None:
        floor = low.astype(np.int64) << formats.state_shift
    wide = (theta, floor, population.v_reset)
    narrow = (
        formats.decay_unit - (population.du.astype(np.int64) + 1),
        formats.decay_unit - population.dv.astype(np.int64),
        bias != 0,
        np.clip(theta, *_STATES),  # no state lies beyond
        np.clip(floor, *_STATES),
        _wrapped(bias),
        _wrapped(theta),
    )
    return _stacked(wide, np.int64), _stacked(narrow, np.int32)


def _wrapped(values: NDArray[np.int64]) -> NDArray[np.int32]:
    return values.astype(np.uint64).astype(np.uint32).view(np.int32)


def _stacked(rows: Sequence[NDArray[np.generic]], dtype: type[Integer]) -> NDArray[Integer]:
    return frozen(np.stack([row.ravel() for row in rows]), dtype)


def _incoming(projection: Projection, formats: NumberFormat, *, finished: bool) -> Incoming:
    operator = projection.operator
    synapses = None if isinstance(operator, Direct) else prepared(operator, projection)
    bits = formats.conv_sum_bits if isinstance(operator, Conv) else formats.dense_sum_bits
    return Incoming(
        sources=projection.sources,
        graded=projection.graded or synapses is None,
        synapses=synapses,
        fold=(
            synapses.scale if isinstance(synapses, DenseSynapses | ConvSynapses) else 1,
            min(max(projection.weight_exp, -63), 63),
            formats.dense_sum_bits,
            bits,
        ),
        delay_range=(
            int(np.min(projection.delay_steps, initial=projection.max_delay_steps)),
            projection.max_delay_steps,
        ),
        finished=finished,
    )
