"""Options of `protect` and of `convert --data-free`, and what they mean."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from neurodeploy.methods.private.synthesis import SynthesisOptions
    from neurodeploy.methods.private.traps import Steering, Traps

PerClass = Annotated[int, typer.Option("--per-class", min=1, help="Samples to synthesise a class.")]
Iterations = Annotated[
    int, typer.Option("--iterations", min=1, help="Steps of Adam that make a sample.")
]
LabelTemperature = Annotated[
    float,
    typer.Option("--label-temperature", help="What scores are divided by in synthesis."),
]
LeakShare = Annotated[
    float | None,
    typer.Option("--leak", help="Share of the voltage lost a step, e.g. 0.1; else as it is."),
]
NoiseShare = Annotated[
    float,
    typer.Option("--noise", help="Noise on the weights before training, in their deviations."),
]
DistillWeight = Annotated[
    float, typer.Option("--distill-weight", help="m: share of the teacher in the loss, 0 to 1.")
]
Temperature = Annotated[
    float, typer.Option("--temperature", help="tau: what scores are divided by to distil.")
]
TrapWeight = Annotated[
    float, typer.Option("--traps", help="Weight of trap patterns; 0 plants none.")
]
TrapPatterns = Annotated[int, typer.Option("--trap-patterns", min=1, help="Patterns a class.")]
TrapAmplitude = Annotated[
    float, typer.Option("--trap-amplitude", help="Their largest value, of the input's range.")
]
SteerWeight = Annotated[
    float,
    typer.Option("--steer", help="Weight of the penalty on what an attacker in the loop finds."),
]
SteerSteps = Annotated[int, typer.Option("--steer-steps", min=1, help="Steps of that attacker.")]
Disguise = Annotated[
    bool, typer.Option("--disguise", help="Permute, scale and split channels in the end.")
]

Withhold = Annotated[
    Path | None,
    typer.Option(
        "--withhold-readout",
        help="Leave the last layer out of the network and write it to this .npz, which stays with "
        "its owner: a host multiplies counts of spikes by it.",
    ),
]


def synthesis_options(
    per_class: int, iterations: int, temperature: float, seed: int
) -> "SynthesisOptions":
    """Return how samples are made."""
    from neurodeploy.methods.private.synthesis import SynthesisOptions

    return SynthesisOptions(
        n_per_class=per_class, iterations=iterations, temperature=temperature, seed=seed
    )


def traps_of(weight: float, n_patterns: int, amplitude: float, seed: int) -> "Traps | None":
    """Return the traps, None for none."""
    from neurodeploy.methods.private.traps import Traps

    if not weight:
        return None
    return Traps(weight=weight, n_patterns=n_patterns, amplitude=amplitude, seed=seed)


def steering_of(weight: float, n_steps: int) -> "Steering | None":
    """Return the attacker in the loop, None for none."""
    from neurodeploy.methods.private.traps import Steering

    return Steering(weight=weight, n_steps=n_steps) if weight else None
