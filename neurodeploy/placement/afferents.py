"""What the neurons of a slice ask of a core: bits of synapses and axons that arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.boxes import Box, boxes
from neurodeploy.hardware import Addressing, Hardware, SynapseFormat
from neurodeploy.placement.cut import Range
from neurodeploy.placement.limits import AXONS_IN, NEURONS, SYNAPSE_BYTES
from neurodeploy.program.fan_out import conv_channels, conv_reach, conv_synapses, reaches
from neurodeploy.program.operator import Conv, Dense, Direct, Sparse
from neurodeploy.program.program import Program, Projection


class Afferents(Protocol):
    """One projection, seen from the neurons of its target."""

    @property
    def n_sources(self) -> int:
        """Sources that are summed; each sends axons of its own into one list of synapses."""
        ...

    @property
    def list_bits(self) -> int:
        """Bits that each list of synapses takes beside them."""
        ...

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Say which source neurons have a stored synapse into the range, (n_in,)."""
        ...

    def n_reached(self, start: int, stop: int) -> int:
        """Count them."""
        ...

    def synapse_bits(self, ranges: Sequence[Range]) -> int:
        """Return the bits of the synapses into `ranges` on one core, their lists' heads apart."""
        ...


def afferents(projection: Projection, n_target: int, hardware: Hardware) -> Afferents:
    """Return the view of `projection` from its target."""
    n_sources, formats = len(projection.sources), hardware.synapse_formats
    delay_bits = _delay_bits(projection)
    match projection.operator:
        case Direct():
            return _Direct(n_target, n_sources)
        case Dense() as operator:
            return _Dense(operator, formats["dense"], delay_bits, n_sources)
        case Sparse() as operator:
            return _Sparse.of(operator, formats["sparse"], delay_bits, n_sources)
        case Conv() as operator:
            return _Conv(operator, formats["conv"], n_sources)


def all_afferents(program: Program, hardware: Hardware) -> dict[str, Afferents]:
    """Return the afferents of every projection, by its name."""
    return {
        projection.name: afferents(projection, program.population(projection.target).size, hardware)
        for projection in program.projections
    }


def load(incoming: tuple[Afferents, ...], start: int, stop: int) -> dict[str, int]:
    """Return what neurons ``start:stop`` ask of an empty core."""
    n_axons = [part.n_reached(start, stop) for part in incoming]
    bits = sum(
        part.synapse_bits(((start, stop),)) + n * part.list_bits
        for part, n in zip(incoming, n_axons, strict=True)
    )
    return {
        NEURONS: stop - start,
        SYNAPSE_BYTES: -(-bits // 8),
        AXONS_IN: sum(n * part.n_sources for part, n in zip(incoming, n_axons, strict=True)),
    }


def _delay_bits(projection: Projection) -> int:
    """Return the bits that a synapse's own delay takes: none where all share one delay."""
    if isinstance(projection.delay_steps, int):
        return 0
    return (projection.max_delay_steps - 1).bit_length()


@dataclass(frozen=True, slots=True)
class _Direct:
    """Each neuron hears its own source; nothing is stored."""

    n_target: int
    n_sources: int
    list_bits: int = 0

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        index = np.arange(self.n_target)
        return (index >= start) & (index < stop)

    def n_reached(self, start: int, stop: int) -> int:
        return stop - start

    def synapse_bits(self, ranges: Sequence[Range]) -> int:  # noqa: ARG002  # the protocol's
        return 0


@dataclass(frozen=True, slots=True)
class _Dense:
    """Every source reaches every target, and zeros are stored."""

    operator: Dense
    layout: SynapseFormat
    delay_bits: int
    n_sources: int

    @property
    def list_bits(self) -> int:
        return self.layout.bits_per_axon

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        return np.full(self.operator.n_in, stop > start)

    def n_reached(self, start: int, stop: int) -> int:
        return self.operator.n_in if stop > start else 0

    def synapse_bits(self, ranges: Sequence[Range]) -> int:
        n_synapses = self.operator.n_in * sum(stop - start for start, stop in ranges)
        return n_synapses * (self.layout.bits_per_synapse + self.delay_bits)


@dataclass(frozen=True, slots=True)
class _Sparse:
    """Listed synapses by target: those of target i are ``first[i]:first[i + 1]``."""

    first: NDArray[np.int64]
    sources: NDArray[np.int64]
    n_in: int
    layout: SynapseFormat
    delay_bits: int
    n_sources: int

    @classmethod
    def of(
        cls, operator: Sparse, layout: SynapseFormat, delay_bits: int, n_sources: int
    ) -> "_Sparse":
        sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
        order = np.argsort(operator.targets, kind="stable")
        counts = np.bincount(operator.targets, minlength=operator.n_out)
        first = np.concatenate([[0], np.cumsum(counts)])
        return cls(first, sources[order], operator.n_in, layout, delay_bits, n_sources)

    @property
    def list_bits(self) -> int:
        return self.layout.bits_per_axon

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        found = np.zeros(self.n_in, np.bool_)
        found[self.sources[self.first[start] : self.first[stop]]] = True
        return found

    def n_reached(self, start: int, stop: int) -> int:
        return int(np.count_nonzero(self.reached(start, stop)))

    def synapse_bits(self, ranges: Sequence[Range]) -> int:
        n_synapses = sum(int(self.first[stop] - self.first[start]) for start, stop in ranges)
        return n_synapses * (self.layout.bits_per_synapse + self.delay_bits)


@dataclass(frozen=True, slots=True)
class _Conv:
    """Kernels, once a core for each channel on it where the chip shares them."""

    operator: Conv
    layout: SynapseFormat
    n_sources: int

    @property
    def list_bits(self) -> int:
        return self.layout.bits_per_axon

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        return reaches(self.operator, start, stop)

    def n_reached(self, start: int, stop: int) -> int:
        parts = self._boxes(start, stop)
        if len(parts) != 1:  # boxes may share sources
            return int(np.count_nonzero(self.reached(start, stop)))
        geometry, box = self.operator.geometry, parts[0]
        channels = conv_channels(geometry, box)
        rows, columns = map(np.count_nonzero, conv_reach(geometry, box))
        return int((channels.stop - channels.start) * rows * columns)

    def synapse_bits(self, ranges: Sequence[Range]) -> int:
        parts = [box for start, stop in ranges for box in self._boxes(start, stop)]
        if self.layout.shared:
            channels = {channel for box in parts for channel in range(*box.channels)}
            n_synapses = self._kernel_places(len(channels))
        else:
            n_synapses = sum(conv_synapses(self.operator.geometry, box) for box in parts)
        return n_synapses * self.layout.bits_per_synapse

    def _kernel_places(self, n_channels: int) -> int:
        """Return the weights that a core has room for, to hold those of `n_channels` outputs."""
        _, n_in, height, width = self.operator.mantissa.shape
        n_taps = height * width
        if self.layout.addressing is Addressing.POWER_OF_TWO and n_channels:
            n_taps, n_channels = _power_of_two(n_taps), _power_of_two(n_channels)
        return n_in * n_taps * n_channels

    def _boxes(self, start: int, stop: int) -> tuple[Box, ...]:
        return boxes(self.operator.geometry.output_shape, start, stop)


def _power_of_two(number: int) -> int:
    """Return the least power of two that is not below `number`."""
    return 1 << (number - 1).bit_length()
