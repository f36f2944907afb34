"""The form of a chip file: strict models, one a table; what they refuse, they name by its path."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from neurodeploy.hardware.figure import (
    Bytes,
    Count,
    Energy,
    EvidenceName,
    Figure,
    Measured,
    Power,
    Rate,
    Source,
    Table,
    Time,
)
from neurodeploy.hardware.hardware import Addressing, Arithmetic, TileOrder
from neurodeploy.hardware.quantity import Scope
from neurodeploy.terms import Reset


class Interval(Table):
    """The least and the greatest integer that the chip takes."""

    low: int
    high: int
    evidence: EvidenceName
    source: Source

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} lies above high {self.high}")
        return self


class Whole(Table):
    """A number of something that is one by design."""

    value: Annotated[int, Field(ge=1)]
    evidence: EvidenceName
    source: Source


class Ability(Table):
    """Whether the chip can do something."""

    value: bool
    evidence: EvidenceName
    source: Source


class Resets(Table):
    """The reset rules that the chip can do."""

    value: list[Annotated[Reset, Field(strict=False)]]
    evidence: EvidenceName
    source: Source


class Mesh(Table):
    """The tiles and their cores, in which order they are used, and how messages are sent."""

    mesh_width: Annotated[int, Field(ge=1)]
    mesh_height: Annotated[int, Field(ge=1)]
    cores_per_tile: Annotated[int, Field(ge=1)]
    tile_order: Annotated[TileOrder, Field(strict=False)] = TileOrder.ROW_MAJOR
    evidence: EvidenceName
    source: Source


class Limits(Table):
    """How much there is of what; an absent one is no limit."""

    cores: Count | None = None
    neurons_per_core: Count | None = None
    synapse_bytes_per_core: Bytes | None = None
    axons_in_per_core: Count | None = None
    axons_out_per_core: Count | None = None
    link_buffer_messages: Count | None = None
    synapse_word_bits: Count | None = None
    inputs: Count | None = None
    outputs: Count | None = None
    hidden_neurons: Count | None = None
    fan_out_per_neuron: Count | None = None
    destinations_per_population: Count | None = None
    populations_per_core: Count | None = None
    synops_per_s_per_core: Rate | None = None


class CoreLimits(Table):
    """What some cores hold that differs from `Limits`."""

    cores: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    neurons_per_core: Count | None = None
    synapse_bytes_per_core: Bytes | None = None
    synops_per_s_per_core: Rate | None = None


class Measurement(Table):
    """A figure of a whole network that someone measured on the chip; nothing is computed of it."""

    what: Annotated[str, Field(min_length=1)]
    figure: Measured


class Ranges(Table):
    """The integers and abilities of `NumberRanges`."""

    weight_bits: Whole
    weight_exp: Interval
    du: Interval
    dv: Interval
    vth: Interval
    bias_mant: Interval
    bias_exp: Interval
    state: Interval
    v_reset: Interval
    payload: Interval
    delay_steps: Interval
    resets: Resets
    per_neuron_parameters: Ability
    voltage_readout: Ability
    ternary: Ability
    clearing: Ability


class Format(Table):
    """What a core stores of one kind of operator: a layout, so without an interval."""

    bits_per_synapse: Annotated[int, Field(ge=0)]
    bits_per_axon: Annotated[int, Field(ge=0)]
    shared: bool
    addressing: Annotated[Addressing, Field(strict=False)] = Addressing.PACKED
    evidence: EvidenceName
    source: Source


class Formats(Table):
    """The layouts, by operator."""

    dense: Format
    sparse: Format
    conv: Format


class Latency(Table):
    """Time an event takes."""

    synapse_dense: Time
    synapse_sparse: Time
    synapse_conv: Time
    dendrite: Time
    neuron_access: Time
    neuron_update: Time
    spike_out: Time
    axon_out: Time
    axon_in: Time
    hop_ew: Time
    hop_ns: Time
    link_message: Time
    synapse_word: Time
    host_in: Time
    host_out: Time
    management_step: Time


class Energies(Table):
    """Energy an event takes."""

    synapse_dense: Energy
    synapse_sparse: Energy
    synapse_conv: Energy
    dendrite: Energy
    neuron_access: Energy
    neuron_update: Energy
    spike_out: Energy
    axon_out: Energy
    axon_in: Energy
    hop_ew: Energy
    hop_ns: Energy
    host_in: Energy
    host_out: Energy
    management_step: Energy
    reset: Energy
    barrier: Energy
    weight_load: Energy


class Powers(Table):
    """Power drawn all the time."""

    static_chip: Power
    management: Power


class Check(Table):
    """Time and energy of one look at the outputs, to see whether a sample may stop."""

    time: Time
    energy: Energy


class Checks(Table):
    """The same, by who looks."""

    chip: Check
    management: Check
    host: Check


class Barrier(Table):
    """The time of a barrier across at least so many tiles."""

    tiles: Annotated[int, Field(ge=1)]
    time: Time


def _ascending(entries: list[Barrier]) -> list[Barrier]:
    tiles = [entry.tiles for entry in entries]
    if tiles[0] != 1 or tiles != sorted(set(tiles)):
        raise ValueError(f"tiles {tiles} do not start at 1 and ascend")
    return entries


class Chip(Table):
    """A whole file."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(min_length=1)]
    aliases: list[str] = Field(default_factory=list)
    title: str
    arithmetic: Annotated[Arithmetic, Field(strict=False)]
    tick_ps: Annotated[int, Field(ge=1)]
    topology: Mesh
    limits: Limits
    core_limits: list[CoreLimits] = Field(default_factory=list)
    ranges: Ranges
    synapse_formats: Formats
    latency: Latency
    sync: Annotated[list[Barrier], Field(min_length=1), AfterValidator(_ascending)]
    energy: Energies
    power: Powers
    exit_check: Checks | None = None
    measured: list[Measurement] = Field(default_factory=list)
    sources: dict[str, str]

    @model_validator(mode="after")
    def _cores_exist_once(self) -> Self:
        if self.core_limits and self.topology.cores_per_tile != 1:
            raise ValueError("core_limits is for chips with one core a tile, which its tile names")
        named = [core for entry in self.core_limits for core in entry.cores]
        twice = sorted({core for core in named if named.count(core) > 1})
        if twice:
            raise ValueError(f"core_limits names the cores {twice} more than once")
        cores = self.limits.cores
        absent = [c for c in named if cores is not None and c >= (cores.value or c + 1)]
        if absent:
            raise ValueError(f"core_limits names the cores {absent}, which limits.cores excludes")
        return self

    @model_validator(mode="after")
    def _nothing_beside_all_in(self) -> Self:
        energies = {name: figure for name, figure in self.energy if isinstance(figure, Figure)}
        if all(figure.scope is not Scope.ALL_IN for figure in energies.values()):
            return self
        beside = [
            f"{table}.{name}"
            for table, figures in (("energy", energies), ("power", dict(self.power)))
            for name, figure in figures.items()
            if figure.value is not None and figure.scope is not Scope.ALL_IN
        ]
        if beside:
            raise ValueError(
                f"{', '.join(beside)} stand beside an all-in figure, which includes them; "
                'make them "unknown"'
            )
        return self
