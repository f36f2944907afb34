"""The target `loihi-sim`: Lava computes, the shared accounting counts."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.program import Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.target.accounting import Accounts, SampleEvents, accounts_of
from neurodeploy.target.contract import Environment, RunOptions, Stimulus, Violation
from neurodeploy.target.run import Run, merge
from neurodeploy_loihi_sim.client import Limits, compute
from neurodeploy_loihi_sim.environment import LavaEnvironment
from neurodeploy_loihi_sim.job import Network, Recording, exit_of
from neurodeploy_loihi_sim.layout import Layout, led_from
from neurodeploy_loihi_sim.mapping import layout_of
from neurodeploy_loihi_sim.script import write_script
from neurodeploy_loihi_sim.violations import violations_of

Array = TypeVar("Array", NDArray[np.integer], NDArray[np.int64])

BATCH_BYTES = 256 << 20
"""What the samples of one job may record and be fed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One deployment made ready to run."""

    program: Program
    layout: Layout
    accounts: Accounts
    starts: dict[str, NDArray[np.int64]]
    record: tuple[str, ...]


class LoihiSim:
    """Compute the same integers with Intel's Lava, the simulator of Loihi's own makers."""

    name = "loihi-sim"
    default_chip = "loihi2"
    environment: Environment | None = LavaEnvironment()

    def health(self) -> str | None:
        """Return None, or that Lava's environment is missing and how to make it."""
        return LavaEnvironment().complaint()

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        """Return everything in `program` that Lava would compute otherwise, or not at all."""
        del hardware
        return violations_of(program)

    def emit(self, deployment: Deployment, folder: Path) -> None:
        """Write a Lava script that runs without neurodeploy, with its weights."""
        write_script(deployment, folder)

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        """Yield one Run for each stimulus, in order."""
        bench = _bench(deployment, options)
        for stimulus in stimuli:
            yield _run(bench, stimulus, options)


def _bench(deployment: Deployment, options: RunOptions) -> _Bench:
    program, placement = deployment.program, deployment.placement
    layout = layout_of(program)
    return _Bench(
        program=program,
        layout=layout,
        accounts=accounts_of(deployment, options),
        starts={
            layout.key_of(p.name): np.asarray([s.start for s in placement.slices_of(p.name)])
            for p in program.populations
        },
        record=tuple(
            layout.key_of(p.name) for p in program.populations if p.name in options.record
        ),
    )


def _run(bench: _Bench, stimulus: Stimulus, options: RunOptions) -> Run:
    _refuse_outside(bench.program, stimulus)
    n_steps = stimulus.n_steps + bench.program.drain_steps
    marked = bench.accounts.needs_active
    size = samples_a_job(bench.program, n_steps, len(bench.record), active=marked)
    started = time.monotonic()
    runs: list[Run] = []
    for start in range(0, stimulus.n_samples, size):
        samples = slice(start, min(start + size, stimulus.n_samples))
        limits = _limits(options.time_limit_s, time.monotonic() - started)
        progress = _counted(options.on_progress, start, n_steps)
        recording = _computed(bench, stimulus, samples, limits, progress)
        for i in range(samples.stop - samples.start):
            events = _events(stimulus, start + i, recording, i)
            runs.append(bench.accounts.run_of(events, stimulus.n_steps))
        runs = [merge(runs)]
        if options.on_progress is not None:
            options.on_progress(samples.stop)
    return merge(runs)


def samples_a_job(program: Program, n_steps: int, n_recorded: int, *, active: bool = False) -> int:
    """Return how many samples share a job, so that memory does not grow with the stimulus."""
    fed = 12 * sum(int(np.prod(node.shape)) for node in program.inputs)
    written = sum(p.size * ((1 if p.spiking else 4) + active) for p in program.populations)
    states = 8 * sum(p.size for p in program.populations) if n_recorded else 0
    return max(BATCH_BYTES // max(n_steps * (fed + 2 * (written + states)), 1), 1)


def _computed(
    bench: _Bench,
    stimulus: Stimulus,
    samples: slice,
    limits: Limits,
    on_steps: Callable[[int], None] | None,
) -> Recording:
    rule = bench.accounts.rule_for(stimulus.n_steps)
    given = {name: x[samples] for name, x in stimulus.x.items()}
    network = Network(
        layout=bench.layout if rule is None else led_from(bench.layout, _judged(bench, rule)),
        stimulus={bench.layout.key_of(name): x for name, x in given.items()},
        n_samples=samples.stop - samples.start,
        n_steps=stimulus.n_steps + bench.program.drain_steps,
        record=bench.record,
        starts=bench.starts,
        active=bench.accounts.needs_active,
        exit=None if rule is None else exit_of(rule, _judged(bench, rule), _limits_of(rule, given)),
    )
    (recording,) = compute(LavaEnvironment().python(), [network], limits, on_steps)
    return recording


def _judged(bench: _Bench, rule: ExitRule) -> str:
    return bench.layout.key_of(rule.population)


def _limits_of(rule: ExitRule, given: Mapping[str, NDArray[np.integer]]) -> list[int]:
    """Return the last informative step of every sample; `given` is (sample, step, *shape)."""
    n_samples = len(next(iter(given.values())))
    return [rule.limit({name: x[k] for name, x in given.items()}) for k in range(n_samples)]


def _limits(total_s: float | None, spent_s: float) -> Limits:
    return Limits() if total_s is None else Limits(total_s=max(total_s - spent_s, 0.0))


def _counted(
    on_progress: Callable[[int], None] | None, start: int, n_steps: int
) -> Callable[[int], None] | None:
    """Return a function of steps that reports samples."""
    if on_progress is None:
        return None
    report, most = on_progress, 0

    def counted(steps: int) -> None:
        nonlocal most  # each part of a network that hangs together starts from 0 again
        most = max(most, steps // n_steps)
        report(start + most)

    return counted


def _events(stimulus: Stimulus, sample: int, recording: Recording, i: int) -> SampleEvents:
    used = int(recording.used[i])

    def run(values: Mapping[str, Array]) -> dict[str, Array]:
        return {name: array[i, :used] for name, array in values.items()}

    inputs = {}
    for name, x in stimulus.x.items():
        given = x[sample, :used].reshape(min(used, stimulus.n_steps), -1)
        inputs[name] = np.zeros((used, given.shape[1]), np.int32)
        inputs[name][: len(given)] = given
    return SampleEvents(
        outputs={**inputs, **run(recording.spikes)},
        u=run(recording.u),
        v=run(recording.v),
        neuron_counts=run(recording.counts),
        active=run(recording.active),
    )


def _refuse_outside(program: Program, stimulus: Stimulus) -> None:
    for node in program.inputs:
        values = stimulus.x[node.name]
        low, high = int(values.min(initial=node.low)), int(values.max(initial=node.high))
        if low < node.low or high > node.high:
            raise ValueError(
                f"input {node.name!r} declares {node.low}..{node.high}, "
                f"its stimulus has {low}..{high}"
            )


TARGET = LoihiSim()
