"""Every registered metric stands in one section, and says which way it improves."""

from neurodeploy.regression.section import Section, names_in, section_of
from neurodeploy.report.metric import REGISTRY, Better


def test_sections_part_the_registry() -> None:
    names = [name for section in Section for name in names_in(section)]
    assert sorted(names) == sorted(REGISTRY)


def test_names_stand_where_an_engineer_looks_for_them() -> None:
    expected = {
        "cores": Section.RESOURCES,
        "synapses": Section.RESOURCES,
        "synops_busiest_core_hz": Section.RESOURCES,
        "synops_hw_busiest_core": Section.RESOURCES,
        "imbalance": Section.RESOURCES,
        "latency_p50_s": Section.LATENCY,
        "latency_p99_s": Section.LATENCY,
        "latency_max_s": Section.LATENCY,
        "throughput_hz": Section.THROUGHPUT,
        "energy_total_j": Section.ENERGY,
        "energy_total_p99_j": Section.ENERGY,
        "edp_j_s": Section.ENERGY,
        "power_w": Section.POWER,
        "synops_hw": Section.ACTIVITY,
        "synops_hw_max": Section.ACTIVITY,
        "spikes_per_synapse": Section.ACTIVITY,
        "arriving_events": Section.ACTIVITY,
        "accuracy": Section.ACCURACY,
        "exit_step_mean": Section.EARLY_EXIT,
        "hops": Section.NOC,
        "messages_in": Section.NOC,
        "exit_step": Section.EARLY_EXIT,
        "exit_step_p99": Section.EARLY_EXIT,
        "exit_saving_total": Section.EARLY_EXIT,
    }
    assert {name: section_of(name) for name in expected} == expected


SAVINGS = tuple(
    f"exit_saving_{what}" for what in ("dynamic", "static", "total", "race_to_idle", "latency")
)


def test_what_is_better_higher_or_neither_is_stated_here_again() -> None:
    """A metric is a cost unless it says otherwise: a new one has to be thought of here."""
    other = {name: d.better for name, d in REGISTRY.items() if d.better is not Better.LOWER}
    assert other == {
        "accuracy": Better.HIGHER,
        "throughput_hz": Better.HIGHER,
        "input_events": Better.NEITHER,
        "ann_macs": Better.NEITHER,
        "exit_accuracy_full": Better.HIGHER,
        "exit_accuracy_early": Better.HIGHER,
        "exit_wrong_to_right": Better.HIGHER,
        "exit_oracle_step": Better.NEITHER,
        "exit_oracle_aet": Better.NEITHER,
        "exit_pipeline_steps": Better.NEITHER,
        **dict.fromkeys(SAVINGS, Better.HIGHER),
    }
