"""Options of `train`, and what they mean to the training loop."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options
from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.learning.losses import Kind
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.model import Model

DataOrFunction = Annotated[
    str,
    typer.Option(
        "--data",
        help="Labelled data: a file as for `run`, or package.module:function, which gives arrays "
        "(x, y) or a dataset of (value, label).",
    ),
]
MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        help="bptt (surrogates through time), tet (the same, a loss each step) or dsr (the "
        "gradient of the spike rates).",
    ),
]
Epochs = Annotated[int, typer.Option("--epochs", min=1, help="Times the data is gone through.")]
BatchSize = Annotated[int, typer.Option("--batch-size", min=1, help="Samples a step.")]
Rate = Annotated[
    float | None,
    typer.Option(
        "--learning-rate",
        help="Its highest; it rises, then falls as a cosine. Else 0.1, or 0.001 for adamw.",
    ),
]
OptimiserName = Annotated[str, typer.Option("--optimiser", help="sgd or adamw.")]
Decay = Annotated[float, typer.Option("--weight-decay", help="Pull of all weights towards 0.")]
Share = Annotated[
    float | None,
    typer.Option("--validation", help="Share of --data set aside to choose the epoch; else 0.1."),
]
ValidationData = Annotated[
    str | None, typer.Option("--validation-data", help="Data to choose the epoch with, as --data.")
]
LossName = Annotated[
    str | None,
    typer.Option(
        "--loss",
        help="Cross entropy of the readout (default), of the mean over steps, or tet: of each "
        "step, the default of --method tet.",
    ),
]
BatchNorm = Annotated[
    bool, typer.Option("--batchnorm", help="Normalise while training; folded into the weights.")
]
Percentile = Annotated[
    float | None,
    typer.Option(
        "--threshold-percentile",
        help="Start thresholds at this percentile of what arrives, e.g. 99; else as they are.",
    ),
]
Alpha = Annotated[
    float, typer.Option("--alpha", help="Of dsr: share of the threshold at which neurons fire.")
]
Thresholds = Annotated[
    bool, typer.Option("--train-thresholds", help="Train one factor of each layer's thresholds.")
]
Leaks = Annotated[bool, typer.Option("--train-leaks", help="Train the leaks.")]
FirstVoltages = Annotated[bool, typer.Option("--train-v0", help="Train the initial voltages.")]
SurrogateName = Annotated[
    str,
    typer.Option(
        "--surrogate",
        help="triangular, exponential, rectangular, straight-through, arctan or fast-sigmoid.",
    ),
]
SurrogateWidth = Annotated[
    float, typer.Option("--surrogate-width", help="In the network's units; see its family.")
]
SynopsWeight = Annotated[
    float,
    typer.Option(
        "--synops-weight",
        help="Loss for the synaptic operations of an inference: 1 is added for as many as the "
        "network needs at the start, times this.",
    ),
]
Teacher = Annotated[
    Path | None, typer.Option("--teacher", help="Network (.nir, .onnx, folder) to learn from.")
]
DistillWeight = Annotated[
    float | None,
    typer.Option("--distill-weight", help="Share of the teacher in the loss, 0 to 1; else 0.5."),
]
Quantised = Annotated[
    bool, typer.Option("--quantised", help="Train in the integers that --chip will compute.")
]
Patience = Annotated[
    int | None,
    typer.Option("--patience", min=1, help="End after so many epochs without a better one."),
]
DeviceName = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]
Mixed = Annotated[
    bool, typer.Option("--mixed-precision", help="bfloat16 in operators; needs --device cuda.")
]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Of torch; equal ones give equal weights.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on from the checkpoint beside the output.")
]

_DEFAULT_RATE = {"sgd": 0.1, "adamw": 1e-3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was given on the command line."""

    method: str
    epochs: int
    batch_size: int
    learning_rate: float | None
    optimiser: str
    weight_decay: float
    seed: int
    loss: str | None
    batchnorm: bool
    threshold_percentile: float | None
    alpha: float
    train_thresholds: bool
    train_leaks: bool
    train_v0: bool
    surrogate: str
    surrogate_width: float
    synops_weight: float
    distill_weight: float | None
    has_teacher: bool
    quantised: bool
    chip: str | None
    weight_bits: int | None
    input_coding: str | None
    patience: int | None
    device: str
    mixed_precision: bool


