"""Rectifiers as staircases, to be finetuned before a conversion with few steps.

Source: Bu et al. 2022 (quantisation clip-floor-shift, QCFS): ``c / L clip(floor(x L / c + 1/2), 0,
L)`` with a ceiling c that is learned is the rate over L steps of a neuron with soft reset,
threshold c and initial voltage c / 2, for a constant input.
"""

from collections.abc import Callable
from dataclasses import replace

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.data import Parts
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.losses import Loss
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import Progress, Trained, train
from neurodeploy.learning.twin import Trainable
from neurodeploy.methods.conversion.activations import ONCE, activation_percentiles
from neurodeploy.model import Model, Relu

OPTIONS = TrainOptions(
    epochs=2,
    learning_rate=0.01,
    loss=Loss(distill_weight=0.5),
    trainable=Trainable(thresholds=True),
)
"""Weights and ceilings together."""


def with_staircases(
    ann: Model, samples: Samples, levels: int, *, percentile: float = 99.9, batch_size: int = 64
) -> Model:
    """Return `ann` whose rectifiers are staircases; their ceilings start from activations.

    Finetune it with ``Trainable(thresholds=True)``, which trains the ceilings too.

    Raises
    ------
    InputError
        If there is not even one level, or a percentile is 0 (ND2832).
    """
    if levels < 1:
        raise InputError("ND2832", f"{levels} levels are asked for, expected at least 1")
    ceilings = activation_percentiles(ann, samples, percentile, batch_size)
    populations = tuple(
        replace(p, neuron=Relu(ceiling=ceilings[p.name] or 1.0, levels=levels))
        if p.name in ceilings
        else p
        for p in ann.populations
    )
    line = (
        f"rectifiers became staircases of {levels} levels up to the {percentile:g}th percentile of "
        f"their activations on {samples.n_samples} samples of {samples.where}"
    )
    return replace(ann, populations=populations, history=(*ann.history, line))


def finetuned_staircases(
    ann: Model,
    parts: Parts,
    levels: int,
    options: TrainOptions = OPTIONS,
    *,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Trained:
    """Return `ann` with staircases finetuned, weights and ceilings, itself as it was as teacher.

    Parameters
    ----------
    parts : labelled data; each sample is shown once, whatever its encoding says.
    """
    stairs = with_staircases(ann, parts.train, levels)
    once = replace(parts, encoding=ONCE)
    return train(stairs, once, options, teacher=ann, on_epoch=on_epoch, on_batch=on_batch)
