"""The target `cpu-emu`: threads over samples, the shared accounting for counts and ticks."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.machine.columns import Columns
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program import Program
from neurodeploy.target.accounting import Accounts, accounts_of
from neurodeploy.target.block import BlockEvents, run_of_block
from neurodeploy.target.contract import Environment, RunOptions, Stimulus, Violation
from neurodeploy.target.run import Gathered, Run
from neurodeploy.target.stopped import StoppedEvents, run_of_stopped
from neurodeploy_cpu_emu.engine import Engine
from neurodeploy_cpu_emu.kernels.neurons import DECAY_BITS
from neurodeploy_cpu_emu.stopping import StoppedTrace
from neurodeploy_cpu_emu.threads import threads

MAX_BITS = 32

MOST_SAMPLES = 512
"""Samples of a block: beyond, nothing is saved, and progress is seldom told."""

MOST_SIMULATED = 16
"""At L3, where what else is computed of a sample is little: so it stays in the nearer caches."""

SHARE, LEAST, FEWEST = 2, 16, 32
"""A block is one of SHARE for each thread that what is left would make, so that the threads end at
about the same time; but FEWEST samples at least, or one of LEAST for each thread of all samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One deployment made ready to run."""

    engine: Engine
    accounts: Accounts


class CpuEmu:
    """Emulate the chip's integers on this machine's processors, bit for bit.

    What it prepares of a deployment it keeps as long as the deployment lives.
    """

    name = "cpu-emu"
    default_chip = "loihi2"
    environment: Environment | None = None

    def __init__(self) -> None:
        self._benches: WeakKeyDictionary[Deployment, dict[Fidelity, _Bench]] = WeakKeyDictionary()

    def health(self) -> str | None:
        """Return None: everything it needs is installed with it."""
        return None

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        """Return the number formats that the kernels' 32 bits cannot hold."""
        del hardware
        formats = program.formats
        widest = max(formats.dense_sum_bits, formats.voltage_bits)
        found = ((widest, MAX_BITS, ""), (formats.decay_bits, DECAY_BITS, " of decay"))
        return tuple(
            Violation(
                where="number formats",
                found=f"{bits} bits{what}",
                allowed=f"at most {most} bits{what} on cpu-emu",
                remedy="lower to a chip with narrower formats",
            )
            for bits, most, what in found
            if bits > most
        )

    def emit(self, deployment: Deployment, folder: Path) -> None:
        """Write nothing: the deployment's own files are all that it runs."""
        del deployment, folder

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        """Yield one Run for each stimulus, in order."""
        bench = self._bench(deployment, options)
        workers = options.workers or os.cpu_count() or 1
        with threads(workers) as pool:
            for stimulus in stimuli:
                yield _run(bench, stimulus, workers, options, pool)

    def _bench(self, deployment: Deployment, options: RunOptions) -> _Bench:
        """Return what was made ready for an earlier run, but for what is recorded, or make it."""
        benches = self._benches.setdefault(deployment, {})
        made = benches.get(options.fidelity)
        if made is None:
            known = next(iter(benches.values()), None)
            accounts = accounts_of(deployment, options)
            engine = known.engine if known else _engine(deployment, accounts.ledger.columns)
            made = _Bench(engine=engine, accounts=accounts)
            benches[options.fidelity] = made
        return replace(made, accounts=replace(made.accounts, record=options.record))


def _engine(deployment: Deployment, columns: Columns) -> Engine:
    program, placement = deployment.program, deployment.placement
    ranges = {
        p.name: tuple((s.start, s.stop) for s in placement.slices_of(p.name))
        for p in program.populations
    }
    return Engine(program, ranges, columns)


def _run(
    bench: _Bench,
    stimulus: Stimulus,
    workers: int,
    options: RunOptions,
    pool: ThreadPoolExecutor,
) -> Run:
    """Run all blocks; the threads gather what they ran, so that none is woken to do it for them."""
    blocks = _blocks(bench, stimulus, workers)
    gathered, lock, left = Gathered(stimulus.n_samples), Lock(), iter(blocks)

    def work() -> None:
        for samples in left:  # each thread takes the next
            run = _run_block(bench, stimulus, samples)
            with lock:
                done = gathered.add(run, samples.start)
                if options.on_progress is not None:
                    options.on_progress(done)

    futures = [pool.submit(work) for _ in range(min(workers, len(blocks)))]
    try:
        wait(futures, return_when=FIRST_EXCEPTION)
    finally:
        blocks.clear()
    for future in futures:
        future.result()
    return gathered.run()


def _blocks(bench: _Bench, stimulus: Stimulus, workers: int) -> list[slice]:
    """Return the samples of each block, ever fewer towards the end, and no more than fit."""
    n_steps = stimulus.n_steps + bench.accounts.program.drain_steps
    stepwise = bench.accounts.exit_policy is not None
    fitting = bench.engine.samples_kept if stepwise else bench.engine.samples_at_once
    many = MOST_SIMULATED if bench.accounts.needs_active else MOST_SAMPLES
    most, left = min(fitting(n_steps), many), stimulus.n_samples
    least, blocks = min(stimulus.n_samples // (workers * LEAST), FEWEST), []
    while left:
        share = left if workers == 1 else max(left // (workers * SHARE), least)
        size = max(min(most, share, left), 1)
        start = stimulus.n_samples - left
        blocks.append(slice(start, start + size))
        left -= size
    return blocks


def _run_block(bench: _Bench, stimulus: Stimulus, samples: slice) -> Run:
    accounts = bench.accounts
    n_steps = stimulus.n_steps + accounts.program.drain_steps
    given = {name: x[samples] for name, x in stimulus.x.items()}
    rule = accounts.rule_for(stimulus.n_steps)
    if rule is not None:
        stopped = bench.engine.run_until(rule, given, accounts.record, accounts.needs_active)
        return run_of_stopped(accounts, _stopped(stopped), rule)
    trace = bench.engine.run_block(given, n_steps, accounts.record, accounts.needs_active)
    events = BlockEvents(
        outputs=trace.outputs,
        u=trace.u,
        v=trace.v,
        counts=trace.counts,
        active=trace.moves,
        lists=trace.lists,
    )
    return run_of_block(accounts, events, stimulus.n_steps)


def _stopped(trace: StoppedTrace) -> StoppedEvents:
    return StoppedEvents(
        used=trace.used,
        outputs=trace.outputs,
        u=trace.u,
        v=trace.v,
        counts=trace.counts,
        active=trace.moves,
    )


TARGET = CpuEmu()
