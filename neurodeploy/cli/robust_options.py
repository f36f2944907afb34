"""Options of training against perturbed samples, for `train` and `harden`."""

from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.learning.data import Parts
    from neurodeploy.methods.robust.adversarial import Adversarial
    from neurodeploy.model import Model

AdversarialName = Annotated[
    str | None,
    typer.Option(
        "--adversarial",
        help="Train against perturbed samples: pgd (their loss), trades or mart. The epoch kept "
        "is then the best under that attack.",
    ),
]
Eps = Annotated[
    float | None,
    typer.Option(
        "--eps",
        help="How far a value may be moved, as a share of the width of the input's range: 0.04 is "
        "10.2 of 0..255.",
    ),
]
AttackSteps = Annotated[
    int | None, typer.Option("--attack-steps", min=1, help="Gradient steps of PGD; else 10.")
]
Beta = Annotated[
    float | None,
    typer.Option(
        "--beta",
        min=0.0,
        help="Weight of the distance between the answers to a sample and to the moved one.",
    ),
]

BETAS = {"trades": 6.0, "mart": 4.0}
"""As published: Zhang et al. 2019, and Wang et al. 2020 as Özdenizci and Legenstein take it."""


def objective_of(
    name: str | None, eps: float | None, attack_steps: int | None, beta: float | None
) -> "Adversarial | None":
    """Return the objective of `train --adversarial`; None where it was not given.

    Raises
    ------
    InputError
        If an option has a value it cannot have, or is for another (ND2601, ND2801).
    """
    from neurodeploy.methods.robust.adversarial import mart_training, pgd_training, trades_training

    problems = _problems(name, eps, attack_steps, beta)
    if problems:
        raise InputError("ND2601", *problems)
    if name is None:
        return None
    assert eps is not None  # `_problems` has seen to it
    n_steps = 10 if attack_steps is None else attack_steps
    if name == "pgd":
        return pgd_training(eps, n_steps)
    training = trades_training if name == "trades" else mart_training
    return training(eps, n_steps, BETAS[name] if beta is None else beta)


def refuse_without_values(parts: "Parts") -> None:
    """Refuse encoders that make spikes of samples before training could move them (ND2890)."""
    from neurodeploy.methods.robust.harden import without_values

    problems = without_values(parts)
    if problems:
        raise InputError("ND2890", *problems)


def reach(network: "Model", objective: "Adversarial") -> str:
    """Return the line that says how far values are moved, and what the epochs' figures are of."""
    adversary, node = objective.adversary, network.inputs[0]
    if adversary is None:
        return "Samples are not moved."
    radius = adversary.eps * (node.high - node.low)
    return (
        f"Values of {node.low:g}..{node.high:g} are moved by up to {radius:g} (eps "
        f"{adversary.eps:g}); validation is under this attack: {adversary.line}"
    )


def _problems(
    name: str | None, eps: float | None, attack_steps: int | None, beta: float | None
) -> list[str]:
    given = {"--eps": eps, "--attack-steps": attack_steps, "--beta": beta}
    if name is None:
        return [
            f"{option} is for --adversarial" for option, value in given.items() if value is not None
        ]
    rules = {
        "--adversarial needs --eps, for example --eps 0.04": eps is None,
        "--beta is for trades and mart": name == "pgd" and beta is not None,
    }
    useless = [problem for problem, broken in rules.items() if broken]
    return [*unknown("--adversarial", name, ("pgd", "trades", "mart")), *useless]
