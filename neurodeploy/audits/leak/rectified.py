"""A released network as whoever holds it reads it: thresholds in the weights, spikes as rates."""

from dataclasses import replace

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.learning.twin.schedule import is_looped
from neurodeploy.model import (
    CubaLi,
    CubaLif,
    I,
    If,
    Li,
    Lif,
    Linear,
    Model,
    Population,
    Projection,
    Relu,
    Scale,
)
from neurodeploy.model.neuron import step_of
from neurodeploy.terms import Reset

Fires = If | Lif | CubaLif


def with_unit_thresholds(model: Model) -> Model:
    """Return `model` with every threshold 1, which changes no spike.

    What arrives, and what a voltage starts from and is reset to, is divided by the threshold, so
    that a surrogate of one width fits every neuron.
    """
    thetas = {
        p.name: p.neuron.v_threshold for p in model.populations if isinstance(p.neuron, If | Lif)
    }
    return replace(
        model,
        populations=tuple(
            _divided(p, thetas[p.name]) if p.name in thetas else p for p in model.populations
        ),
        projections=tuple(
            _scaled(p, 1.0 / thetas[p.target]) if p.target in thetas else p
            for p in model.projections
        ),
    )


def rectified(model: Model) -> Model:
    """Return the artificial network that a spiking one comes from, as far as its file tells.

    A neuron's rate over many steps is ``gain x / threshold`` where that is positive, so weights
    over thresholds are those of a network of rectifiers (the inverse of the balancing of Diehl et
    al. 2015). Leaks, delays and initial voltages are left out.

    Raises
    ------
    InputError
        If the network has a loop, which has no such form (ND2870).
    """
    if is_looped(model):
        raise InputError(
            "ND2870", "the network has a loop; rectifiers are rebuilt of feed-forward ones alone"
        )
    factors = {p.name: _factor(p, model.dt_s) for p in model.populations}
    projections = tuple(
        replace(p if (factor := factors[p.target]) is None else _scaled(p, factor), delay_steps=0)
        for p in model.projections
    )
    populations = tuple(_without_state(p) for p in model.populations)
    outputs = tuple(replace(output, first_step=0) for output in model.outputs)
    return replace(model, populations=populations, projections=projections, outputs=outputs)


def _factor(population: Population, dt_s: float) -> np.ndarray | None:
    neuron = population.neuron
    match neuron:
        case If() | Lif() | CubaLif():
            return step_of(neuron, dt_s).gain / neuron.v_threshold
        case I() | Li() | CubaLi():
            return step_of(neuron, dt_s).gain
        case _:
            return None


def _without_state(population: Population) -> Population:
    plain = {"reset": Reset.NONE, "v0": np.zeros(()), "i0": np.zeros(()), "v_reset": np.zeros(())}
    match population.neuron:
        case If() | Lif() | CubaLif():
            return replace(population, neuron=Relu(), **plain)
        case I() | Li() | CubaLi():
            return replace(population, neuron=Linear(), **plain)
        case _:
            return population


def _scaled(projection: Projection, factor: np.ndarray) -> Projection:
    return replace(projection, chain=(*projection.chain, Scale(scale=factor)))


def _divided(population: Population, theta: np.ndarray) -> Population:
    neuron = population.neuron
    assert isinstance(neuron, If | Lif)
    one = np.ones_like(theta)
    changed = (
        replace(neuron, v_threshold=one)
        if isinstance(neuron, If)
        else replace(neuron, v_threshold=one, v_leak=neuron.v_leak / theta)
    )
    return replace(
        population,
        neuron=changed,
        v0=population.v0 / theta,
        v_reset=population.v_reset / theta,
    )
