"""What the neurons of a slice ask of a core: bits of synapses and axons that arrive."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.boxes import boxes
from neurodeploy.hardware import Hardware, SynapseFormat
from neurodeploy.placement.limits import AXONS_IN, NEURONS, SYNAPSE_BYTES
from neurodeploy.program.fan_out import fan_out
from neurodeploy.program.operator import Conv, Dense, Direct, Sparse
from neurodeploy.program.program import Program, Projection


class Afferents(Protocol):
    """One projection, seen from the neurons ``start:stop`` of its target."""

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Say which source neurons have a stored synapse into the range, (n_in,)."""
        ...

    def n_axons(self, start: int, stop: int) -> int:
        """Count the axons that arrive, one a source neuron, of each of the summed sources."""
        ...

    def bits(self, start: int, stop: int) -> int:
        """Return the bits of synapse memory."""
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
    return {
        NEURONS: stop - start,
        SYNAPSE_BYTES: -(-sum(part.bits(start, stop) for part in incoming) // 8),
        AXONS_IN: sum(part.n_axons(start, stop) for part in incoming),
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

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        index = np.arange(self.n_target)
        return (index >= start) & (index < stop)

    def n_axons(self, start: int, stop: int) -> int:
        return (stop - start) * self.n_sources

    def bits(self, start: int, stop: int) -> int:  # noqa: ARG002  # the protocol's signature
        return 0


@dataclass(frozen=True, slots=True)
class _Dense:
    """Every source reaches every target, and zeros are stored."""

    operator: Dense
    layout: SynapseFormat
    delay_bits: int
    n_sources: int

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        return np.full(self.operator.n_in, stop > start)

    def n_axons(self, start: int, stop: int) -> int:
        return self.operator.n_in * self.n_sources if stop > start else 0

    def bits(self, start: int, stop: int) -> int:
        a_list = (stop - start) * (self.layout.bits_per_synapse + self.delay_bits)
        return self.operator.n_in * (a_list + self.layout.bits_per_axon)


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

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        found = np.zeros(self.n_in, np.bool_)
        found[self.sources[self.first[start] : self.first[stop]]] = True
        return found

    def n_axons(self, start: int, stop: int) -> int:
        return int(np.count_nonzero(self.reached(start, stop))) * self.n_sources

    def bits(self, start: int, stop: int) -> int:
        n_lists = int(np.count_nonzero(self.reached(start, stop)))
        n_synapses = int(self.first[stop] - self.first[start])
        synapse = self.layout.bits_per_synapse + self.delay_bits
        return n_synapses * synapse + n_lists * self.layout.bits_per_axon


@dataclass(frozen=True, slots=True)
class _Conv:
    """Kernels, once a core for each channel on it where the chip shares them."""

    operator: Conv
    layout: SynapseFormat
    n_sources: int

    def reached(self, start: int, stop: int) -> NDArray[np.bool_]:
        return fan_out(self.operator, start, stop, effective=False) > 0

    def n_axons(self, start: int, stop: int) -> int:
        return int(np.count_nonzero(self.reached(start, stop))) * self.n_sources

    def bits(self, start: int, stop: int) -> int:
        counts = fan_out(self.operator, start, stop, effective=False)
        n_synapses = self._n_kernel_weights(start, stop) if self.layout.shared else counts.sum()
        n_lists = np.count_nonzero(counts)
        return int(n_synapses * self.layout.bits_per_synapse + n_lists * self.layout.bits_per_axon)

    def _n_kernel_weights(self, start: int, stop: int) -> int:
        shape = self.operator.geometry.output_shape
        channels = {c for box in boxes(shape, start, stop) for c in range(*box.channels)}
        return len(channels) * int(np.prod(self.operator.mantissa.shape[1:]))
