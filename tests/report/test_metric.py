"""A metric's name ends in its unit."""

from neurodeploy.report.metric import REGISTRY

SUFFIXES = {"_j_s": "J s", "_j": "J", "_s": "s", "_w": "W", "_hz": "Hz"}


def test_names_end_in_their_units() -> None:
    for name, definition in REGISTRY.items():
        unit = next((unit for end, unit in SUFFIXES.items() if name.endswith(end)), "1")
        assert definition.unit == unit, name


def test_budgets_find_the_names_that_they_use() -> None:
    names = ("energy_dynamic_j", "energy_total_j", "edp_j_s", "power_w", "spikes_per_synapse")
    assert set(names) <= set(REGISTRY)
