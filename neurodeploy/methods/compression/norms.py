"""BatchNorm that changes nothing as it is put in, and follows the currents as weights go."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, series
from neurodeploy.learning.twin.operators import NormModule
from neurodeploy.learning.twin.schedule import is_looped
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import BatchNorm, Model, Operator
from neurodeploy.passes.insert_batchnorm import InsertBatchNorm

N_SAMPLES = 1000
"""Samples that statistics are taken of: 32 bits of a mean over a thousand are enough."""


def with_norms(model: Model, part: Samples, encoding: Encoding | None) -> Model:
    """Return `model` with a BatchNorm before every population that fires, and the same function.

    Each has the statistics of what arrives now as mean and variance, and as offset and gain too;
    when weights are removed and the statistics taken anew, currents keep their mean and their
    spread in relation to the threshold. A network with a loop, in which steps cannot be normalised
    together, is returned as it is.
    """
    if is_looped(model):
        return model
    inserted = InsertBatchNorm().apply(model)
    if inserted is model:
        return model
    old = {id(o) for p in model.projections for o in p.chain}
    twin = Twin(inserted).eval()
    sums: dict[int, list[Tensor]] = {}
    modules = [m for m in twin.modules() if isinstance(m, NormModule) and id(m.template) not in old]
    hooks = [m.register_forward_pre_hook(_adding(sums, id(m.template))) for m in modules]
    with torch.no_grad():
        for x in _batches(twin, part, encoding):
            twin(x)
    for hook in hooks:
        hook.remove()
    measured = {m: _norm(sums[m]) for m in sums}
    projections = tuple(
        replace(p, chain=tuple(_measured(o, measured) for o in p.chain))
        for p in inserted.projections
    )
    return replace(inserted, projections=projections)


def re_estimated(model: Model, part: Samples, encoding: Encoding | None) -> Model:
    """Return `model` with the statistics of its BatchNorms taken anew; gains and offsets stay."""
    twin = Twin(model).train()
    modules = [m for m in twin.modules() if isinstance(m, NormModule)]
    if not modules:
        return model
    with torch.no_grad():
        for number, x in enumerate(_batches(twin, part, encoding)):
            for module in modules:
                module.momentum = 1.0 / (number + 1)
            twin(x)
    return twin.eval().model()


def _batches(twin: Twin, part: Samples, encoding: Encoding | None) -> list[Tensor]:
    taken = part.taken(np.arange(min(N_SAMPLES, part.n_samples)))
    shape = twin.template.inputs[0].shape
    return [series(taken, chosen, encoding, shape) for chosen in batches(taken, 100, None)]


def _adding(sums: dict[int, list[Tensor]], key: int) -> Callable[..., None]:
    def add(module: NormModule, given: tuple[Tensor]) -> None:
        (x,) = given
        axes = [0, *range(2, x.ndim)]
        x = x.to(torch.float64)
        n = torch.tensor(x.numel() / x.shape[1], dtype=torch.float64)
        own = [n, x.sum(dim=axes), (x**2).sum(dim=axes)]
        sums[key] = [a + b for a, b in zip(sums[key], own, strict=True)] if key in sums else own

    return add


def _norm(sums: list[Tensor]) -> BatchNorm:
    n, total, squares = sums
    mean = (total / n).numpy()
    var = np.maximum((squares / n).numpy() - mean**2, 0.0)
    eps = 1e-5
    return BatchNorm(mean=mean, var=var, gamma=np.sqrt(var + eps), beta=mean, eps=eps)


def _measured(operator: Operator, measured: dict[int, BatchNorm]) -> Operator:
    return measured.get(id(operator), operator)
