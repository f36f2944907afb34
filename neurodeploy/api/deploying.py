"""From a network to its integers, what they cost, and whether they may pass."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.exits.goal import AccuracyDrop, MeanSteps
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions
from neurodeploy.regression import Budget, Verdict
from neurodeploy.report import json_file
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy.terms import Reset
from neurodeploy.toolchain import exiting
from neurodeploy.toolchain.exiting import ExitOptions
from neurodeploy.verification import Verification

if TYPE_CHECKING:
    pass


def load(
    path: str | Path,
    *,
    dt_s: float | None = None,
    reset: Reset | None = None,
    if_gain: Literal["spec", "unit"] | None = None,
) -> Model:
    """Read a `.nir` file; what was assumed stands in the model's `history`."""
    conventions = Conventions(dt_s=dt_s, reset=reset, if_gain=if_gain)
    return toolchain.load_model(Path(path), conventions)[0]


def compile(  # noqa: A001  # the verb of every compiler
    model: Model,
    *,
    target: str = "cpu-emu",
    chip: str | None = None,
    input_coding: InputCoding | None = None,
    input_range: tuple[float, float] | None = None,
    weight_bits: int | None = None,
) -> Deployment:
    """Return `model` in integers, placed on a chip; see `toolchain.compile_network`."""
    options = toolchain.CompileOptions(
        chip=chip, coding=input_coding, input_range=input_range, weight_bits=weight_bits
    )
    return toolchain.compile_network(model, target, options)


def save(deployment: Deployment, folder: str | Path) -> None:
    """Write `deployment` as a folder."""
    toolchain.save(deployment, Path(folder))


def load_deployment(folder: str | Path) -> Deployment:
    """Read the folder that `save` wrote."""
    return toolchain.load_deployment(Path(folder))


def run(deployment: Deployment, x: NDArray[Any], *, encoding: Encoding | None = None) -> Run:
    """Run `deployment` on `x` (sample, step, *shape), or (sample, *shape) with an encoding."""
    return toolchain.run(deployment, _stimulus(deployment, x, None, encoding))


def profile(
    deployment: Deployment,
    x: NDArray[Any],
    labels: NDArray[Any] | None = None,
    *,
    encoding: Encoding | None = None,
    options: RunOptions | None = None,
) -> Report:
    """Run `deployment` on `x` as `run` does, and return what it did and cost."""
    stimulus = _stimulus(deployment, x, labels, encoding)
    return toolchain.profile(
        deployment,
        stimulus,
        options,
        neurobench_samples=toolchain.default_samples(deployment, stimulus),
        given=(samples_of(x, labels, "x"), encoding),
    )


def read_report(path: str | Path) -> Report:
    """Read a ``report.json``, or the one in the folder `path`."""
    return json_file.read_report(Path(path))


def verify(
    deployment: Deployment,
    x: NDArray[Any],
    labels: NDArray[Any] | None = None,
    *,
    encoding: Encoding | None = None,
    against: tuple[str, ...] | None = None,
    n_samples: int = 5,
) -> Verification:
    """Compare float model, reference and targets on the first samples of `x`; see `profile`.

    Parameters
    ----------
    against : names of targets; None is every healthy one that is installed.
    """
    options = toolchain.VerifyOptions(against=against, n_samples=n_samples)
    return toolchain.verify(deployment, samples_of(x, labels, "x"), encoding, options)


def check(
    report: Report | str | Path,
    budget: Budget | str | Path | None = None,
    baseline: Report | str | Path | None = None,
    *,
    fail_on: tuple[str, ...] = (),
    allow_different_stimulus: bool = False,
) -> Verdict:
    """Hold `report` against a budget and an earlier report; ``verdict.passed`` is the answer.

    Reports and budgets are taken as nouns or as the paths of their files. `fail_on` has rules such
    as ``energy_total_j=+2%``; without any, no figure may worsen; see `toolchain.check`.
    """
    return toolchain.check(
        Path(report) if isinstance(report, str) else report,
        Path(budget) if isinstance(budget, str) else budget,
        Path(baseline) if isinstance(baseline, str) else baseline,
        fail_on,
        allow_different_stimulus=allow_different_stimulus,
    )


def calibrate_exit(
    deployment: Deployment,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    target_accuracy_drop: float | None = None,
    target_steps: float | None = None,
    confidence: float = 0.9,
    encoding: Encoding | None = None,
    options: ExitOptions | None = None,
) -> Deployment:
    """Return `deployment` with an exit policy that `x` and `labels` chose; give one target.

    Parameters
    ----------
    target_accuracy_drop : points of accuracy that may be lost, to be sure with `confidence`.
    target_steps : informative steps that may be taken, mean over samples.

    Raises
    ------
    InputError
        If not one target is given (ND2882), or data or options cannot be used (ND2880, ND2881).
    GateFailed
        If no threshold meets the target (ND1801).
    """
    data = exiting.ExitData(samples=samples_of(x, labels, "x"), encoding=encoding)
    goal: AccuracyDrop | MeanSteps
    if target_accuracy_drop is not None and target_steps is None:
        goal = AccuracyDrop(points=target_accuracy_drop, confidence=confidence)
    elif target_steps is not None and target_accuracy_drop is None:
        goal = MeanSteps(steps=target_steps)
    else:
        raise InputError("ND2882", "give target_accuracy_drop or target_steps, one of the two")
    return exiting.calibrate_exit(deployment, data, goal, options)[0]


def _stimulus(
    deployment: Deployment,
    x: NDArray[Any],
    labels: NDArray[Any] | None,
    encoding: Encoding | None,
) -> Stimulus:
    return toolchain.stimulus_of(deployment, samples_of(x, labels, "x"), encoding)
