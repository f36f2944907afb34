"""Programs with rasters of a reference run, at every level of fidelity."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.hardware import Hardware
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.machine.stream import told_by
from neurodeploy.machine.times import Times
from neurodeploy.machine.timing import timing_of
from neurodeploy.program import Program
from neurodeploy.program.reference import simulate
from support.clocked import chip, quantity
from support.random_programs import random_slices

LATENCIES = (
    *("synapse_dense", "synapse_sparse", "synapse_conv", "dendrite", "synapse_word"),
    *("neuron_access", "neuron_update", "spike_out", "axon_out", "axon_in"),
    *("hop_ew", "hop_ns", "link_message", "host_in", "host_out", "management_step"),
)


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What the neurons of one sample did, (step, neuron) by node."""

    rasters: Mapping[str, np.ndarray]
    active: Mapping[str, np.ndarray]

    @property
    def n_steps(self) -> int:
        return len(next(iter(self.rasters.values())))


def activity_of(program: Program, stimulus: Mapping[str, np.ndarray], n_steps: int) -> Activity:
    trace = simulate(program, stimulus, n_steps)

    def flat(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: v.reshape(n_steps, -1) for name, v in values.items()}

    return Activity(rasters=flat(trace.outputs), active=flat(trace.active))


def times_of(
    hardware: Hardware,
    program: Program,
    placement: Placement,
    activity: Activity,
    fidelity: Fidelity,
) -> Times:
    ledger = ledger_of(program, placement)
    timing = timing_of(hardware, program, placement, ledger, fidelity)
    assert timing is not None
    told = told_by(activity.active, ledger.rows)
    counts = ledger.kept(activity.rasters, told, activity.n_steps, {})
    return timing.times(counts, activity.rasters, activity.active)


def random_placement(rng: np.random.Generator, program: Program, n_cores: int = 5) -> Placement:
    """Random slices on random cores of a 3 by 3 mesh, several cores on a tile."""
    slices = tuple(
        Slice(population=name, core=int(rng.integers(n_cores)), start=start, stop=stop)
        for name, ranges in random_slices(rng, program).items()
        for start, stop in ranges
    )
    tiles = tuple((int(rng.integers(3)), int(rng.integers(3))) for _ in range(n_cores))
    return Placement(strategy="random", slices=slices, tiles=tiles, usage=({},) * n_cores)


def random_chip(rng: np.random.Generator, spread: float = 0.0) -> Hardware:
    """A chip of random whole latencies, some of them 0 or unknown, and small queues."""
    most = int(rng.choice([2, 12, 60]))
    prices = {name: int(rng.integers(0, most)) for name in LATENCIES}
    for name in rng.choice(LATENCIES[:-1], 2):
        prices[name] = None if rng.random() < 0.5 else 0
    prices["management_step"] = 1
    hardware = chip(int(rng.integers(0, 3 * most)), spread, **prices)
    limits = {"synapse_word_bits": quantity(int(rng.choice([8, 64])), "count")}
    if rng.random() < 0.8:
        limits["link_buffer_messages"] = quantity(int(rng.integers(1, 4)), "count")
    stored = replace(hardware.synapse_formats["dense"], bits_per_synapse=9)
    return replace(hardware, limits=limits, synapse_formats=dict.fromkeys(FORMATS, stored))


FORMATS = ("dense", "sparse", "conv")
