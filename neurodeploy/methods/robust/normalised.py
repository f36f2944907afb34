"""BatchNorm put where a network has none any more, with what it measures there."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.learning.twin.operators import NormModule, array
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import BatchNorm, Model, Operator, Projection
from neurodeploy.passes.insert_batchnorm import InsertBatchNorm

Floats = NDArray[np.float64]


def with_measured_batchnorm(model: Model, batches: Iterable[Tensor]) -> Model:
    """Return `model` with a BatchNorm behind the weights of each layer that has none.

    Mean and deviation of each channel on `batches` are its statistics, and its offset and gain as
    well: nothing changes, and a BatchNorm that was folded after training is there again. What the
    layer was trained to send then survives new statistics, as conversion and finetuning need it.

    Parameters
    ----------
    batches : (sample, step, *shape) of training samples.
    """
    inserted = InsertBatchNorm().apply(model)
    twin = Twin(inserted).eval()
    known = {id(o) for p in model.projections for o in p.chain}
    moments: dict[str, _Moments] = {}
    for projection in inserted.projections:
        for module in twin.chain(projection):
            if isinstance(module, NormModule) and id(module.template) not in known:
                moments[projection.name] = _Moments()
                module.register_forward_pre_hook(moments[projection.name].take)
    with torch.no_grad():
        for x in batches:
            twin(x)
    measured = tuple(
        _measured(p, moments[p.name], known) if p.name in moments else p
        for p in inserted.projections
    )
    return replace(inserted, projections=measured)


class _Moments:
    """Sums over all that passes, by channel."""

    def __init__(self) -> None:
        self.n, self.total, self.squares = 0, np.zeros(()), np.zeros(())

    def take(self, module: torch.nn.Module, given: tuple[Tensor, ...]) -> None:
        del module
        values = given[0].double().transpose(0, 1).flatten(1)  # channel, (sample and step, place)
        self.n += values.shape[1]
        self.total = self.total + array(values.sum(dim=1))
        self.squares = self.squares + array((values**2).sum(dim=1))

    @property
    def mean(self) -> Floats:
        return np.asarray(self.total / self.n)

    @property
    def variance(self) -> Floats:
        return np.maximum(self.squares / self.n - self.mean**2, 0.0)


def _measured(projection: Projection, moments: _Moments, known: set[int]) -> Projection:
    def filled(operator: Operator) -> Operator:
        if not isinstance(operator, BatchNorm) or id(operator) in known:
            return operator
        mean, var = moments.mean, moments.variance
        gain = np.sqrt(var + operator.eps)
        return BatchNorm(mean=mean, var=var, gamma=gain, beta=mean, eps=operator.eps)

    return replace(projection, chain=tuple(filled(o) for o in projection.chain))
