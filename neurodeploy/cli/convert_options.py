"""Options of `convert`, and what they mean to a conversion."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.methods.conversion import ConversionOptions, MaxPool

Robust = Annotated[
    bool,
    typer.Option(
        "--robust",
        help="For `harden`: the rule robust over 100 steps, hard reset, BatchNorm measured and put "
        "back, its statistics taken over --steps; 704 calibration samples.",
    ),
]
RuleName = Annotated[
    str | None,
    typer.Option(
        "--rule",
        help="What thresholds are taken from: max or percentile of the activations, or robust, a "
        "percentile of the current over the steps; else percentile.",
    ),
]
Percentile = Annotated[
    float | None,
    typer.Option("--percentile", help="Of that rule; else 99.9, of robust 99.7."),
]
ScaleBy = Annotated[
    float | None,
    typer.Option("--scale", help="What every threshold is multiplied by; else 1, of robust 0.3."),
]
ResetName = Annotated[
    str | None,
    typer.Option("--reset", help="subtract (soft, else) or zero (hard; finetune deep networks)."),
]
FirstVoltage = Annotated[
    float | None,
    typer.Option("--v0", help="Initial voltage over the threshold; else 0.5, with zero 0."),
]
MaxPoolRule = Annotated[
    str,
    typer.Option(
        "--maxpool",
        help="Maximum pools: differences (layers that compute them pair by pair), or (spikes where "
        "any input does), rate-gated (in floats alone), average (another function) or refuse.",
    ),
]
Used = Annotated[
    int | None,
    typer.Option("--samples", min=1, help="Calibration samples to draw; else all of --data."),
]
Choose = Annotated[
    bool,
    typer.Option(
        "--choose",
        help="Choose the percentile after --steps on half of the labelled data, and calibrate on "
        "the other half.",
    ),
]
Mean = Annotated[
    str | None,
    typer.Option(
        "--mean", help="Folded normalisation: one number, or one a channel, comma between."
    ),
]
Deviation = Annotated[
    str | None, typer.Option("--std", help="What values are divided by after --mean is taken off.")
]
Levels = Annotated[
    int | None,
    typer.Option(
        "--levels",
        min=1,
        help="Put staircases of so many levels for the ReLU before converting; finetune them.",
    ),
]
Finetune = Annotated[
    int | None,
    typer.Option(
        "--finetune",
        min=1,
        help="Epochs of finetuning on labelled data, the artificial network as teacher: of the "
        "spiking network, or with --levels of the staircases.",
    ),
]
Rate = Annotated[float, typer.Option("--learning-rate", help="Of --finetune, its highest.")]
Diagnosed = Annotated[
    int, typer.Option("--diagnose", min=0, help="Samples that show what each layer lost; 0: none.")
]
DiagnosedOn = Annotated[
    str | None,
    typer.Option("--chip", help="Also diagnose the integers of this chip, on 10 of the samples."),
]
TestData = Annotated[
    Path | None,
    typer.Option(
        "--test", help="Labelled samples on which the artificial network is measured: .npz, x, y."
    ),
]
Page = Annotated[
    Path | None, typer.Option("--html", help="Write the diagnosis as a page of plots.")
]


def numbers(text: str, option: str) -> tuple[float, ...]:
    """Return the numbers in `text`, comma between."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            "ND2601", f"{option} is {text!r}, expected numbers with commas between"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was given on the command line."""

    robust: bool
    rule: str | None
    percentile: float | None
    scale: float | None
    steps: int
    reset: str | None
    v0: float | None
    maxpool: str
    samples: int | None
    seed: int
    dt: float | None


def conversion_options(chosen: Chosen) -> "ConversionOptions":
    """Return how to convert."""
    from neurodeploy.methods.conversion import ConversionOptions, MaxPool, Rule
    from neurodeploy.methods.conversion.options import RESETS
    from neurodeploy.terms import Reset

    rule, reset = chosen.rule or Rule.PERCENTILE.value, chosen.reset or Reset.SUBTRACT.value
    problems = [
        *unknown("--rule", rule, Rule),
        *unknown("--reset", reset, RESETS),
        *unknown("--maxpool", chosen.maxpool, MaxPool),
    ]
    if chosen.robust and (chosen.rule or chosen.reset):
        problems.append("--robust is --rule robust --reset zero; leave --rule and --reset out")
    if problems:
        raise InputError("ND2601", *problems)
    if chosen.robust:
        return _robust(chosen, MaxPool(chosen.maxpool))
    return ConversionOptions(
        rule=Rule(rule),
        percentile=chosen.percentile,
        scale=chosen.scale,
        n_steps=chosen.steps,
        reset=Reset(reset),
        v0=chosen.v0,
        maxpool=MaxPool(chosen.maxpool),
        n_samples=chosen.samples,
        seed=chosen.seed,
        dt_s=1e-3 if chosen.dt is None else chosen.dt,
    )


def _robust(chosen: Chosen, maxpool: "MaxPool") -> "ConversionOptions":
    """Return what `--robust` stands for; what is left open is the published code's."""
    from neurodeploy.methods.robust.conversion import DEFAULTS

    return replace(
        DEFAULTS,
        percentile=chosen.percentile,
        scale=chosen.scale,
        v0=chosen.v0,
        maxpool=maxpool,
        n_samples=DEFAULTS.n_samples if chosen.samples is None else chosen.samples,
        seed=chosen.seed,
        dt_s=DEFAULTS.dt_s if chosen.dt is None else chosen.dt,
    )
