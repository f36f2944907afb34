"""Deployments to verifications: float model, reference and targets side by side."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.storage.atomic import new_file
from neurodeploy.target import Target
from neurodeploy.target.registry import find_target, healthy_targets
from neurodeploy.verification import N_SAMPLES, Verification, read_recording
from neurodeploy.verification import verify as verify_runs
from neurodeploy.verification.page import page


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """What to compare with the reference.

    Parameters
    ----------
    against : names of targets; None is every healthy one that is installed.
    traces : recordings of other machines.
    """

    against: tuple[str, ...] | None = None
    n_samples: int = N_SAMPLES
    traces: tuple[Path, ...] = ()


def verify(
    deployment: Deployment,
    samples: Samples,
    encoding: Encoding | None = None,
    options: VerifyOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run samples on everything that is at hand, and say where the runs part.

    Raises
    ------
    TargetUnavailable
        If a target that was named is not installed or not healthy (ND4001, ND4002).
    """
    options = options or VerifyOptions()
    targets, complaints = _targets(options.against)
    few = samples.taken(np.arange(min(options.n_samples, samples.n_samples)))
    model, x_float = deployment.model, None
    if model is not None:
        x_float, _ = series_of(few, model.inputs[0].shape, encoding)
    program = deployment.program
    found = verify_runs(
        deployment,
        stimulus_for(deployment, few, encoding),
        x_float,
        targets,
        options.n_samples,
        foreign=[read_recording(path, program, options.n_samples) for path in options.traces],
        on_progress=on_progress,
    )
    return replace(
        found,
        n_samples_given=samples.n_samples,
        skipped={**complaints, **found.skipped},
    )


def write_verification(
    deployment: Deployment, found: Verification, path: Path, layer: str | None = None
) -> None:
    """Write the page of `found`, with the rasters of `layer` or of the first that differs.

    Raises
    ------
    InputError
        If the program has no such layer (ND2607).
    """
    text = page(deployment, found, layer)
    with new_file(path) as temporary:
        temporary.write_text(text)


def _targets(names: tuple[str, ...] | None) -> tuple[tuple[Target, ...], dict[str, str]]:
    if names is None:
        return healthy_targets()
    return tuple(find_target(name) for name in dict.fromkeys(names)), {}
