"""How many synapses a spike of each neuron reaches, for a penalty on synaptic operations."""

from collections.abc import Mapping

import torch
from torch import Tensor

from neurodeploy.learning.twin.operators import OperatorModule, WeightedModule
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import AvgPool2d, BatchNorm, Model, Population, Scale, Shift, Spiking


def fan_out(twin: Twin) -> Mapping[str, Tensor]:
    """Return, for each population that spikes, the synapses a spike of each neuron reaches.

    Every weight that is not 0 counts once for each way through a chain; a pool followed by weights
    with windows that overlap is counted more often than a chip, which fuses the two, would.

    Returns
    -------
    Mapping
        float (*shape) by name of the population.
    """
    model = twin.template
    return {p.name: _reached(twin, model, p) for p in model.populations if _spikes(p)}


def _spikes(population: Population) -> bool:
    return isinstance(population.neuron, Spiking)


def _reached(twin: Twin, model: Model, population: Population) -> Tensor:
    """Return d(sum of all that arrives) / d(output), with every weight replaced by 1."""
    total = torch.zeros(population.shape, dtype=twin.dtype)
    for projection in model.projections:
        times = projection.sources.count(population.name)
        if not times:
            continue
        one = torch.ones((1, *population.shape), dtype=twin.dtype, requires_grad=True)
        value: Tensor = one
        for module in twin.chain(projection):
            value = _with_ones(module, value)
        (gradient,) = torch.autograd.grad(value.sum(), one)
        total = total + times * gradient[0]
    return total.detach()


def _with_ones(module: OperatorModule, x: Tensor) -> Tensor:
    operator = module.operator()
    if isinstance(operator, Scale | Shift | BatchNorm):
        return x
    if not isinstance(module, WeightedModule):
        y: Tensor = module(x)
        return y / operator.factor if isinstance(operator, AvgPool2d) else y
    ones = {"weight": (module.weight.detach() != 0).to(x.dtype)}
    if module.bias is not None:
        ones["bias"] = torch.zeros_like(module.bias)
    reached: Tensor = torch.func.functional_call(module, ones, (x,))
    return reached
