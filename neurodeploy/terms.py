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


class ExitCriterion(StrEnum):
    """When an output counts as sure, so that a sample may stop before its last step.

    ``confidence``: the largest softmax of the score. ``entropy``: one less the entropy of that
    softmax over the logarithm of the number of classes. ``margin``: the largest score less the
    second. ``policy``: not the output decides, but a small network that looks at the input first.
    """

    CONFIDENCE = "confidence"
    ENTROPY = "entropy"
    MARGIN = "margin"
    POLICY = "policy"


class ExitScore(StrEnum):
    """What is judged: the output's readout so far, or that over the informative steps so far."""

    SUM = "sum"
    MEAN = "mean"


class CheckedAt(StrEnum):
    """Who checks: neurons on the chip, its management processor, or the host."""

    CHIP = "chip"
    MANAGEMENT = "management"
    HOST = "host"
