"""What a core holds: the chip's limits as whole numbers, and what of them binds."""

from collections.abc import Mapping

from neurodeploy.hardware import Evidence, Hardware

NEURONS = "neurons_per_core"
SYNAPSE_BYTES = "synapse_bytes_per_core"
AXONS_IN = "axons_in_per_core"
AXONS_OUT = "axons_out_per_core"
PER_CORE = (NEURONS, SYNAPSE_BYTES, AXONS_IN, AXONS_OUT)

Load = Mapping[str, int]


def known_limit(hardware: Hardware, name: str) -> int | None:
    """Return a limit of the chip; None where there is none, or where it is unknown."""
    quantity = hardware.limits.get(name)
    return None if quantity is None or quantity.value is None else int(quantity.value)


def binding_limits(hardware: Hardware) -> dict[str, int]:
    """Return the limits of a core that refuse: the known ones, without the merely assumed."""
    return {
        name: limit
        for name in PER_CORE
        if (limit := known_limit(hardware, name)) is not None
        and hardware.limits[name].evidence is not Evidence.ASSUMED
    }


def exceeded(load: Load, limits: Load) -> tuple[str, ...]:
    """Return the names of the limits that `load` exceeds."""
    return tuple(name for name in load if name in limits and load[name] > limits[name])
