"""How often each thing happened that a chip's page has a cost for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, Row
from neurodeploy.target import Run

Counts = Mapping[str, float]

_COLUMNS: Mapping[str, tuple[Count, ...]] = {
    "synapse_dense": (Count.SYNOPS_DENSE,),
    "synapse_sparse": (Count.SYNOPS_SPARSE,),
    "synapse_conv": (Count.SYNOPS_CONV,),
    "dendrite": HARDWARE_SYNOPS,
    "neuron_update": (Count.NEURON_UPDATES_ACTIVE,),
    "spike_out": (Count.SPIKES,),
    "axon_out": (Count.MESSAGES_OUT,),
    "axon_in": (Count.MESSAGES_IN,),
    "hop_ew": (Count.HOPS_EW,),
    "hop_ns": (Count.HOPS_NS,),
}
_PHASES = (
    ("axon_in", "synapse_dense", "synapse_sparse", "synapse_conv", "dendrite"),
    ("neuron_access", "neuron_update", "spike_out", "axon_out"),
)
"""What a core does one after the other: it takes spikes in, and it sweeps its neurons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Events of one inference, mean over samples, by the names that costs have.

    Parameters
    ----------
    energy : of the whole chip, by the names of `Hardware.energy_j`.
    time : of the longer phase of the core that is busiest over the inference, by the names of
        `Hardware.latency_s`; and ``sync.N``, the steps, each with the barrier of N tiles.
    """

    energy: Counts = field(default_factory=dict)
    time: Counts = field(default_factory=dict)


def events_of(
    deployment: Deployment, sums: NDArray[np.int64], rows: tuple[Row, ...], run: Run
) -> Events:
    """Return the events of `run`; `sums` are its counts (row, count), summed over samples."""
    hardware = deployment.hardware
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    host = [k for k, row in enumerate(rows) if row.core == HOST]
    means = sums / run.n_samples
    energy = _counted(means[on_chip].sum(axis=0)) | {
        "neuron_access": float(_neurons(rows, on_chip) * run.mean_steps),
        "host_in": float(means[host, Count.SPIKES].sum()),
        "host_out": float(sum(output.shape[1] for output in run.outputs.values())),
        "management_step": run.mean_steps,
        "barrier": run.mean_steps,
        "reset": 1.0,
    }
    n_tiles = len(set(deployment.placement.tiles))
    entry = max((tiles for tiles, _ in hardware.sync_s if tiles <= max(n_tiles, 1)), default=1)
    time = _busiest(hardware, means, rows, run.mean_steps)
    return Events(energy=energy, time={**time, f"sync.{entry}": run.mean_steps})


def _counted(counts: NDArray[np.float64]) -> dict[str, float]:
    return {name: float(counts[list(columns)].sum()) for name, columns in _COLUMNS.items()}


def _neurons(rows: tuple[Row, ...], which: list[int]) -> int:
    return sum(rows[k].stop - rows[k].start for k in which)


def _busiest(
    hardware: Hardware, means: NDArray[np.float64], rows: tuple[Row, ...], n_steps: float
) -> Counts:
    """Return the events of the phase that takes longest, of all cores' two phases.

    Measured with what the chip's page knows; where it knows nothing of either, by their number.
    """
    phases: list[Counts] = []
    for core in sorted({row.core for row in rows} - {HOST}):
        own = [k for k, row in enumerate(rows) if row.core == core]
        counts = _counted(means[own].sum(axis=0))
        counts["neuron_access"] = float(_neurons(rows, own) * n_steps)
        phases += [{name: counts[name] for name in names} for names in _PHASES]
    known = {name: figure.value for name, figure in hardware.latency_s.items() if figure.value}

    def duration(phase: Counts) -> float:
        return sum(n * (known.get(name, 0.0) if known else 1.0) for name, n in phase.items())

    return max(phases, key=duration, default={})
