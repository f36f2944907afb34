"""The rule of most papers: so much a multiply-accumulate, so much an addition, nothing else.

E = e_mac M + e_add A for a spiking network, over all its steps; E = e_mac M for one dense pass of
an ANN. Constants of Horowitz 2014.
"""

from neurodeploy.report.cost import Cost, term, total
from neurodeploy.report.energy_models.page import Arithmetic
from neurodeploy.report.energy_models.work import LayerWork

RULE = "additions of spikes and multiply-accumulates of graded values, nothing else"
ANN_RULE = "one dense pass of multiply-accumulates, nothing else"
LEAVES_OUT = (
    "reading and writing of weights, potentials and events",
    "leak, bias, threshold and reset of neurons, in every step",
    "addressing, messages and their way",
    "static power, input and output, and all of the host but its multiply-accumulates",
)
ANN_LEAVES_OUT = (
    "reading of weights and activations, and that an ANN can use what it read many times",
    "that an ANN can skip activations that are 0",
    "biases and activation functions",
    "static power, input and output, and all of the host but its multiply-accumulates",
)


def spiking(work: LayerWork, constants: Arithmetic) -> Cost:
    """Return the energy of a layer's synaptic operations, in joules per inference."""
    return total(
        [
            term("addition", constants.add, work.additions),
            term("multiply-accumulate", constants.mac, work.macs),
        ]
    )


def artificial(work: LayerWork, constants: Arithmetic) -> Cost:
    """Return the energy of a dense pass through a layer, in joules."""
    return term("multiply-accumulate", constants.mac, work.synapses)
