"""BatchNorm that changes nothing as it is put in, and follows the currents as weights go."""

import numpy as np
import torch
from torch import Tensor

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, series
from neurodeploy.learning.twin.operators import NormModule
from neurodeploy.learning.twin.schedule import is_looped
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.robust.normalised import with_measured_batchnorm
from neurodeploy.model import Model

N_SAMPLES = 1000
"""Samples that statistics are taken of."""


def with_norms(model: Model, part: Samples, encoding: Encoding | None) -> Model:
    """Return `model` with a measured BatchNorm before every population that fires.

    It is the same function. When weights are removed and the statistics are taken anew, currents
    keep their mean and spread in relation to the threshold: this is what re-estimating thresholds
    comes to. A network with a loop, in which steps cannot be normalised together, stays as it is.
    """
    if is_looped(model):
        return model
    return with_measured_batchnorm(model, _batches(model, part, encoding))


def re_estimated(model: Model, part: Samples, encoding: Encoding | None) -> Model:
    """Return `model` with the statistics of its BatchNorms taken anew; gains and offsets stay."""
    twin = Twin(model).train()
    modules = [m for m in twin.modules() if isinstance(m, NormModule)]
    if not modules:
        return model
    with torch.no_grad():
        for number, x in enumerate(_batches(model, part, encoding)):
            for module in modules:
                module.momentum = 1.0 / (number + 1)
            twin(x)
    return twin.eval().model()


def _batches(model: Model, part: Samples, encoding: Encoding | None) -> list[Tensor]:
    taken = part.taken(np.arange(min(N_SAMPLES, part.n_samples)))
    shape = model.inputs[0].shape
    return [series(taken, chosen, encoding, shape) for chosen in batches(taken, 100, None)]
