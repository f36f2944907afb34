"""Choose a population's threshold in integers: the scale that everything into it shares.

V is the threshold mantissa: a normalised weight w becomes ``m 2^e`` with ``m = w V / 2^e``, the
state counts in 1 / (64 V) thresholds. The largest V that wraps, ranges and the bias allow
keeps the most bits of the decays. V is the threshold, so the threshold has no rounding error.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import NumberRanges
from neurodeploy.lowering.drive import Drive, total_reach
from neurodeploy.lowering.normal_form import NormalForm
from neurodeploy.program import NumberFormat

Floats = NDArray[np.float64]

SAFETY = 1.5
"""How far above the largest state seen on calibration data the limit must lie."""

VOLTAGE_HEADROOM = 64.0
"""Without calibration data, the thresholds that a voltage may move from 0 before it saturates.

An integrator has no bound of its own; at 64 a threshold still counts 2047 * 64 state units, so
that a decay's truncation stays below a thousandth of it down to leaks of 1/100.
"""

INTEGRATED_STEPS = 1024.0
"""Without calibration data, the steps over which a readout without leak may add up its worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Everything one population must hold; `bias` is per step and threshold, flat.

    `peak_current` and `peak_voltage`, in thresholds, are the largest seen on calibration data, None
    without.
    """

    form: NormalForm
    drives: tuple[Drive, ...]
    bias: Floats
    peak_current: float | None = None
    peak_voltage: float | None = None


def choose_vth(load: Load, ranges: NumberRanges, formats: NumberFormat) -> int:
    """Return V, exact if the weights lie on a grid that allows it.

    Raises
    ------
    ValueError
        If even the smallest scale wraps or exceeds a range; the message says what to do.
    """
    limit = min(_wrap_limit(load, ranges, formats), _saturation_limit(load, ranges, formats))
    if limit < 1:
        raise ValueError(
            "its weights, bias or initial state are too large for its threshold: the current would "
            "wrap at any scale; raise the threshold, shrink the fan-in or the declared input "
            "range, or give calibration data"
        )
    exact = _exact_vth(load, limit, ranges)
    if exact is not None:
        return exact
    widest = max((_widest(drive) for drive in load.drives if not drive.on_host), default=0.0)
    if widest == 0.0:
        return int(limit)
    mantissa_limit = min(_mantissa_limit(d, ranges.weight_bits) for d in load.drives)
    exponent = min(math.floor(math.log2(limit * widest / mantissa_limit)), ranges.weight_exp[1])
    if exponent < 0:
        return int(limit)
    return int(min(limit, mantissa_limit * 2.0**exponent / widest))


def _wrap_limit(load: Load, ranges: NumberRanges, formats: NumberFormat) -> float:
    """Return the largest V that the current, the bias and the threshold's range allow."""
    unit = float(1 << formats.state_shift)
    state = formats.voltage_limit - 1
    bias_limit = ranges.bias_mant[1] * 2.0 ** ranges.bias_exp[1]
    limits = [
        _quotient(state, unit * _current_reach(load)),
        _quotient(state, unit * float(np.max(np.abs(load.form.v0 / load.form.theta), initial=0))),
        _quotient(bias_limit, unit * float(np.max(np.abs(load.bias), initial=0.0))),
        float(ranges.vth[1]) if load.form.spiking else math.inf,
    ]
    return min(*limits, float(1 << 24))


def _saturation_limit(load: Load, ranges: NumberRanges, formats: NumberFormat) -> float:
    """Return the largest V that keeps voltages from being clipped.

    A clipped voltage is lost accuracy, a wrapped current nonsense: for a neuron that spikes this
    limit never takes bits from the weights; for a readout it holds.
    """
    unit = float(1 << formats.state_shift)
    limit = _quotient(formats.voltage_limit - 1, unit * _voltage_reach(load))
    if not load.form.spiking:
        return limit
    widest = max((_widest(drive) for drive in load.drives if not drive.on_host), default=0.0)
    return max(limit, _quotient(float(1 << ranges.weight_bits), widest)) if widest else limit


def exponent_of(drive: Drive, vth: int, weight_bits: int) -> int:
    """Return the smallest exponent, at least 0, at which the drive's mantissas fit."""
    widest = _widest(drive) * vth
    limit = _mantissa_limit(drive, weight_bits)
    return max(0, math.ceil(math.log2(widest / limit) - 1e-12)) if widest > 0 else 0


def is_mixed(weight: Floats) -> bool:
    """Whether weights have both signs, so that a core keeps one magnitude bit less."""
    return bool((weight < 0).any() and (weight > 0).any())


def _current_reach(load: Load) -> float:
    if load.peak_current is not None:
        return SAFETY * load.peak_current
    return total_reach(load.drives, load.form)


def _voltage_reach(load: Load) -> float:
    if load.peak_voltage is not None:
        return SAFETY * load.peak_voltage
    if load.form.spiking:
        return VOLTAGE_HEADROOM
    bias = float(np.max(np.abs(load.bias), initial=0.0))
    reach = total_reach(load.drives, load.form) + bias
    leaks = np.where(load.form.leak_v == 0, 1 / INTEGRATED_STEPS, load.form.leak_v)
    return reach / max(float(np.min(leaks, initial=1.0)), 1e-12)


def _exact_vth(load: Load, limit: float, ranges: NumberRanges) -> int | None:
    """Return the largest V at which every weight and bias is an integer the core can keep, or None.

    V is the float threshold times a power of two, which keeps a dyadic grid of weights on integers.
    """
    ratio = load.form.theta / load.form.gain
    if not load.drives or (ratio != ratio[0]).any() or not math.isfinite(ratio[0]):
        return None
    if any(drive.on_host or drive.fused.weight is None for drive in load.drives):
        return None
    highest = math.floor(math.log2(limit / ratio[0]))
    for power in range(highest, highest - 24, -1):
        vth = float(ratio[0]) * 2.0**power
        if vth < 1 or vth != int(vth):
            return None
        exponents = [exponent_of(drive, int(vth), ranges.weight_bits) for drive in load.drives]
        if max(exponents) <= ranges.weight_exp[1]:
            return int(vth) if _all_integers(load, vth, exponents) else None
    return None


def _all_integers(load: Load, vth: float, exponents: list[int]) -> bool:
    if not _is_integer(load.bias * vth * 64):
        return False
    for drive, exponent in zip(load.drives, exponents, strict=True):
        assert drive.fused.weight is not None
        step = 2.0 ** (exponent + is_mixed(drive.fused.weight))
        if not _is_integer(drive.fused.weight * vth / step):
            return False
    return True


def _is_integer(values: Floats) -> bool:
    return bool((np.abs(values - np.rint(values)) <= 1e-9 * np.abs(values)).all())


def _widest(drive: Drive) -> float:
    return (
        1.0 if drive.fused.weight is None else float(np.max(np.abs(drive.fused.weight), initial=0))
    )


def _mantissa_limit(drive: Drive, weight_bits: int) -> float:
    """Return 254 for mixed signs and 255 for one sign, at 8 bits."""
    mixed = drive.fused.weight is not None and is_mixed(drive.fused.weight)
    return float((1 << weight_bits) - (2 if mixed else 1))


def _quotient(limit: float, load: float) -> float:
    return math.inf if load == 0 else limit / load
