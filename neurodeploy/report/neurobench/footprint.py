"""Bytes of a float network as the snntorch module that it is, before its first step.

Weights and biases are float32, and so are the buffers of each neuron layer: threshold, graded
factor, and one decay for each state; its reset rule is one int64. Source: snntorch 1.0.0.
"""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Model, Population
from neurodeploy.model.neuron import CubaLif, If, Lif
from neurodeploy.report.neurobench.connections import Connection

FLOAT_BYTES, RESET_BYTES = 4, 8


def footprint_bytes(model: Model, connections: tuple[Connection, ...]) -> int:
    """Return the bytes of weights, biases and neuron parameters.

    A parameter that is the same for all neurons of a layer is one number.
    """
    weights = sum(c.weight.size + (0 if c.bias is None else c.bias.size) for c in connections)
    return FLOAT_BYTES * weights + sum(_neuron_bytes(p) for p in model.populations)


def _neuron_bytes(population: Population) -> int:
    match population.neuron:
        case If(v_threshold=threshold):
            numbers = _numbers(threshold) + 1  # the decay of a snntorch neuron without leak is 1
        case Lif(v_threshold=threshold, tau_s=tau):
            numbers = _numbers(threshold) + _numbers(tau)
        case CubaLif(v_threshold=threshold, tau_mem_s=tau, tau_syn_s=tau_syn):
            numbers = _numbers(threshold) + _numbers(tau) + _numbers(tau_syn)
        case _:
            return 0
    graded_factor = 1
    return FLOAT_BYTES * (numbers + graded_factor) + RESET_BYTES


def _numbers(parameter: NDArray[np.float64]) -> int:
    return 1 if (parameter == parameter.flat[0]).all() else parameter.size
