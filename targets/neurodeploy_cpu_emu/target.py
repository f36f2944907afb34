"""The target `cpu-emu`: threads over samples, the shared accounting for counts and ticks."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.program import Program
from neurodeploy.target.accounting import Accounts, SampleEvents, accounts_of
from neurodeploy.target.contract import Environment, RunOptions, Stimulus, Violation
from neurodeploy.target.run import Run, merge
from neurodeploy_cpu_emu.engine import Engine, SampleTrace

MAX_BITS = 32

CHUNK_SAMPLES = 16
"""Samples merged into one partial Run, so that memory does not grow with the stimulus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One deployment made ready to run."""

    engine: Engine
    accounts: Accounts


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
    return _Bench(engine=Engine(program, ranges), accounts=accounts_of(deployment, options))


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
    accounts = bench.accounts
    n_steps = stimulus.n_steps + accounts.program.drain_steps
    given = {name: np.asarray(x[sample], np.int32) for name, x in stimulus.x.items()}
    rule = accounts.rule_for(stimulus.n_steps)
    moves = accounts.needs_active
    trace = bench.engine.run_sample(given, n_steps, accounts.record, moves, rule)
    return accounts.run_of(_events(trace), stimulus.n_steps)


def _events(trace: SampleTrace) -> SampleEvents:
    return SampleEvents(
        outputs=trace.outputs,
        u=trace.u,
        v=trace.v,
        neuron_counts={
            name: np.stack([active, trace.wraps[name], trace.saturations[name]], axis=1)
            for name, active in trace.active.items()
        },
        active=trace.moves,
    )


TARGET = CpuEmu()
