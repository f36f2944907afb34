"""The verbs for Python: files and arrays in, nouns out."""

from collections.abc import Mapping
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
    from neurodeploy.audits.attacks.evaluate import Evaluation
    from neurodeploy.audits.attacks.protocol import Protocol
    from neurodeploy.audits.leak import LeakOptions, LeakReport
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.learning.train import Trained
    from neurodeploy.methods.compression import Compressed, CompressOptions
    from neurodeploy.methods.conversion import Conversion, ConversionOptions
    from neurodeploy.methods.private import Protected, ProtectOptions
    from neurodeploy.methods.robust.harden import Hardened, HardenOptions


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


def train(
    model: Model,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    encoding: Encoding | None = None,
    options: "TrainOptions | None" = None,
    validation: float = 0.1,
    teacher: Model | None = None,
    checkpoint: str | Path | None = None,
) -> "Trained":
    """Train `model` on `x`, as `run` takes it; see `learning.train`.

    Parameters
    ----------
    validation : share of the samples that is set aside and chooses the epoch.
    checkpoint : file that is written after every epoch, and gone on from where it exists.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.learning.data import split
        from neurodeploy.learning.options import TrainOptions
        from neurodeploy.learning.train import train as run_training
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = options or TrainOptions()
    parts = split(samples_of(x, labels, "x"), encoding, validation, chosen.seed)
    path = None if checkpoint is None else Path(checkpoint)
    return run_training(model, parts, chosen, teacher=teacher, checkpoint=path)


def convert(
    ann: Model,
    x: NDArray[Any],
    options: "ConversionOptions | None" = None,
) -> "Conversion":
    """Return the artificial network `ann` as a spiking one; see `methods.conversion.convert`.

    Parameters
    ----------
    x : calibration samples (sample, *shape of the input); each is shown in every step.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.methods.conversion import convert as run_conversion
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    return run_conversion(ann, samples_of(x, None, "x"), options)


def harden(
    model: Model,
    x: NDArray[Any],
    labels: NDArray[Any],
    options: "HardenOptions",
    *,
    encoding: Encoding | None = None,
    validation: float = 0.1,
    checkpoint: str | Path | None = None,
) -> "Hardened":
    """Finetune a spiking `model` against perturbed samples; see `methods.robust.harden`.

    Parameters
    ----------
    validation, checkpoint : as `train`.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.learning.data import split
        from neurodeploy.methods.robust.harden import harden as run_hardening
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    parts = split(samples_of(x, labels, "x"), encoding, validation, options.seed)
    path = None if checkpoint is None else Path(checkpoint)
    return run_hardening(model, parts, options, checkpoint=path)


def attack(
    attacked: Model | Deployment,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    encoding: Encoding | None = None,
    protocol: "Protocol | str | Path" = "ensemble",
    others: Mapping[str, Model] | None = None,
) -> "Evaluation":
    """Carry `protocol` out on a network, or on a deployment's network and its integers.

    Parameters
    ----------
    protocol : one, the name of one that ships, or the path of a .toml file.
    others : networks for black-box attacks, by name.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.audits.attacks.deployed import evaluate_deployment
        from neurodeploy.audits.attacks.evaluate import evaluate
        from neurodeploy.audits.attacks.protocol_file import read_protocol
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = read_protocol(protocol) if isinstance(protocol, str | Path) else protocol
    samples = samples_of(x, labels, "x")
    if isinstance(attacked, Deployment):
        return evaluate_deployment(attacked, samples, encoding, chosen, others=others)
    return evaluate(attacked, samples, encoding, chosen, others=others)


def compress(
    model: Model,
    x: NDArray[Any],
    labels: NDArray[Any],
    budget: Budget | str | Path,
    *,
    encoding: Encoding | None = None,
    options: "CompressOptions | None" = None,
    validation: float = 0.1,
    target: str = "cpu-emu",
    chip: str | None = None,
    input_coding: InputCoding | None = None,
    n_measured: int = 500,
    n_calibration: int = 0,
) -> "Compressed":
    """Remove weights or channels of `model` until `budget` is met; see `methods.compression`.

    ``compressed.is_met`` says whether it was; else it is the closest that was reached.

    Parameters
    ----------
    budget : a budget, or the path of a ``budget.toml``.
    validation : as `train`.
    n_measured : samples of the validation part on which the deployment is run.
    n_calibration : training samples whose largest states scale the integers; 0 is the worst case.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.learning.data import split
        from neurodeploy.methods.compression import CompressOptions, Work, bench_for
        from neurodeploy.methods.compression import compress as run_compression
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = options or CompressOptions()
    limits = budget if isinstance(budget, Budget) else toolchain.read_budget(Path(budget))
    parts = split(samples_of(x, labels, "x"), encoding, validation, chosen.train.seed)
    compiled = toolchain.CompileOptions(chip=chip or limits.chip, coding=input_coding)
    bench = bench_for(parts, limits, target, compiled, n_measured, n_calibration)
    return run_compression(model, Work(parts=parts, options=chosen), limits, bench)


def protect(model: Model, teacher: Model, options: "ProtectOptions | None" = None) -> "Protected":
    """Retrain a spiking `model` on samples made from its `teacher`; see `methods.private.protect`.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.methods.private import ProtectOptions
        from neurodeploy.methods.private import protect as run_protection
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    return run_protection(model, teacher, options or ProtectOptions())


def leak(
    model: Model,
    judge: Model,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    public: tuple[NDArray[Any], NDArray[Any]] | None = None,
    members: tuple[NDArray[Any], NDArray[Any]] | None = None,
    options: "LeakOptions | None" = None,
) -> "LeakReport":
    """Attack a released `model` and let `judge` say what was recovered; see `audits.leak.audit`.

    Parameters
    ----------
    public, members : values and labels; without `public` only attacks that need none are made.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.audits.leak import LeakOptions, attacks_with, audit
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = options or LeakOptions(attacks=attacks_with(public is not None))
    return audit(
        model,
        judge,
        samples_of(x, labels, "x"),
        chosen,
        public=None if public is None else samples_of(*public, "public"),
        members=None if members is None else samples_of(*members, "members"),
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
