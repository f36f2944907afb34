"""`harden`: a short finetuning of a spiking network against perturbed samples.

Source: Özdenizci and Legenstein 2024 (TMLR), section 3, and the code they published.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.learning.data import Parts, batches, series
from neurodeploy.learning.evaluate import Score, evaluate
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import Progress, Trained, train
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.methods.robust.adversarial import Adversarial
from neurodeploy.methods.robust.normalised import with_measured_batchnorm
from neurodeploy.model import Model, Spiking
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm

LEAST_THRESHOLD = 0.03
"""What thresholds keep at least, in the network's units; as the published code has it."""

N_MEASURED = 10
"""Batches of training samples on which BatchNorm is measured before it is put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardenOptions:
    """What finetuning changes, and against what.

    Parameters
    ----------
    objective : the loss, and how samples are moved.
    thresholds, batchnorm : whether they are trained beside the weights.
    """

    objective: Adversarial
    epochs: int = 3
    batch_size: int = 100
    learning_rate: float = 0.01
    weight_decay: float = 1e-3
    weights: bool = True
    thresholds: bool = True
    least_threshold: float = LEAST_THRESHOLD
    batchnorm: bool = True
    seed: int = 0
    device: str = "cpu"

    @property
    def training(self) -> TrainOptions:
        """What the training loop takes; BatchNorm is put in before it."""
        return TrainOptions(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            warm_up=0.0,
            seed=self.seed,
            objective=self.objective,
            trainable=Trainable(
                weights=self.weights,
                thresholds=self.thresholds,
                least_threshold=self.least_threshold,
            ),
            device=self.device,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Accuracy and firing rates on the validation part.

    Parameters
    ----------
    moved : of samples moved as in training; None where none are. No more than a first sign: only
        an ensemble of attacks says how robust a network is.
    """

    clean: Score
    moved: Score | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardened:
    """What training gave, and how the network stood before it and stands now."""

    trained: Trained
    before: Standing
    after: Standing


def harden(
    model: Model,
    parts: Parts,
    options: HardenOptions,
    *,
    checkpoint: Path | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Hardened:
    """Return `model` finetuned against perturbed samples: weights, BatchNorm and thresholds.

    BatchNorm is put in with what it measures, which changes nothing, and folded afterwards.

    Raises
    ------
    InputError
        If nothing spikes, or the encoder leaves no values to move (ND2890); as `train` else.
    """
    _refuse(model, parts)
    before = _standing(model, parts, options)
    if options.batchnorm:
        start = with_measured_batchnorm(model, measured_on(model, parts, options.batch_size))
    else:
        start = FoldBatchNorm().apply(model)
    trained = train(
        start, parts, options.training, checkpoint=checkpoint, on_epoch=on_epoch, on_batch=on_batch
    )
    after = _standing(trained.model, parts, options)
    return Hardened(trained=trained, before=before, after=after)


def measured_on(model: Model, parts: Parts, batch_size: int) -> Iterator[Tensor]:
    """Yield the batches of training samples on which BatchNorm is measured."""
    chosen = batches(parts.train, batch_size, None)
    for _, places in zip(range(N_MEASURED), chosen, strict=False):
        yield series(parts.train, places, parts.encoding, model.inputs[0].shape)


def _refuse(model: Model, parts: Parts) -> None:
    problems = []
    if not any(isinstance(p.neuron, Spiking) for p in model.populations):
        problems.append(
            "the network has no population that spikes; train an artificial one with "
            "`train --adversarial pgd`, convert it with `convert --robust`, then harden that"
        )
    problems += without_values(parts)
    if problems:
        raise InputError("ND2890", *problems)


def without_values(parts: Parts) -> list[str]:
    """Return why samples cannot be moved in training: an encoder makes spikes of them."""
    coder = None if parts.encoding is None else parts.encoding.coder
    if parts.train.offsets is None and coder in (None, "direct"):
        return []
    made = "events" if coder is None else f"spikes by {coder}"
    return [
        f"{parts.train.where}: the network is shown {made}; training moves values: take "
        "--encode direct, or give series of values"
    ]


def _standing(model: Model, parts: Parts, options: HardenOptions) -> Standing:
    twin, objective = Twin(model).to(options.device), options.objective
    generator = torch.Generator().manual_seed(options.seed)

    def shown(x: Tensor, labels: Tensor) -> Tensor:
        return objective.shown(twin, x, labels, generator)

    validation, encoding = parts.validation, parts.encoding
    return Standing(
        clean=evaluate(twin, validation, encoding),
        moved=None
        if objective.adversary is None
        else evaluate(twin, validation, encoding, shown=shown),
    )
