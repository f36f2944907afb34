"""`LayerQuantisation`: what rounding to integers did to one population."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerQuantisation:
    """Errors of one population; all are relative unless the name says otherwise.

    Parameters
    ----------
    vth : the threshold mantissa V, for a readout the integers of one float unit.
    weight_exp : exponent of each projection, in order.
    weight_error : root mean square of the rounding over that of the weights.
    weights_rounded_to_zero : count of weights that were not zero and became so.
    decay_error : largest relative error of a leak.
    threshold_error : 0 by construction: weights are scaled to the integer threshold.
    bias_error : largest error of a bias over the largest bias.
    headroom_bits : log2 of (wrap limit over the largest current that inputs in range can cause).
    headroom_basis : ``worst case`` or ``calibration``.
    """

    population: str
    vth: int
    weight_exp: tuple[int, ...]
    weight_error: float
    weights_rounded_to_zero: int
    decay_error: float
    threshold_error: float
    bias_error: float
    headroom_bits: float
    headroom_basis: str
