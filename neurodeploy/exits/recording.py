"""`Recording`: what the output of a deployment did on labelled samples, step by step, in full."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program import Output, Program
from neurodeploy.storage.codec import digest
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target
from neurodeploy.terms import Readout

Ints = NDArray[np.int64]

_EMULATOR = "cpu-emu"
"""What records: every target's outputs are the same, and this one needs nothing installed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """One output population of one program.

    Parameters
    ----------
    raster : int32 (sample, step, neuron), spikes or voltages, drained steps included.
    labels : (sample,)
    limits : (sample,), the steps that the deployment's policy network gives; None without one.
    where, data_digest : the data's name and fingerprint.
    """

    program: Program
    raster: NDArray[np.int32]
    labels: Ints
    n_stimulus_steps: int
    where: str
    data_digest: str
    limits: Ints | None = None

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.labels)


def record(
    deployment: Deployment,
    stimuli: Iterable[Stimulus],
    where: str,
    *,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Recording:
    """Run `deployment` without any exit and keep what its first output did.

    Parameters
    ----------
    stimuli : parts of one data set, each with labels.

    Raises
    ------
    InputError
        If there are no labels (ND2880), or no step could be left out (ND2881).
    """
    program = deployment.program
    if not program.outputs:
        raise InputError("ND2881", "the network has no output, so nothing says when to stop")
    name = program.outputs[0].population
    options = RunOptions(record=frozenset({name}), fidelity=Fidelity.L0, workers=workers)
    target, whole = find_target(_EMULATOR), replace(deployment, exit_policy=None)
    rasters, labels, digests, n_steps = [], [], [], 0
    limits: list[int] = []
    for stimulus in stimuli:
        if stimulus.labels is None:
            raise InputError("ND2880", f"{where}: holds no labels y; an exit is judged by them")
        n_steps = stimulus.n_steps
        _check(program.outputs[0], program, n_steps, where)
        rasters += [run.rasters[name] for run in target.run(whole, [stimulus], options)]
        labels.append(stimulus.labels)
        limits += _limits(deployment, stimulus)
        digests.append(stimulus.digest)
        if on_progress is not None:
            on_progress(sum(map(len, labels)))
    return Recording(
        program=program,
        raster=np.concatenate(rasters).astype(np.int32),
        labels=np.concatenate(labels),
        n_stimulus_steps=n_steps,
        where=where,
        data_digest=digests[0] if len(digests) == 1 else digest(tuple(digests)),
        limits=np.asarray(limits) if limits else None,
    )


def _limits(deployment: Deployment, stimulus: Stimulus) -> list[int]:
    policy = deployment.exit_policy
    if policy is None or policy.policy is None:
        return []
    rule = policy.rule_for(deployment.program, stimulus.n_steps)
    return [
        rule.limit({name: x[k] for name, x in stimulus.x.items()})
        for k in range(stimulus.n_samples)
    ]


def _check(output: Output, program: Program, n_steps: int, where: str) -> None:
    problems = []
    if output.readout is Readout.LAST and program.population(output.population).spiking:
        problems.append(
            f"output {output.population!r} is read as the spikes of its last step, of which an "
            "earlier step says nothing; give it a readout that counts spikes or a voltage"
        )
    n_informative = n_steps - output.first_step
    if n_informative < 2:
        problems.append(
            f"{where}: samples of {n_steps} steps, of which output {output.population!r} says "
            f"something in {max(n_informative, 0)}; an exit needs at least 2"
        )
    if problems:
        raise InputError("ND2881", *problems)
