"""What it costs to see whether a sample may stop: energy and time of one check, by who makes it.

On the chip a margin takes one neuron for each output that compares it, and one that tells the host:
visits, updates and a spike of the chip's own figures, one after the other; no published figure says
so, hence ``assumed``. Elsewhere the chip's page says what a check takes, or it is unknown; a
management processor draws its power meanwhile, and the host reads every output first.
"""

from dataclasses import dataclass, replace

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Evidence, Hardware
from neurodeploy.report.cost import INCLUDED, NOTHING, Cost, product, term, total
from neurodeploy.terms import CheckedAt

_OF_NEURON = ("neuron_access", "neuron_update")
_OF_SPIKE = ("spike_out", "axon_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPrice:
    """Energy in joules and time in seconds of some checks."""

    energy: Cost
    time: Cost


def price_of_checks(deployment: Deployment, n_checks: float) -> CheckPrice:
    """Return what `n_checks` looks at the outputs take; nothing where there are none."""
    policy, hardware = deployment.exit_policy, deployment.hardware
    if policy is None or n_checks == 0:
        return CheckPrice(energy=NOTHING, time=NOTHING)
    output = deployment.program.outputs[0].population
    n_outputs = deployment.program.population(output).size
    name = f"exit check on {policy.where}"
    known = (hardware.exit_check or {}).get(policy.where.value)
    time = term(name, known.time_s if known else None, n_checks)
    energy = term(name, known.energy_j if known else None, n_checks)
    match policy.where:
        case CheckedAt.CHIP:
            time = time if time.value is not None else _compared(hardware, "s", n_outputs, n_checks)
            if energy.value is None:
                energy = _compared(hardware, "J", n_outputs, n_checks)
        case CheckedAt.MANAGEMENT:
            energy = energy if energy.value is not None else _managed(hardware, time)
        case CheckedAt.HOST:
            n_values = n_checks * n_outputs
            energy = total([energy, term("host_out", hardware.energy_j.get("host_out"), n_values)])
            time = total([time, term("host_out", hardware.latency_s.get("host_out"), n_values)])
    return CheckPrice(energy=energy, time=time)


def _compared(hardware: Hardware, unit: str, n_outputs: int, n_checks: float) -> Cost:
    """Return what neurons take that compare the outputs."""
    if unit == "J" and hardware.all_in:
        return INCLUDED
    figures = hardware.energy_j if unit == "J" else hardware.latency_s
    visited = [term(name, figures.get(name), n_checks * n_outputs) for name in _OF_NEURON]
    told = [term(name, figures.get(name), n_checks) for name in _OF_SPIKE]
    found = total([*visited, *told])
    return replace(found, evidence=(*found.evidence, Evidence.ASSUMED))


def _managed(hardware: Hardware, time: Cost) -> Cost:
    """Return the energy that the management processor draws for so long, if both are known."""
    if time.value is None:
        return time
    return product(term("management power", hardware.power_w.get("management"), 1.0), time)
