"""From a Model to the twin that a method trains, and from the trained twin to a Model."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.learning.dsr import (
    Representation,
    as_subtracting,
    rewritten,
    without_representation,
)
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.fused import Fused
from neurodeploy.learning.twin.parameters import Trainable
from neurodeploy.learning.twin.paths import ActivationPath, Path, ThroughTime
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import If, Lif, Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.insert_batchnorm import InsertBatchNorm


def prepared(model: Model, options: TrainOptions, calibration: Tensor) -> Twin | QuantisedTwin:
    """Return the twin to train.

    Parameters
    ----------
    calibration : a batch of training samples (sample, step, *shape), for the thresholds.

    Raises
    ------
    InputError
        If a population spikes for which the method or the start of thresholds has no rule (ND2802).
    """
    _refuse_unrepresented(model, options)
    if options.batchnorm:
        model = InsertBatchNorm().apply(model)
    if options.method is Method.DSR:
        model = as_subtracting(model)
    if options.threshold_percentile is not None:
        model = with_percentile_thresholds(model, calibration, options.threshold_percentile)
    if options.formats is not None:
        return QuantisedTwin(
            model, options.formats, surrogate=options.surrogate, trainable=options.trainable
        )
    twin = Twin(
        model, surrogate=options.surrogate, trainable=options.trainable, path=_path(options)
    )
    return twin.to(options.device)


def _path(options: TrainOptions) -> Path:
    """Return how gradients pass spikes; objectives ask many times a batch, so theirs are fused."""
    if options.method is Method.DSR:
        return Representation(alpha=options.alpha)
    return ThroughTime() if options.objective is None else Fused()


def finished(twin: Twin | QuantisedTwin, options: TrainOptions) -> Model:
    """Return the trained network: BatchNorm folded, and what DSR assumes written out."""
    model = twin.eval().model()
    if options.method is Method.DSR:
        model = rewritten(model, options.alpha)
    model = FoldBatchNorm().apply(model)
    return replace(model, history=(*model.history, _line(options)))


def with_percentile_thresholds(model: Model, calibration: Tensor, percentile: float) -> Model:
    """Return `model` whose thresholds are a percentile of what arrives, rectified.

    Every spiking population acts as a rectifier meanwhile, so that the values are those of the
    artificial network with the same weights (Meng et al. 2022 start their ImageNet networks so).
    """
    twin = Twin(model, trainable=Trainable(), path=ActivationPath())
    twin = twin.to(calibration.device).train()
    with torch.no_grad():
        outputs = twin(calibration).outputs
    populations = tuple(
        replace(p, neuron=replace(p.neuron, v_threshold=_theta(outputs[p.name], percentile)))
        if isinstance(p.neuron, If | Lif)
        else p
        for p in model.populations
    )
    return replace(model, populations=populations)


def _refuse_unrepresented(model: Model, options: TrainOptions) -> None:
    names = ", ".join(map(repr, without_representation(model)))
    rules = {
        f"DSR represents If and Lif neurons, not {names}; take --method bptt": (
            options.method is Method.DSR
        ),
        f"thresholds start from a percentile in If and Lif neurons, not {names}": (
            options.threshold_percentile is not None
        ),
    }
    problems = [problem for problem, asked in rules.items() if names and asked]
    if problems:
        raise InputError("ND2802", *problems)


def _theta(activations: Tensor, percentile: float) -> np.ndarray:
    value = float(np.percentile(activations.cpu().numpy(), percentile))
    return np.full((), value if value > 0 else 1.0)


def _line(options: TrainOptions) -> str:
    integers = "" if options.formats is None else " in the chip's integers"
    aim = "" if options.objective is None else f"; {options.objective.line}"
    return (
        f"trained{integers}: {options.method.value}, {options.epochs} epochs, "
        f"{options.optimiser.value}, learning rate {options.learning_rate:g}, seed {options.seed}"
        f"{aim}"
    )
