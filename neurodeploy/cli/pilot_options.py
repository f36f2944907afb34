"""Options of `pilot`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli.allowed import refuse_unknown

if TYPE_CHECKING:
    from neurodeploy.pilot.given import Introduction

Network = Annotated[
    Path,
    typer.Argument(help="An artificial network (.onnx or its folder), or a spiking one (.nir)."),
]
Validation = Annotated[
    Path,
    typer.Option(
        "--data", help="Labelled samples that choose thresholds, percentile and exit: .npz, x, y."
    ),
]
TestData = Annotated[
    Path, typer.Option("--test", help="Labelled samples that choose nothing: they are measured.")
]
Out = Annotated[
    Path, typer.Option("--output", "-o", help="Folder for everything; an earlier one goes on.")
]
BudgetFile = Annotated[Path | None, typer.Option("--budget", "-b", help="Limits: a budget.toml.")]
HowFar = Annotated[
    str,
    typer.Option(
        "--stage",
        help="How far a team goes at first: converted, or trained (also on --train data).",
    ),
]
TrainData = Annotated[
    Path | None, typer.Option("--train", help="Labelled samples of --stage trained: .npz, x, y.")
]
Epochs = Annotated[int, typer.Option("--epochs", min=1, help="Of --stage trained.")]
Rate = Annotated[
    float | None, typer.Option("--learning-rate", help="Of --stage trained; else that of `train`.")
]
MaxPool = Annotated[str, typer.Option("--maxpool", help="Maximum pools; see `convert`.")]
Calibrated = Annotated[
    int,
    typer.Option(
        "--calibration", min=2, help="Samples of --data that balance and choose thresholds."
    ),
]
Scaled = Annotated[
    int, typer.Option("--scaled", min=1, help="Samples of --data that scale the integers.")
]
Drop = Annotated[
    float,
    typer.Option("--target-accuracy-drop", help="Points of accuracy that an early exit may lose."),
]
Against = Annotated[
    list[str] | None,
    typer.Option("--against", help="Target to verify beside --target. Repeatable."),
]
Verified = Annotated[
    int, typer.Option("--verify-samples", min=1, help="Test samples to compare step by step.")
]
Protocol = Annotated[
    str, typer.Option("--protocol", help="Of the attacks: a name, or a .toml file; see `attack`.")
]
Attacked = Annotated[int, typer.Option("--attack-samples", min=1, help="Test samples to attack.")]
Judge = Annotated[
    Path | None,
    typer.Option("--judge", help="Independent artificial network, for the leak audit; see `leak`."),
]
Public = Annotated[
    Path | None, typer.Option("--public", help="Samples that attackers own, for the leak audit.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="Use only the first N samples of each file.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")]
Force = Annotated[
    bool, typer.Option("--force", help="Do every stage again, whatever is there already.")
]


def introduction(name: str) -> "Introduction":
    """Return how far a team goes at first."""
    from neurodeploy.pilot.given import Introduction

    refuse_unknown("--stage", name, Introduction)
    return Introduction(name)
