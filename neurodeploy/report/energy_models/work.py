"""What each layer did, in the numbers that energy models charge."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import Count, Row
from neurodeploy.program import Conv, Dense, Direct, Population, Program, Projection, Sparse
from neurodeploy.program.fan_out import fan_out

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Afferent:
    """One weighted projection and what came in by it.

    Parameters
    ----------
    spikes : events sent by its sources, per inference.
    operations_per_spike, weights_per_spike : additions that a spike causes, and weights read for
        it, by the rules of Lemaire et al. 2022; for a convolution the former is
        ``C_out/g ceil(k_y/s_y) ceil(k_x/s_x)``, the latter ``C_out/g k_y k_x``; for listed
        synapses both are the mean fan-out.
    synapses : connections, shared weights counted once for each place, none into the padding.
    macs : multiply-accumulates of one dense pass, those into the padding included (equation 1.1).
    n_addresses : additions that address one dense pass.
    """

    spikes: float
    graded: bool
    conv: bool
    n_in: int
    n_weights: int
    operations_per_spike: float
    weights_per_spike: float
    synapses: int
    macs: int
    n_addresses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWork:
    """One population; counts are per inference, means over samples.

    Parameters
    ----------
    additions, macs : effective synaptic operations of spikes, and of graded payloads.
    n_decaying, n_biased : neurons whose voltage decays, and that have a bias.
    spikes_out : events that it sent; none for a readout that no one listens to.
    """

    name: str
    n_neurons: int
    n_steps: float
    n_decaying: int
    n_biased: int
    additions: float
    macs: float
    spikes_out: float
    afferents: tuple[Afferent, ...]

    @property
    def synapses(self) -> int:
        """Connections into it."""
        return sum(afferent.synapses for afferent in self.afferents)


def works_of(
    program: Program, rows: tuple[Row, ...], counts: Floats, n_steps: float
) -> tuple[LayerWork, ...]:
    """Return what every population did.

    Parameters
    ----------
    counts : (row, count), per inference.
    """
    return tuple(_work(program, rows, counts, n_steps, p) for p in program.populations)


def n_connections(program: Program) -> int:
    """Return the connections of all projections, shared weights counted at each place."""
    return sum(
        _afferent(projection, 0.0).synapses
        for projection in program.projections
        if not isinstance(projection.operator, Direct)
    )


def has_loop(program: Program) -> bool:
    """Return whether a population hears itself, directly or through others."""
    waiting = {
        population.name: {
            source
            for projection in program.projections_to(population.name)
            for source in projection.sources
        }
        for population in program.populations
    }
    heard = {node.name for node in program.inputs}
    while ready := [name for name, sources in waiting.items() if sources <= heard]:
        heard |= set(ready)
        waiting = {name: sources for name, sources in waiting.items() if name not in heard}
    return bool(waiting)


def _work(
    program: Program, rows: tuple[Row, ...], counts: Floats, n_steps: float, population: Population
) -> LayerWork:
    own = counts[[k for k, row in enumerate(rows) if row.node == population.name]].sum(axis=0)
    weighted = [
        projection
        for projection in program.projections_to(population.name)
        if not isinstance(projection.operator, Direct)
    ]
    silent = not population.spiking and not program.projections_from(population.name)
    return LayerWork(
        name=population.name,
        n_neurons=population.size,
        n_steps=n_steps,
        n_decaying=int(np.count_nonzero((population.dv > 0) & (population.dv < 4096))),
        n_biased=int(np.count_nonzero(population.bias)),
        additions=float(own[Count.SYNOPS_EFFECTIVE] - own[Count.MACS]),
        macs=float(own[Count.MACS]),
        spikes_out=0.0 if silent else float(own[Count.SPIKES]),
        afferents=tuple(
            _afferent(projection, _sent(rows, counts, projection.sources))
            for projection in weighted
        ),
    )


def _sent(rows: tuple[Row, ...], counts: Floats, names: Sequence[str]) -> float:
    return float(sum(counts[k, Count.SPIKES] for k, row in enumerate(rows) if row.node in names))


def _afferent(projection: Projection, spikes: float) -> Afferent:
    operator = projection.operator
    match operator:
        case Dense():
            per_spike = reads = float(operator.n_out)
            synapses = macs = n_addresses = operator.mantissa.size
        case Sparse():
            per_spike = reads = operator.mantissa.size / max(operator.n_in, 1)
            synapses = macs = n_addresses = operator.mantissa.size
        case Conv():
            geometry = operator.geometry
            n_channels = geometry.out_channels // geometry.groups
            taps = zip(geometry.kernel, geometry.stride, strict=True)
            per_spike = float(n_channels * math.prod(-(-k // s) for k, s in taps))
            reads = float(n_channels * math.prod(geometry.kernel))
            synapses = int(fan_out(operator, 0, operator.n_out, effective=False).sum())
            macs = operator.n_out * math.prod(geometry.weight_shape[1:])
            n_kernel = geometry.out_channels * math.prod(geometry.kernel)
            n_addresses = operator.n_in + operator.n_out + n_kernel
        case Direct():
            raise AssertionError("a direct projection has no weights")
    return Afferent(
        spikes=spikes,
        graded=projection.graded,
        conv=isinstance(operator, Conv),
        n_in=operator.n_in,
        n_weights=operator.mantissa.size,
        operations_per_spike=per_spike,
        weights_per_spike=reads,
        synapses=synapses,
        macs=macs,
        n_addresses=n_addresses,
    )
