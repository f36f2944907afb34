"""Options of `compress`, and what they mean to the method."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.methods.compression import CompressOptions, Method
    from neurodeploy.methods.robust.adversarial import Adversarial

BudgetFile = Annotated[
    Path,
    typer.Option(
        "--budget",
        "-b",
        help="Limits, as `check` reads them, and shares of the network before in "
        '[budget.compression]: connectivity = "10 %", synops_hw = "40 %".',
    ),
]
MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        help="minimax (learned with multipliers, node by node), minimax-once, iterative (global "
        "magnitude), magnitude (in one go), uniform (of each layer) or l1.",
    ),
]
Rivals = Annotated[
    bool,
    typer.Option("--rivals", help="Run every other method too, at equal epochs, and compare."),
]
Epochs = Annotated[int, typer.Option("--epochs", min=1, help="Of all nodes together.")]
Nodes = Annotated[
    str | None,
    typer.Option(
        "--nodes", help="Shares of the weights to stop at and finetune, e.g. 0.3,0.1; else chosen."
    ),
]
StructureName = Annotated[
    str | None,
    typer.Option(
        "--structure",
        help="What is removed at once: weights or channels; else channels where weights would not "
        "do.",
    ),
]
RankingName = Annotated[
    str,
    typer.Option(
        "--ranking", help="share (of a layer, whatever its scale) or magnitude, as published."
    ),
]
DriveName = Annotated[
    str | None,
    typer.Option(
        "--drive", help="What a weight costs while chosen: weights or operations; else chosen."
    ),
]
FirstLayer = Annotated[
    bool, typer.Option("--first-layer", help="Remove weights that read the input, too.")
]
EstimateName = Annotated[
    str | None,
    typer.Option(
        "--estimate", help="low, nominal or high end of modelled figures; else the file's."
    ),
]
Rate = Annotated[float, typer.Option("--learning-rate", help="Its highest at every node.")]
Strength = Annotated[
    float, typer.Option("--l1-strength", help="Of --method l1: pull towards 0, per unit of rate.")
]
Measured = Annotated[
    int,
    typer.Option("--measured", min=1, help="Validation samples on which the deployment is run."),
]

Calibrated = Annotated[
    int,
    typer.Option(
        "--calibrated",
        min=0,
        help="Training samples whose largest states scale the integers; else the worst case does.",
    ),
]

MEASURED_SAMPLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was given on the command line."""

    method: str
    epochs: int
    nodes: str | None
    structure: str | None
    ranking: str
    drive: str | None
    first_layer: bool
    learning_rate: float
    batch_size: int
    weight_decay: float
    loss: str
    strength: float
    seed: int
    objective: "Adversarial | None"


def compress_options(chosen: Chosen) -> "CompressOptions":
    """Return how to compress.

    Raises
    ------
    InputError
        If an option has a value it cannot have (ND2601, ND2801, ND2863).
    """
    from neurodeploy.learning.losses import Kind
    from neurodeploy.methods.compression import CompressOptions, Drive, Method, Ranking, Structure

    problems = [
        *unknown("--method", chosen.method, Method),
        *unknown("--structure", chosen.structure, Structure),
        *unknown("--ranking", chosen.ranking, Ranking),
        *unknown("--drive", chosen.drive, Drive),
        *unknown("--loss", chosen.loss, Kind),
    ]
    nodes = _nodes(chosen.nodes, problems)
    if problems:
        raise InputError("ND2601", *problems)
    return CompressOptions(
        method=Method(chosen.method),
        train=_training(chosen),
        nodes=nodes,
        structure=None if chosen.structure is None else Structure(chosen.structure),
        ranking=Ranking(chosen.ranking),
        drive=None if chosen.drive is None else Drive(chosen.drive),
        first_layer=chosen.first_layer,
        strength=chosen.strength,
    )


def others(method: "Method") -> "tuple[Method, ...]":
    """Return the rivals of a method."""
    from neurodeploy.methods.compression import Method

    return tuple(other for other in Method if other is not method)


def _training(chosen: Chosen) -> "TrainOptions":
    from neurodeploy.learning.losses import Kind, Loss
    from neurodeploy.learning.options import TrainOptions

    return TrainOptions(
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        weight_decay=chosen.weight_decay,
        seed=chosen.seed,
        loss=Loss(kind=Kind(chosen.loss)),
        objective=chosen.objective,
    )


def _nodes(text: str | None, problems: list[str]) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        problems.append(f"--nodes is {text!r}, expected shares with commas, such as 0.3,0.1")
        return None
