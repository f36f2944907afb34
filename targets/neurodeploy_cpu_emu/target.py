"""The target `cpu-emu`: threads over samples, the shared accounting for counts and ticks."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.machine.counts import Count, Row
from neurodeploy.machine.ledger import Ledger, ledger_of
from neurodeploy.machine.readout import read
from neurodeploy.machine.timing import Fidelity, Timing, timing_of
from neurodeploy.program import Program
from neurodeploy.target.contract import Environment, RunOptions, Stimulus, Violation
from neurodeploy.target.run import Run, merge
from neurodeploy_cpu_emu.engine import Engine, SampleTrace

MAX_BITS = 32

CHUNK_SAMPLES = 16
"""Samples merged into one partial Run, so that memory does not grow with the stimulus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One deployment made ready to run."""

    program: Program
    engine: Engine
    ledger: Ledger
    timing: Timing | None
    record: frozenset[str]


class CpuEmu:
    """Emulate the chip's integers on this machine's processors, bit for bit."""

    name = "cpu-emu"
    default_chip = "loihi2"
    environment: Environment | None = None

    def health(self) -> str | None:
        """Return None: everything it needs is installed with it."""
        return None

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        """Return the number formats that the kernels' 32 bits cannot hold."""
        del hardware
        formats = program.formats
        widest = max(formats.dense_sum_bits, formats.voltage_bits)
        if widest <= MAX_BITS:
            return ()
        return (
            Violation(
                where="number formats",
                found=f"{widest} bits",
                allowed=f"at most {MAX_BITS} bits on cpu-emu",
                remedy="lower to a chip with narrower formats",
            ),
        )

    def emit(self, deployment: Deployment, folder: Path) -> None:
        """Write nothing: the deployment's own files are all that it runs."""
        del deployment, folder

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        """Yield one Run for each stimulus, in order."""
        bench = _bench(deployment, options)
        workers = options.workers or os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            for stimulus in stimuli:
                yield _run(bench, stimulus, options, pool)


def _bench(deployment: Deployment, options: RunOptions) -> _Bench:
    program, placement = deployment.program, deployment.placement
    ranges = {
        p.name: tuple((s.start, s.stop) for s in placement.slices_of(p.name))
        for p in program.populations
    }
    ledger = ledger_of(program, placement)
    timed = options.fidelity is not Fidelity.L0
    return _Bench(
        program=program,
        engine=Engine(program, ranges),
        ledger=ledger,
        timing=timing_of(deployment.hardware, placement, ledger.rows) if timed else None,
        record=options.record,
    )


def _run(bench: _Bench, stimulus: Stimulus, options: RunOptions, pool: ThreadPoolExecutor) -> Run:
    parts: list[Run] = []
    pending: list[Run] = []
    one = partial(_run_sample, bench, stimulus)
    for done, run in enumerate(pool.map(one, range(stimulus.n_samples)), start=1):
        pending.append(run)
        if len(pending) == CHUNK_SAMPLES or done == stimulus.n_samples:
            parts.append(merge(pending))
            pending = []
        if options.on_progress is not None:
            options.on_progress(done)
    return merge(parts)


def _run_sample(bench: _Bench, stimulus: Stimulus, sample: int) -> Run:
    n_steps = stimulus.n_steps + bench.program.drain_steps
    given = {name: np.asarray(x[sample], np.int32) for name, x in stimulus.x.items()}
    trace = bench.engine.run_sample(given, n_steps, bench.record)
    counts = bench.ledger.count(trace.outputs, n_steps)
    _add_neuron_counts(counts, bench.ledger.rows, trace)
    ticks = None if bench.timing is None else bench.timing.bound(counts)
    return Run(
        n_steps=n_steps,
        outputs={
            o.population: read(o, trace.outputs[o.population], stimulus.n_steps)[None]
            for o in bench.program.outputs
        },
        steps_used=np.asarray([n_steps]),
        totals=counts.sum(axis=0)[None],
        step_sums=counts,
        step_maxima=counts,
        ticks=None if ticks is None else ticks[:, None],
        spikes_per_neuron={
            p.name: np.count_nonzero(trace.outputs[p.name], axis=0).astype(np.int64)
            for p in bench.program.populations
            if p.spiking
        },
        rasters=_kept(trace.outputs, bench.record),
        currents=_kept(trace.u, bench.record),
        voltages=_kept(trace.v, bench.record),
    )


def _add_neuron_counts(
    counts: NDArray[np.int64], rows: tuple[Row, ...], trace: SampleTrace
) -> None:
    """Fill in what only the neurons know: updates, wraps and saturations of each slice."""
    index: dict[str, int] = {}
    for k, row in enumerate(rows):
        if row.node not in trace.active:
            continue
        part = index.get(row.node, 0)
        index[row.node] = part + 1
        counts[:, k, Count.NEURON_UPDATES_ACTIVE] = trace.active[row.node][:, part]
        counts[:, k, Count.CURRENT_WRAPS] = trace.wraps[row.node][:, part]
        counts[:, k, Count.VOLTAGE_SATURATIONS] = trace.saturations[row.node][:, part]


def _kept(
    values: Mapping[str, NDArray[np.integer]], names: frozenset[str]
) -> dict[str, NDArray[np.int64]]:
    return {name: values[name].astype(np.int64)[None] for name in values if name in names}


TARGET = CpuEmu()
