"""Parameters and rules of a population that a chip cannot hold."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware.hardware import NumberRanges
from neurodeploy.hardware.outside import Ends, outside, remark
from neurodeploy.hardware.violation import Violation
from neurodeploy.program.program import Population
from neurodeploy.terms import Reset

_REMEDIES = {
    "du": "du = 4095 is a current without memory, du = 0 the slowest decay",
    "dv": "dv = 4095 forgets all but 1/4096 a step, dv = 0 nothing",
    "vth": "scale the layer's threshold, weights and bias down together",
    "bias_mant": "use a larger bias_exp",
    "bias_exp": "shift the bias's mantissa instead",
    "u0": "start from a current that the state can hold",
    "v0": "start from a voltage that the state can hold",
    "v_reset": "shift v by v_reset: take it off threshold, initial voltage and bias",
}


def of_population(population: Population, ranges: NumberRanges, where: str) -> Iterator[Violation]:
    """Yield what of `population` lies outside the chip's ranges and rules."""
    for name, (values, allowed) in _parameters(population, ranges).items():
        key = "state" if name in ("u0", "v0") else name
        yield from outside(where, name, values, allowed, _REMEDIES[name], remark(ranges, key))
    yield from _of_rules(population, ranges, where)
    if not ranges.per_neuron_parameters:
        yield from _of_variety(population, where)


def _parameters(
    population: Population, ranges: NumberRanges
) -> dict[str, tuple[NDArray[np.int32], Ends]]:
    found = {
        "du": (population.du, ranges.du),
        "dv": (population.dv, ranges.dv),
        "bias_mant": (population.bias_mant, ranges.bias_mant),
        "bias_exp": (population.bias_exp, ranges.bias_exp),
        "u0": (population.u0, ranges.state),
        "v0": (population.v0, ranges.state),
    }
    if population.spiking:
        found["vth"] = (population.vth, ranges.vth)
        if population.reset in (Reset.ZERO, Reset.ZERO_DELAYED):
            allowed = ranges.state if ranges.v_reset is None else ranges.v_reset
            found["v_reset"] = (population.v_reset, allowed)
    return found


def _of_rules(population: Population, ranges: NumberRanges, where: str) -> Iterator[Violation]:
    if population.spiking and population.reset not in ranges.resets:
        yield Violation(
            where=where,
            found=f"reset {population.reset.value!r}",
            allowed=", ".join(rule.value for rule in ranges.resets) + remark(ranges, "resets"),
            remedy="train or convert with an allowed reset, or choose a chip with neuron programs",
        )
    if not population.spiking and not ranges.voltage_readout:
        yield Violation(
            where=where,
            found="its voltage is read and it does not spike",
            allowed="spiking populations only" + remark(ranges, "voltage_readout"),
            remedy="give it a threshold and count its spikes",
        )
    if population.vth_low is not None:
        yield from _of_ternary(population.vth_low, ranges, where)
    if population.clear_interval and not ranges.clearing:
        yield Violation(
            where=where,
            found=f"it clears its state every {population.clear_interval} steps",
            allowed="no clearing" + remark(ranges, "clearing"),
            remedy="set clear_interval to 0 and reset the chip between samples",
        )


def _of_ternary(
    vth_low: NDArray[np.int32], ranges: NumberRanges, where: str
) -> Iterator[Violation]:
    if not ranges.ternary:
        yield Violation(
            where=where,
            found="it sends -1 below a second threshold",
            allowed="spikes of one sign" + remark(ranges, "ternary"),
            remedy="split it into a population of either sign",
        )
    widest = ranges.vth[1]
    yield from outside(
        where, "vth_low", vth_low, (-widest, widest), _REMEDIES["vth"], remark(ranges, "vth")
    )


def _of_variety(population: Population, where: str) -> Iterator[Violation]:
    parameters = {
        "du": population.du,
        "dv": population.dv,
        "vth": population.vth,
        "v_reset": population.v_reset,
    }
    for name, values in parameters.items():
        n_values = len(np.unique(values))
        if n_values > 1:
            yield Violation(
                where=where,
                found=f"{name} takes {n_values} values",
                allowed="one value a population",
                remedy="split the population by that parameter, or train it shared",
            )
