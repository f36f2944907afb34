"""Measure what rounding to integers did to one population."""

import math

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.lowering.round import Rounded
from neurodeploy.lowering.scale import Load
from neurodeploy.program import Direct, NumberFormat, Population

Floats = NDArray[np.float64]


def measure(
    load: Load,
    population: Population,
    rounded: tuple[Rounded, ...],
    vth: int,
    formats: NumberFormat,
) -> LayerQuantisation:
    """Return what rounding did to `population`."""
    weights = np.concatenate([r.weights.ravel() for r in rounded] or [np.zeros(0)])
    wanted = np.concatenate([r.wanted.ravel() for r in rounded] or [np.zeros(0)])
    unit = float(vth << formats.state_shift)
    return LayerQuantisation(
        population=population.name,
        vth=vth,
        weight_exp=tuple(r.weight_exp for r in rounded),
        weight_error=_ratio(_rms(weights - wanted), _rms(wanted)),
        weights_rounded_to_zero=int(((weights == 0) & (wanted != 0)).sum()),
        decay_error=_decay_error(load, population, formats),
        threshold_error=0.0,
        bias_error=_bias_error(load.bias * unit, population),
        headroom_bits=_headroom_bits(load, rounded, vth, formats),
        headroom_basis="worst case" if load.peak_current is None else "calibration",
    )


def refuse_vanished(load: Load, rounded: tuple[Rounded, ...]) -> None:
    """Raise ValueError if all weights of a projection round to 0: it would be cut in silence."""
    for drive, integers in zip(load.drives, rounded, strict=True):
        if integers.wanted.any() and not integers.weights.any():
            widest = float(np.max(np.abs(drive.fused.weight), initial=0.0))  # type: ignore[arg-type]  # rounded weights had float ones
            raise ValueError(
                f"every weight of projection {drive.name!r} rounds to 0, the largest being "
                f"{widest:.2g} of the threshold; {_remedy(load)}"
            )


def _remedy(load: Load) -> str:
    if not load.form.spiking and load.peak_voltage is None:
        return (
            "room is kept for the largest sum that so many inputs can add up to: compile it with "
            "calibration data (--data), whose sums are smaller"
        )
    return (
        "if these are IF neurons that integrate v += x, read the file with --if-gain unit, else "
        "check dt and thresholds"
    )


def worst_current(load: Load, rounded: tuple[Rounded, ...], vth: int) -> float:
    """Return the largest current, in V units, that inputs in their declared range can cause."""
    most = 0.0
    for drive, integers in zip(load.drives, rounded, strict=True):
        if isinstance(integers.operator, Direct):
            most += drive.reach() * vth + 1.0
            continue
        rows = integers.weights.reshape(len(integers.weights), -1)
        high = np.maximum(rows * drive.high, rows * drive.low).sum(axis=1).max(initial=0.0)
        low = np.minimum(rows * drive.high, rows * drive.low).sum(axis=1).min(initial=0.0)
        most += max(float(high), -float(low))
    least_leak = max(float(np.min(load.form.leak_i, initial=1.0)), 1e-12)
    return (
        most / least_leak + float(np.max(np.abs(load.form.u0 / load.form.theta), initial=0)) * vth
    )


def _headroom_bits(
    load: Load, rounded: tuple[Rounded, ...], vth: int, formats: NumberFormat
) -> float:
    worst = worst_current(load, rounded, vth)
    reach = worst if load.peak_current is None else load.peak_current * vth
    state = reach * (1 << formats.state_shift)
    return math.log2(formats.current_limit / state) if state > 0 else float(formats.current_bits)


def _decay_error(load: Load, population: Population, formats: NumberFormat) -> float:
    unit = formats.decay_unit
    leak_i = (population.du.ravel() + 1) / unit
    leak_v = population.dv.ravel() / unit
    return max(_relative(leak_i, load.form.leak_i), _relative(leak_v, load.form.leak_v))


def _relative(found: Floats, wanted: Floats) -> float:
    error = np.abs(found - wanted)
    return float(np.max(error[wanted != 0] / np.abs(wanted[wanted != 0]), initial=0.0))


def _bias_error(wanted: Floats, population: Population) -> float:
    error = float(np.max(np.abs(population.bias.ravel() - wanted), initial=0.0))
    return _ratio(error, float(np.max(np.abs(wanted), initial=0.0)))


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
