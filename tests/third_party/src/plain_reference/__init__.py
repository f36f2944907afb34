"""A target in one file: runs the definition itself, in the fewest lines that the contract takes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.machine.readout import read
from neurodeploy.program import Program
from neurodeploy.program.reference import simulate
from neurodeploy.target import Run, RunOptions, Stimulus, Violation, merge
from neurodeploy.target.contract import Environment
from neurodeploy.target.run import padded


class PlainReference:
    """Run the definition itself, slowly."""

    name = "plain-reference"
    default_chip = "ideal"
    environment: Environment | None = None

    def health(self) -> str | None:
        return None

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        del hardware
        if not any(population.clear_interval for population in program.populations):
            return ()
        return (
            Violation(
                where="program",
                found="a population that clears itself",
                allowed="none here",
                remedy="run it on cpu-emu",
            ),
        )

    def emit(self, deployment: Deployment, folder: Path) -> None:
        del deployment, folder

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        for stimulus in stimuli:
            yield merge([_run(deployment, stimulus, k, options) for k in range(stimulus.n_samples)])


def _run(deployment: Deployment, stimulus: Stimulus, sample: int, options: RunOptions) -> Run:
    program = deployment.program
    whole = stimulus.n_steps + program.drain_steps
    policy = deployment.exit_policy
    rule = None if policy is None else policy.rule_for(program, stimulus.n_steps)
    given = {name: x[sample] for name, x in stimulus.x.items()}
    trace = simulate(program, given, whole, rule)
    n_steps = trace.n_steps
    outputs = {name: values.reshape(n_steps, -1) for name, values in trace.outputs.items()}
    counts = ledger_of(program, deployment.placement).count(outputs, n_steps)
    if options.on_progress is not None:
        options.on_progress(sample + 1)
    run = Run(
        n_steps=n_steps,
        outputs={
            o.population: read(o, outputs[o.population], stimulus.n_steps)[None]
            for o in program.outputs
        },
        steps_used=np.asarray([n_steps]),
        totals=counts.sum(axis=0)[None],
        step_sums=counts,
        step_maxima=counts,
        ticks=None,
        spikes_per_neuron={
            p.name: np.count_nonzero(outputs[p.name], axis=0)
            for p in program.populations
            if p.spiking
        },
        rasters={name: outputs[name][None] for name in options.record},
        currents={name: trace.u[name].reshape(1, n_steps, -1) for name in options.record},
        voltages={name: trace.v[name].reshape(1, n_steps, -1) for name in options.record},
    )
    if rule is None:
        return run
    n_checks = rule.n_checks(rule.informative(n_steps), rule.limit(given))
    return padded(replace(run, checks=np.asarray([n_checks])), whole)


TARGET = PlainReference()
