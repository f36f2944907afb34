"""Compare runs of one deployment: float model, integer reference, targets, other recordings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.target import RunOptions, Stimulus, Target, merge
from neurodeploy.verification.against_model import discrepancies
from neurodeploy.verification.difference import first_difference
from neurodeploy.verification.drift import LayerDrift, drift_of
from neurodeploy.verification.evidence import Evidence
from neurodeploy.verification.explain import explain_difference
from neurodeploy.verification.float_run import FloatRun, run_float
from neurodeploy.verification.recording import (
    Advance,
    Overflows,
    Recording,
    recording_of,
    reference_recording,
)
from neurodeploy.verification.unrounded import unrounded_mantissas
from neurodeploy.verification.verification import Comparison, Verification

N_SAMPLES = 5
"""Samples that are compared unless told otherwise: the reference is slow."""


def verify(
    deployment: Deployment,
    stimulus: Stimulus,
    x_float: NDArray[np.floating] | None,
    targets: Sequence[Target],
    n_samples: int = N_SAMPLES,
    *,
    foreign: Sequence[Recording] = (),
    on_progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run the first `n_samples` of `stimulus` on everything, and say where the runs part.

    Every step is compared: an exit policy stops nothing here.

    Parameters
    ----------
    x_float : (sample, step, *shape), what the float model gets; None leaves it out.
    foreign : recordings of other machines, compared like a target's.
    on_progress : takes the number of runs done, one a sample and executor, and of how many.
    """
    program, few = deployment.program, first_samples(stimulus, n_samples)
    refused = {t.name: _refusal(t, deployment) for t in targets}
    able = [target for target in targets if not refused[target.name]]
    advance = _counter(on_progress, few.n_samples * (2 + len(able)))
    reference, overflows = reference_recording(program, few, advance)
    floats = _floats(deployment, x_float, few.n_samples, advance)
    others = [*(_recorded(deployment, few, target, advance) for target in able), *foreign]
    return Verification(
        deployment_digest=deployment.digest,
        stimulus=few.coder,
        n_samples=few.n_samples,
        n_samples_given=stimulus.n_samples,
        n_steps=few.n_steps + program.drain_steps,
        comparisons=tuple(compare(deployment, few, reference, other) for other in others),
        discrepancies=discrepancies(deployment),
        skipped={name: why for name, why in refused.items() if why},
        drift=_drift(deployment, few, reference, floats, overflows),
        accuracy=_accuracy(few.labels, reference, others, floats),
        reference=reference,
        others={other.name: other for other in others},
        floats=floats,
    )


def compare(
    deployment: Deployment, stimulus: Stimulus, reference: Recording, other: Recording
) -> Comparison:
    """Hold `other` against the reference, and explain where they part first."""
    evidence = Evidence(
        program=deployment.program, stimulus=stimulus, reference=reference, other=other
    )
    difference = first_difference(evidence)
    explanation = None
    if difference is not None:
        unrounded = unrounded_mantissas(deployment, difference.population)
        explanation = explain_difference(evidence, difference, unrounded)
    n_samples, n_steps = evidence.extent
    shown = {part: values for part, values in other.parts.items() if values}
    return Comparison(
        name=other.name,
        parts=tuple(shown),
        n_layers=len({name for values in shown.values() for name in values}),
        n_samples=n_samples,
        n_steps=n_steps,
        difference=difference,
        explanation=explanation,
    )


def first_samples(stimulus: Stimulus, n_samples: int) -> Stimulus:
    """Return the first `n_samples` samples of `stimulus`."""
    labels = None if stimulus.labels is None else stimulus.labels[:n_samples]
    return replace(
        stimulus, x={name: x[:n_samples] for name, x in stimulus.x.items()}, labels=labels
    )


def _counter(on_progress: Callable[[int, int], None] | None, total: int) -> Advance:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(min(done, total), total)

    return advance


def _refusal(target: Target, deployment: Deployment) -> str:
    """Return why `target` cannot run the deployment, empty if it can."""
    violations = target.violations(deployment.program, deployment.hardware)
    return "; ".join(str(violation) for violation in violations)


def _recorded(
    deployment: Deployment, stimulus: Stimulus, target: Target, advance: Advance
) -> Recording:
    names = frozenset(p.name for p in deployment.program.populations)
    options = RunOptions(record=names, on_progress=lambda _done: advance())
    runs = target.run(deployment.without_exit, [stimulus], options)
    return recording_of(target.name, merge(list(runs)))


def _floats(
    deployment: Deployment, x: NDArray[np.floating] | None, n_samples: int, advance: Advance
) -> FloatRun | None:
    if deployment.model is None or x is None:
        return None
    return run_float(deployment.model, x[:n_samples], advance)


def _drift(
    deployment: Deployment,
    stimulus: Stimulus,
    reference: Recording,
    floats: FloatRun | None,
    overflows: Mapping[str, Overflows],
) -> tuple[LayerDrift, ...]:
    if deployment.model is None or floats is None:
        return ()
    evidence = Evidence(
        program=deployment.program, stimulus=stimulus, reference=reference, other=reference
    )
    return drift_of(deployment, deployment.model, evidence, floats, overflows)


def _accuracy(
    labels: NDArray[np.int64] | None,
    reference: Recording,
    others: Sequence[Recording],
    floats: FloatRun | None,
) -> dict[str, float]:
    if labels is None:
        return {}
    found = {} if floats is None else {"float": float(np.mean(floats.predictions() == labels))}
    for recording in (reference, *others):
        predictions = recording.predictions()
        if predictions is not None:
            found[recording.name] = float(np.mean(predictions == labels))
    return found
