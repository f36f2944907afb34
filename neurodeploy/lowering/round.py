"""Round one population and its drives to integers, and measure what the rounding cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import NumberRanges
from neurodeploy.lowering.drive import Drive
from neurodeploy.lowering.fuse import as_dense
from neurodeploy.lowering.scale import Load, exponent_of, is_mixed
from neurodeploy.program import Conv, Dense, Direct, NumberFormat, Operator, Population, Sparse
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """A drive in integers; `weights` and `wanted` are compared to measure the error, in V units."""

    operator: Operator
    weight_exp: int
    weights: Floats
    wanted: Floats


def round_drive(drive: Drive, vth: int, ranges: NumberRanges) -> Rounded:
    """Return the operator of `drive` at threshold `vth`: even mantissas where signs are mixed."""
    nothing = np.zeros(0)
    if drive.on_host:
        return Rounded(operator=Direct(), weight_exp=0, weights=nothing, wanted=nothing)
    fused = drive.fused if drive.fused.weight is not None else as_dense(drive.fused)
    assert fused.weight is not None
    exponent = exponent_of(drive, vth, ranges.weight_bits)
    step = 2 if is_mixed(fused.weight) else 1
    wanted = fused.weight * vth
    mantissa = (step * np.rint(wanted / (step * 2.0**exponent))).astype(np.int32)
    operator: Operator
    if fused.geometry is not None:
        operator = Conv(mantissa=mantissa, geometry=fused.geometry)
    elif fused.expanded:
        operator = Sparse.from_dense(mantissa, fused.weight != 0)
    else:
        operator = Dense(mantissa=mantissa)
    weights = np.float64(2.0**exponent) * mantissa
    return Rounded(operator=operator, weight_exp=exponent, weights=weights, wanted=wanted)


def round_population(
    name: str,
    shape: tuple[int, ...],
    reset: Reset,
    load: Load,
    vth: int,
    ranges: NumberRanges,
    formats: NumberFormat,
    t_start: int,
) -> Population:
    """Return the population in integers, its state in units of 1 / (64 V) thresholds."""
    form, unit = load.form, float(vth << formats.state_shift)
    bias_mant, bias_exp = round_bias(load.bias * unit, ranges)

    def shaped(values: NDArray[np.generic]) -> Ints:
        return values.astype(np.int32).reshape(shape)

    return Population(
        name=name,
        shape=shape,
        du=shaped(np.rint(formats.decay_unit * form.leak_i) - 1),
        dv=shaped(np.minimum(np.rint(formats.decay_unit * form.leak_v), ranges.dv[1])),
        vth=np.asarray(min(vth, ranges.vth[1]), np.int32),
        bias_mant=shaped(bias_mant),
        bias_exp=shaped(bias_exp),
        reset=reset if form.spiking else Reset.NONE,
        u0=shaped(np.rint(form.u0 / form.theta * unit)),
        v0=shaped(np.rint(form.v0 / form.theta * unit)),
        t_start=t_start,
        spiking=form.spiking,
    )


def round_bias(values: Floats, ranges: NumberRanges) -> tuple[Ints, Ints]:
    """Return (mantissa, exponent) of each bias, the exponent the smallest that fits."""
    exponent = np.zeros(values.shape, np.int32)
    for _ in range(ranges.bias_exp[1]):
        exponent += np.abs(np.rint(values / 2.0**exponent)) > ranges.bias_mant[1]
    return np.rint(values / 2.0**exponent).astype(np.int32), exponent
