"""Arithmetic, memory and addressing, after Lemaire et al. 2022 (arXiv:2210.13107).

Every weight, potential, event and activation is a word; a memory holds a layer's words of one kind
and nothing else. Equation numbers are the article's, read as the authors' software states them.
"""

from neurodeploy.hardware import Quantity
from neurodeploy.report.cost import Cost, term, total
from neurodeploy.report.energy_models.access import access, queue
from neurodeploy.report.energy_models.page import Memory
from neurodeploy.report.energy_models.work import Afferent, LayerWork

RULE = "operations, memories of each layer's own size and addresses, after Lemaire et al. 2022"
ANN_RULE = "one dense pass that reads each weight every time, after Lemaire et al. 2022"
LEAVES_OUT = (
    "messages and their way between cores, and what is stored beside the weights",
    "the decay of a filtered current",
    "static power, clock and leakage of the memories",
    "input and output, and all of the host but its multiply-accumulates",
)
ANN_LEAVES_OUT = (
    "that an ANN can use what it read many times, which is its greatest saving",
    "that an ANN can skip activations that are 0",
    "activation functions",
    "static power, clock and leakage of the memories",
    "input and output, and all of the host but its multiply-accumulates",
)


def spiking(work: LayerWork, memory: Memory) -> Cost:
    """Return the energy of a layer, in joules per inference."""
    add, mac = memory.arithmetic.add, memory.arithmetic.mac
    potentials = access(memory, work.n_neurons)
    weights = access(memory, _n_weights(work))
    visits = work.n_neurons * work.n_steps
    biases = work.n_biased * work.n_steps
    own = [
        term("leak", mac, work.n_decaying * work.n_steps),  # equations 1.3, 2.3
        term("bias", add, biases),
        term("bias", weights, biases),
        term("reset", add, work.spikes_out),
        term("potentials", potentials, 2 * visits),  # read and written: equations 9, 10, 14, 15
        term("events", queue(memory, work.n_neurons), work.spikes_out),  # equation 13
    ]
    return total([*own, *(_arriving(part, memory, potentials) for part in work.afferents)])


def _arriving(part: Afferent, memory: Memory, potentials: Quantity) -> Cost:
    add, mac = memory.arithmetic.add, memory.arithmetic.mac
    operations = part.spikes * part.operations_per_spike
    reads = part.spikes * part.weights_per_spike
    return total(
        [
            term("operations", mac if part.graded else add, operations),  # equations 1.4, 2.4
            term("events", queue(memory, part.n_in), part.spikes),  # equation 5
            term("weights", access(memory, part.n_weights), reads),  # equations 7, 8
            term("potentials", potentials, 2 * reads),  # equations 9, 10, 14, 15
            term("addresses", add, reads),  # equations 16.3, 17.2
            term("addresses", mac, 2 * part.spikes if part.conv else 0.0),  # equation 16.2
        ]
    )


def artificial(work: LayerWork, memory: Memory) -> Cost:
    """Return the energy of one dense pass through a layer, in joules."""
    add = memory.arithmetic.add
    own = [
        term("bias", add, work.n_biased),
        term("bias", access(memory, _n_weights(work)), work.n_biased),  # equation 6
        term("outputs", access(memory, work.n_neurons), work.n_neurons),  # equations 11, 12
    ]
    return total([*own, *(_pass(part, memory) for part in work.afferents)])


def _pass(part: Afferent, memory: Memory) -> Cost:
    n_inputs = part.macs if part.conv else part.n_in  # equations 3, 4
    return total(
        [
            term("operations", memory.arithmetic.mac, part.macs),  # equations 1.1, 2.1
            term("inputs", access(memory, part.n_in), n_inputs),
            term("weights", access(memory, part.n_weights), part.macs),  # equation 6
            term("addresses", memory.arithmetic.add, part.n_addresses),
        ]
    )


def _n_weights(work: LayerWork) -> int:
    return sum(part.n_weights for part in work.afferents)