def train_options(chosen: Chosen, model: "Model") -> "TrainOptions":
    """Return how to train `model`.

    Raises
    ------
    InputError
        If an option has a value it cannot have (ND2601, ND2801), every one of a kind at once.
    """
    from neurodeploy.learning.losses import Loss
    from neurodeploy.learning.options import Method, Optimiser, TrainOptions
    from neurodeploy.learning.twin import Surrogate, Trainable
    from neurodeploy.learning.twin.surrogate import Shape

    problems = [
        *unknown("--method", chosen.method, Method),
        *unknown("--optimiser", chosen.optimiser, Optimiser),
        *unknown("--surrogate", chosen.surrogate, Shape),
        *unknown("--device", chosen.device, ("auto", "cpu", "cuda")),
        *_useless(chosen),
    ]
    if problems:
        raise InputError("ND2601", *problems)
    method, distill = Method(chosen.method), chosen.distill_weight
    if distill is None:
        distill = 0.5 if chosen.has_teacher else 0.0
    plain = TrainOptions(
        method=method,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        optimiser=Optimiser(chosen.optimiser),
        learning_rate=_DEFAULT_RATE[chosen.optimiser]
        if chosen.learning_rate is None
        else chosen.learning_rate,
        weight_decay=chosen.weight_decay,
        seed=chosen.seed,
        loss=Loss(
            kind=_loss(chosen, method is Method.TET),
            synops_weight=chosen.synops_weight,
            distill_weight=distill,
        ),
        surrogate=Surrogate(shape=Shape(chosen.surrogate), width=chosen.surrogate_width),
        trainable=Trainable(
            thresholds=chosen.train_thresholds, leaks=chosen.train_leaks, v0=chosen.train_v0
        ),
        batchnorm=chosen.batchnorm,
        alpha=chosen.alpha,
        threshold_percentile=chosen.threshold_percentile,
        patience=chosen.patience,
        device=device_of(chosen.device, quantised=chosen.quantised),
        mixed_precision=chosen.mixed_precision,
    )
    return _in_integers(plain, chosen, model) if chosen.quantised else plain


def _in_integers(plain: "TrainOptions", chosen: Chosen, model: "Model") -> "TrainOptions":
    from neurodeploy.learning.quantised import formats_for

    coding = options.compile_options(chosen.chip, chosen.input_coding, None).coding
    formats = formats_for(model, chosen.chip or "loihi2", chosen.weight_bits, coding)
    return replace(plain, formats=formats)


def _loss(chosen: Chosen, tet: bool) -> "Kind":
    from neurodeploy.learning.losses import Kind

    name = chosen.loss or (Kind.TET if tet else Kind.READOUT)
    problems = unknown("--loss", name, Kind)
    if problems:
        raise InputError("ND2601", *problems)
    return Kind(name)


def device_of(name: str, *, quantised: bool = False) -> str:
    """Return the device; ``auto`` is CUDA where there is one and the mode can use it."""
    import torch

    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise InputError("ND2601", "--device is cuda, and torch finds none here; leave it out")
    if name == "auto":
        return "cuda" if there and not quantised else "cpu"
    return name


def _useless(chosen: Chosen) -> list[str]:
    """Return which options need another one that was not given."""
    rules = {
        "--chip is for --quantised; `compile --chip` comes later": (
            chosen.chip is not None and not chosen.quantised
        ),
        "--weight-bits is for --quantised": (
            chosen.weight_bits is not None and not chosen.quantised
        ),
        "--input-coding is for --quantised": (
            chosen.input_coding is not None and not chosen.quantised
        ),
        "--distill-weight needs --teacher": (
            chosen.distill_weight is not None and not chosen.has_teacher
        ),
    }
    return [problem for problem, broken in rules.items() if broken]
