"""Closed sets of words that the float and the integer network share."""

from enum import StrEnum


class Reset(StrEnum):
    """What a neuron does to its membrane voltage `v` because of a spike.

    ``zero`` sets v to v_reset in the step of the spike. ``zero_delayed`` replaces the next step's v
    by v_reset (that step's input is lost). ``subtract`` takes the threshold off at once.
    ``subtract_delayed`` takes it off one step later, after the decay. ``subtract_latched`` takes it
    off at once, but compares against twice the threshold while v still exceeds it. The last four
    with ``zero`` are snnTorch's (semantics of snntorch 1.0.0: Leaky, Synaptic, RLeaky).
    """

    NONE = "none"
    ZERO = "zero"
    ZERO_DELAYED = "zero_delayed"
    SUBTRACT = "subtract"
    SUBTRACT_DELAYED = "subtract_delayed"
    SUBTRACT_LATCHED = "subtract_latched"


class Readout(StrEnum):
    """How an output's values over the steps become one value a neuron.

    ``count`` counts spikes; the others reduce the voltage of a population that does not spike.
    """

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    MAX = "max"
