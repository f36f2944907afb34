"""Options of a pilot as arguments of the commands."""

from neurodeploy.pilot.given import CONVERTED_STEPS, Given, PilotOptions

Arguments = tuple[str, ...]


def option(name: str, value: object) -> Arguments:
    """Return ``--name value``; nothing for None."""
    return () if value is None else (f"--{name}", str(value))


def coding(given: Given) -> Arguments:
    """Return how samples become series."""
    options = given.options
    if given.artificial:
        return ("--encode", "direct", "--steps", str(options.n_steps or CONVERTED_STEPS))
    return (
        *option("encode", options.encode),
        *option("steps", options.n_steps),
        *option("delta-threshold", options.delta_threshold),
        *option("step-us", options.step_us),
        *option("layout", options.layout),
    )


def coding_seed(given: Given) -> Arguments:
    """Return the seed of an encoder that draws."""
    return option("seed", given.options.seed) if given.options.encode == "rate" else ()


def conventions(given: Given) -> Arguments:
    """Return what the file of a spiking network leaves open."""
    options = given.options
    return (
        *option("dt", options.dt_s),
        *option("reset", options.reset),
        *option("if-gain", options.if_gain),
        *option("discretisation", options.discretisation),
        *option("from", options.framework),
    )


def chip(given: Given) -> Arguments:
    """Return the chip, by its name or by the copy of its page."""
    return option("chip", given.path("chip") or given.options.chip)


def protocol(given: Given) -> Arguments:
    """Return the attack protocol, by its name or by the copy of its file."""
    return option("protocol", given.path("protocol") or given.options.protocol)


def targets(options: PilotOptions) -> Arguments:
    """Return what integers are held against the reference: each target once."""
    names = dict.fromkeys((options.target, *options.against))
    return tuple(part for name in names for part in ("--against", name))


def use(options: PilotOptions) -> Arguments:
    """Return what the deployment is used for."""
    return (
        *option("per-second", options.per_second),
        *option("price-kwh", options.price_kwh),
        *option("battery-wh", options.battery_wh),
        *option("units", options.units),
        *option("replaces-w", options.replaces_w),
        *option("unit-cost", options.unit_cost),
        *option("development-cost", options.development_cost),
    )
