"""`protect`: retrain a spiking network on samples made from its teacher; no data is read.

Our variant of PrivateSNN's second part (Kim et al., AAAI 2022): the code its authors published has
no training in it, so that every constant here is an option.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning import data
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.options import Optimiser, TrainOptions
from neurodeploy.learning.train import Progress, Trained, train
from neurodeploy.learning.twin import Trainable
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.methods.private.changes import with_leak, with_noise
from neurodeploy.methods.private.objective import Protection
from neurodeploy.methods.private.symmetries import disguised
from neurodeploy.methods.private.synthesis import Progress as Made
from neurodeploy.methods.private.synthesis import (
    Synthesis,
    SynthesisOptions,
    synthesise,
)
from neurodeploy.methods.private.traps import Steering, Traps
from neurodeploy.methods.private.withheld import without_readout
from neurodeploy.model import Model, Spiking

VALIDATION = 0.1
"""Share of the synthetic samples that chooses the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectOptions:
    """Everything that decides what protecting gives.

    Parameters
    ----------
    n_steps : T, for which each sample is shown.
    distill_weight, temperature : m and tau of `Protection`.
    leak : share of the voltage that is lost a step; None leaves the neurons as they are.
    noise : on the weights before training, in deviations of each layer.
    thresholds : whether one factor a layer of the thresholds is trained.
    disguise : whether channels are permuted, scaled and split in the end.
    withhold : whether the readout is taken out of what is released (`without_readout`).
    epochs : 0 trains nothing.
    """

    synthesis: SynthesisOptions = field(default_factory=SynthesisOptions)
    n_steps: int = 20
    epochs: int = 10
    batch_size: int = 100
    learning_rate: float = 5e-4
    weight_decay: float = 0.0
    distill_weight: float = 0.7
    temperature: float = 4.0
    leak: float | None = None
    noise: float = 0.0
    thresholds: bool = False
    surrogate: Surrogate = field(default_factory=Surrogate)
    traps: Traps | None = None
    steering: Steering | None = None
    disguise: bool = False
    withhold: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        rules = {
            f"{self.n_steps} steps, expected at least 1": self.n_steps >= 1,
            f"{self.epochs} epochs, expected at least 0": self.epochs >= 0,
            f"distilled by {self.distill_weight:g}, expected 0 to 1": (
                0 <= self.distill_weight <= 1
            ),
            f"the temperature is {self.temperature:g}, expected above 0": self.temperature > 0,
            f"the leak is {self.leak}, expected above 0 and below 1": (
                self.leak is None or 0 < self.leak < 1
            ),
            f"the noise is {self.noise:g}, expected at least 0": self.noise >= 0,
        }
        problems = [problem for problem, fine in rules.items() if not fine]
        if problems:
            raise InputError("ND2873", *problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Protected:
    """The protected network, what it was trained on, and how training went.

    Parameters
    ----------
    trained : None where nothing was trained.
    key : (class, neuron) the withheld readout, by which counts of spikes become classes.
    """

    model: Model
    key: NDArray[np.float64] | None
    synthesis: Synthesis | None
    trained: Trained | None


def protect(
    model: Model,
    teacher: Model,
    options: ProtectOptions,
    *,
    made: Synthesis | None = None,
    checkpoint: Path | None = None,
    on_sample: Made | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Protected:
    """Return `model` retrained with the temporal spike rule, distilled from `teacher`.

    Parameters
    ----------
    model : a spiking network that takes values repeated in every step.
    teacher : the artificial network it was converted from; all samples come from it.
    made : samples that were synthesised before; None makes them.

    Raises
    ------
    InputError
        If network and teacher do not fit (ND2876), as `synthesise`, or as `train` does.
    """
    _check(model, teacher)
    changed = model if options.leak is None else with_leak(model, options.leak)
    if options.noise:
        changed = with_noise(changed, options.noise, options.seed)
    trained = None
    if options.epochs:
        made = made or synthesise(teacher, options.synthesis, on_sample)
        changed = replace(changed, history=(*changed.history, made.line))
        trained = train(
            changed,
            _parts(made, options),
            _training(teacher, options),
            checkpoint=checkpoint,
            on_epoch=on_epoch,
            on_batch=on_batch,
        )
        changed = trained.model
    if options.disguise:
        changed = disguised(changed, options.seed).model
    key = None
    if options.withhold:
        split = without_readout(changed)
        changed, key = split.released, split.key
    return Protected(model=changed, key=key, synthesis=made, trained=trained)


def _parts(made: Synthesis, options: ProtectOptions) -> data.Parts:
    encoding = Encoding(coder="direct", n_steps=options.n_steps)
    return data.split(made.samples, encoding, VALIDATION, options.seed)


def _training(teacher: Model, options: ProtectOptions) -> TrainOptions:
    return TrainOptions(
        epochs=options.epochs,
        batch_size=options.batch_size,
        optimiser=Optimiser.ADAMW,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        seed=options.seed,
        surrogate=options.surrogate,
        trainable=Trainable(thresholds=options.thresholds),
        keep_last=True,  # an early epoch would be as accurate and less protected
        objective=Protection(
            teacher=teacher,
            distill_weight=options.distill_weight,
            temperature=options.temperature,
            traps=options.traps,
            steering=options.steering,
        ),
    )


def _check(model: Model, teacher: Model) -> None:
    problems = []
    if not any(isinstance(p.neuron, Spiking) for p in model.populations):
        problems.append("the network does not spike; convert it first: neurodeploy convert")
    for what, ours, theirs in (
        ("takes samples of shape", *(m.inputs[0].shape for m in (model, teacher))),
        ("has classes:", *(m.population(m.outputs[0].population).size for m in (model, teacher))),
        (
            "is declared for values",
            *((m.inputs[0].low, m.inputs[0].high) for m in (model, teacher)),
        ),
    ):
        if ours != theirs:
            problems.append(f"the teacher {what} {theirs}, the network {ours}")
    if problems:
        raise InputError("ND2876", *problems)
