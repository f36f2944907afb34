"""Insert BatchNorm behind the weights, for training; `FoldBatchNorm` takes it out again."""

from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv1d,
    Conv2d,
    Model,
    Operator,
    Projection,
    Relu,
    Spiking,
)

_Weighted = Affine | Conv1d | Conv2d


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBatchNorm:
    """Put a BatchNorm behind the last weights before each population that fires or rectifies.

    It starts with mean 0, variance 1, gain 1 and offset 0, and so changes nothing before training.
    A projection that has one already keeps it.
    """

    eps: float = 1e-5

    def apply(self, model: Model) -> Model:
        """Return `model` with the BatchNorms."""
        inserted = [self._projection(model, p) for p in model.projections]
        if inserted == list(model.projections):
            return model
        return replace(model, projections=tuple(inserted))

    def _projection(self, model: Model, projection: Projection) -> Projection:
        target = model.population(projection.target)
        has_one = any(isinstance(operator, BatchNorm) for operator in projection.chain)
        places = [k for k, o in enumerate(projection.chain) if isinstance(o, _Weighted)]
        if has_one or not places or not isinstance(target.neuron, Spiking | Relu):
            return projection
        last = places[-1]
        shape = model.node(projection.sources[0]).shape
        for operator in projection.chain[: last + 1]:
            shape = operator.output_shape(shape)
        norm = self._norm(shape[0])
        chain: tuple[Operator, ...] = (*projection.chain[: last + 1], norm)
        return replace(projection, chain=(*chain, *projection.chain[last + 1 :]))

    def _norm(self, n_channels: int) -> BatchNorm:
        one, zero = np.ones(n_channels), np.zeros(n_channels)
        # With this variance the factor is 1 to the last bit.
        return BatchNorm(mean=zero, var=one * (1.0 - self.eps), gamma=one, beta=zero, eps=self.eps)
