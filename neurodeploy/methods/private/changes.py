"""What is done to a network before it is trained to work again: leak, and noise on its weights."""

from dataclasses import replace

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.model import Affine, Conv1d, Conv2d, If, Lif, Model, Operator, Population


def with_leak(model: Model, leak: float) -> Model:
    """Return `model` whose neurons forget: ``v = (1 - leak) v + current`` in If and Lif neurons.

    What arrives counts as before; a leak is what makes the order of spikes matter.

    Raises
    ------
    InputError
        If no neuron can leak (ND2875).
    """
    if not any(isinstance(p.neuron, If | Lif) for p in model.populations):
        raise InputError("ND2875", "no population has If or Lif neurons, which alone can be leaky")
    populations = tuple(_leaky(p, leak, model.dt_s) for p in model.populations)
    line = f"leak {leak:g} a step in every If and Lif neuron"
    return replace(model, populations=populations, history=(*model.history, line))


def with_noise(model: Model, share: float, seed: int) -> Model:
    """Return `model` with noise on its weights, of `share` of each layer's own deviation."""
    rng = np.random.default_rng(seed)

    def noisy(operator: Operator) -> Operator:
        if not isinstance(operator, Affine | Conv1d | Conv2d):
            return operator
        noise = rng.normal(0.0, share * operator.weight.std(), operator.weight.shape)
        return replace(operator, weight=operator.weight + noise)

    projections = tuple(
        replace(p, chain=tuple(noisy(o) for o in p.chain)) for p in model.projections
    )
    line = f"noise of {share:g} deviations on the weights, seed {seed}"
    return replace(model, projections=projections, history=(*model.history, line))


def _leaky(population: Population, leak: float, dt_s: float) -> Population:
    match population.neuron:
        case If() as neuron:
            gain = dt_s * neuron.r
            changed = Lif(
                tau_s=np.array(dt_s / leak), r=gain / leak, v_threshold=neuron.v_threshold
            )
        case Lif() as neuron:
            gain = dt_s / neuron.tau_s * neuron.r
            rest = dt_s / neuron.tau_s * neuron.v_leak
            changed = replace(
                neuron, tau_s=np.array(dt_s / leak), r=gain / leak, v_leak=rest / leak
            )
        case _:
            return population
    return replace(population, neuron=changed)
