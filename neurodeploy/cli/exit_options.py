"""Options of `exit`, and what they mean to the calibration."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import policy_network_text
from neurodeploy.cli.allowed import unknown
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.exits.disturb import Disturbance
    from neurodeploy.exits.goal import Goal
    from neurodeploy.methods.early_exit import PolicyOptions
    from neurodeploy.toolchain.exiting import ExitOptions

Validation = Annotated[
    Path | None,
    typer.Option("--data", help="Validation samples with labels, in the form of `profile`."),
]
AccuracyDropPoints = Annotated[
    float | None,
    typer.Option(
        "--target-accuracy-drop",
        help="Stop as early as this loses at most so many points of accuracy.",
    ),
]
TargetSteps = Annotated[
    float | None,
    typer.Option(
        "--target-steps", help="Be as accurate as so many steps allow, mean over samples."
    ),
]
Sweep = Annotated[
    bool,
    typer.Option("--sweep", help="Show what every rule gives over its threshold."),
]
Confidence = Annotated[
    float,
    typer.Option(
        "--confidence",
        help="How sure the drop is to hold on other samples, 0.5 to below 1; 0: as seen.",
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", help="margin, confidence or entropy; else all. Repeatable."),
]
Scores = Annotated[
    list[str] | None,
    typer.Option("--score", help="sum or mean over the steps so far; else both. Repeatable."),
]
Temperatures = Annotated[
    list[float] | None,
    typer.Option("--temperature", help="Of the softmax; else 1. Repeatable."),
]
MinSteps = Annotated[
    int, typer.Option("--min-steps", min=1, help="Informative steps before the first check.")
]
MaxSteps = Annotated[
    int | None, typer.Option("--max-steps", min=1, help="Informative steps at most.")
]
Period = Annotated[int, typer.Option("--period", min=1, help="Steps from one check to the next.")]
CheckOn = Annotated[
    str | None,
    typer.Option(
        "--check-on",
        help="chip (margin only), management or host; else the chip for margins, and the host.",
    ),
]
PolicyNetwork = Annotated[
    bool,
    typer.Option(
        "--policy-network",
        help="Train a network on --data that looks at the input and says how many steps.",
    ),
]
Betas = Annotated[
    list[float] | None,
    typer.Option(
        "--beta",
        help="What a wrong answer costs a policy network; one is trained for each. Repeatable.",
    ),
]
Epochs = Annotated[int, typer.Option("--epochs", min=1, help="Of a policy network's training.")]
SeenSteps = Annotated[
    int, typer.Option("--seen-steps", min=1, help="Steps that a policy network looks at.")
]
ValidationShare = Annotated[
    float,
    typer.Option("--validation", help="Share of --data that chooses among policy networks."),
]
Noise = Annotated[
    list[float] | None,
    typer.Option(
        "--noise",
        help="Also with noise: of values, its deviation as a share of the input's range; of "
        "events, the share that is lost and as many made up. Repeatable.",
    ),
]
Shift = Annotated[
    list[int] | None,
    typer.Option("--shift", help="Also with the image shifted so many pixels. Repeatable."),
]
Explain = Annotated[
    int | None,
    typer.Option("--explain", min=0, help="Say why this sample stops where it does, from 0."),
]
Stream = Annotated[
    int | None,
    typer.Option(
        "--stream", min=1, help="Say what so many samples cost that overlap in the layers."
    ),
]
Remove = Annotated[bool, typer.Option("--remove", help="Take the policy out of the deployment.")]
Out = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Folder for the deployment with it; else BUILD itself."),
]
Plot = Annotated[
    Path | None,
    typer.Option("--html", "--plot", help="Write curves and histogram as one HTML page."),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Of --encode rate, --noise and --policy-network.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Threads; else one a processor.")
]


def goal_of(drop: float | None, steps: float | None, confidence: float) -> "Goal | None":
    """Return what is to be kept to, or None where nothing was said."""
    from neurodeploy.exits.goal import AccuracyDrop, MeanSteps

    if drop is not None and steps is not None:
        raise InputError(
            "ND2601", "--target-accuracy-drop and --target-steps: give one, the other follows"
        )
    if drop is not None:
        return AccuracyDrop(points=drop, confidence=confidence)
    return None if steps is None else MeanSteps(steps=steps)


def disturbances(noise: list[float], shift: list[int]) -> "tuple[Disturbance, ...]":
    """Return what harder samples are made by."""
    from neurodeploy.exits.disturb import Disturbance

    return (
        *(Disturbance(noise=level) for level in noise),
        *(Disturbance(shift=pixels) for pixels in shift),
    )


def exit_options(
    rules: list[str] | None,
    scores: list[str] | None,
    temperatures: list[float] | None,
    min_steps: int,
    max_steps: int | None,
    period: int,
    check_on: str | None,
    seed: int,
    workers: int | None,
) -> "ExitOptions":
    """Return which rules are tried, and where they are checked."""
    from neurodeploy.terms import CheckedAt, ExitScore
    from neurodeploy.toolchain import exiting

    base = exiting.ExitOptions()
    problems = [
        *unknown("--rule", rules, exiting.RULES),
        *unknown("--score", scores, ExitScore),
        *unknown("--check-on", check_on, CheckedAt),
    ]
    problems += [
        f"--temperature is {value:g}; it is above 0" for value in temperatures or () if value <= 0
    ]
    if problems:
        raise InputError("ND2601", *problems)
    return exiting.ExitOptions(
        rules=tuple(r for r in exiting.RULES if rules is None or r in rules) or base.rules,
        scores=tuple(s for s in ExitScore if scores is None or s in scores) or base.scores,
        temperatures=tuple(temperatures or base.temperatures),
        min_steps=min_steps,
        max_steps=max_steps,
        period_steps=period,
        where=None if check_on is None else CheckedAt(check_on),
        seed=seed,
        workers=workers,
    )


def network_options(
    betas: list[float] | None,
    epochs: int,
    seen_steps: int,
    validation: float,
    check_on: str | None,
    seed: int,
    workers: int | None,
) -> "PolicyOptions":
    """Return how policy networks are trained; needs the extra `train`."""
    policy_network_text.check_installed()
    from neurodeploy.methods.early_exit import PolicyOptions
    from neurodeploy.terms import CheckedAt

    problems = unknown("--check-on", check_on, CheckedAt)
    if problems:
        raise InputError("ND2601", *problems)
    base = PolicyOptions()
    return PolicyOptions(
        betas=tuple(betas) if betas else base.betas,
        n_seen_steps=seen_steps,
        epochs=epochs,
        validation=validation,
        where=base.where if check_on is None else CheckedAt(check_on),
        seed=seed,
        workers=workers,
    )
