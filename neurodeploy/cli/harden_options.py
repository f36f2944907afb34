"""Options of `harden`, and what they mean to the finetuning."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.methods.robust.adversarial import Adversarial
    from neurodeploy.methods.robust.harden import HardenOptions

LossName = Annotated[
    str,
    typer.Option(
        "--loss",
        help="ce+kl: cross entropy of the samples, and the distance of the answers to them and to "
        "the moved ones. ce: of the moved ones. mart: misclassification aware. clean: no attack.",
    ),
]
AttackName = Annotated[
    str,
    typer.Option("--attack", help="rfgsm (one step from a random corner) or pgd."),
]
AimName = Annotated[
    str,
    typer.Option(
        "--aim",
        help="What the attack makes large: answer (its distance to the clean one) or labels "
        "(their cross entropy).",
    ),
]
Epochs = Annotated[int, typer.Option("--epochs", min=1, help="Times the data is gone through.")]
Rate = Annotated[
    float, typer.Option("--learning-rate", help="At the start; it falls as a cosine to 0.")
]
Decay = Annotated[
    float, typer.Option("--weight-decay", help="Pull of weights and thresholds towards 0.")
]
Weights = Annotated[
    bool, typer.Option("--train-weights/--no-train-weights", help="Train the weights.")
]
Thresholds = Annotated[
    bool,
    typer.Option(
        "--train-thresholds/--no-train-thresholds", help="Train one factor a layer's thresholds."
    ),
]
Floor = Annotated[
    float, typer.Option("--least-threshold", min=0.0, help="What a trained threshold keeps.")
]
BatchNorm = Annotated[
    bool,
    typer.Option(
        "--batchnorm/--no-batchnorm",
        help="Put BatchNorm in with what it measures, train it, fold it afterwards.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was given on the command line."""

    eps: float | None
    loss: str
    attack: str
    aim: str
    attack_steps: int | None
    beta: float | None
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    weights: bool
    thresholds: bool
    least_threshold: float
    batchnorm: bool
    seed: int
    device: str


def harden_options(chosen: Chosen) -> "HardenOptions":
    """Return how to harden.

    Raises
    ------
    InputError
        If an option has a value it cannot have, or is for another (ND2601, ND2801).
    """
    from neurodeploy.cli.train_options import device_of
    from neurodeploy.methods.robust.harden import HardenOptions

    return HardenOptions(
        objective=_objective(chosen),
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        weight_decay=chosen.weight_decay,
        weights=chosen.weights,
        thresholds=chosen.thresholds,
        least_threshold=chosen.least_threshold,
        batchnorm=chosen.batchnorm,
        seed=chosen.seed,
        device=device_of(chosen.device),
    )


def _objective(chosen: Chosen) -> "Adversarial":
    from neurodeploy.methods.robust.adversarial import Adversarial, RobustLoss
    from neurodeploy.methods.robust.adversary import Adversary, Aim, Steps

    problems = [
        *unknown("--loss", chosen.loss, (*RobustLoss, "clean")),
        *unknown("--attack", chosen.attack, Steps),
        *unknown("--aim", chosen.aim, Aim),
        *unknown("--device", chosen.device, ("auto", "cpu", "cuda")),
        *_useless(chosen),
    ]
    if problems:
        raise InputError("ND2601", *problems)
    if chosen.loss == "clean":
        return Adversarial(adversary=None)
    assert chosen.eps is not None  # `_useless` has seen to it
    adversary = Adversary(
        eps=chosen.eps,
        steps=Steps(chosen.attack),
        aim=Aim(chosen.aim),
        n_steps=10 if chosen.attack_steps is None else chosen.attack_steps,
    )
    own = 4.0 if chosen.loss == "mart" else 2.0
    beta = own if chosen.beta is None else chosen.beta
    return Adversarial(adversary=adversary, loss=RobustLoss(chosen.loss), beta=beta)


def _useless(chosen: Chosen) -> list[str]:
    attacked = chosen.loss != "clean"
    rules = {
        "--eps is missing: how far a value may be moved, for example --eps 0.04": (
            attacked and chosen.eps is None
        ),
        "--eps is for a loss under attack; leave it out with --loss clean": (
            not attacked and chosen.eps is not None
        ),
        "--attack-steps is for --attack pgd": (
            chosen.attack == "rfgsm" and chosen.attack_steps is not None
        ),
        "--beta is for --loss ce+kl and mart": (
            chosen.loss not in ("ce+kl", "mart") and chosen.beta is not None
        ),
    }
    return [problem for problem, broken in rules.items() if broken]
