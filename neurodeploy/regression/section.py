"""The sections of a budget, and which registered metrics stand in each."""

from enum import StrEnum

from neurodeploy.report.metric import REGISTRY


class Section(StrEnum):
    """A table of ``budget.toml``."""

    RESOURCES = "resources"
    LATENCY = "latency"
    THROUGHPUT = "throughput"
    ENERGY = "energy"
    POWER = "power"
    ACTIVITY = "activity"
    ACCURACY = "accuracy"
    EARLY_EXIT = "early_exit"
    NOC = "noc"


_PREFIXES = {
    "core": Section.RESOURCES,
    "chip": Section.RESOURCES,
    "imbalance": Section.RESOURCES,
    "synapses": Section.RESOURCES,
    "synops_busiest_core": Section.RESOURCES,
    "synops_hw_busiest_core": Section.RESOURCES,
    "latency": Section.LATENCY,
    "time": Section.LATENCY,
    "step_time": Section.LATENCY,
    "throughput": Section.THROUGHPUT,
    "energy": Section.ENERGY,
    "edp": Section.ENERGY,
    "power": Section.POWER,
    "accuracy": Section.ACCURACY,
    "exit": Section.EARLY_EXIT,
    "early": Section.EARLY_EXIT,
    "message": Section.NOC,
    "hop": Section.NOC,
    "link": Section.NOC,
}
"""How the names of a section start; what starts otherwise is a count: activity."""


def section_of(name: str) -> Section:
    """Return the section in which the registered metric `name` is limited."""
    fitting = [start for start in _PREFIXES if name.startswith(start)]
    return _PREFIXES[max(fitting, key=len)] if fitting else Section.ACTIVITY


def names_in(section: Section) -> tuple[str, ...]:
    """Return the registered metrics of a section, in the registry's order."""
    return tuple(name for name in REGISTRY if section_of(name) is section)
