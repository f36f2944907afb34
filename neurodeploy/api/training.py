"""Networks to better networks: every verb takes a Model and gives one. Needs the extra `train`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from neurodeploy import toolchain
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.model import Model
from neurodeploy.regression import Budget

if TYPE_CHECKING:
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.learning.train import Trained
    from neurodeploy.methods.compression import Compressed, CompressOptions
    from neurodeploy.methods.conversion import Conversion, ConversionOptions
    from neurodeploy.methods.private import Protected, ProtectOptions
    from neurodeploy.methods.robust.harden import Hardened, HardenOptions


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
