"""What changed between two reports, and which factor of a layer's operations did it."""

import pytest
from support.gate import N_STEPS, denser, lower_threshold, network, report_of

from neurodeploy.exploration.compare import Comparison, compare
from neurodeploy.model import Model
from neurodeploy.regression import Figures, figures_of


@pytest.fixture(scope="module")
def base() -> Figures:
    return figures_of(report_of(network()))


def compared(base: Figures, model: Model, n_steps: int = N_STEPS) -> Comparison:
    return compare(base, figures_of(report_of(model, n_steps=n_steps)))


def test_equal_reports_do_not_differ(base: Figures) -> None:
    found = compared(base, network())
    assert (found.settings, found.metrics) == ({}, ())
    assert all(layer.changes == () and layer.gained == 0 for layer in found.layers)


def test_lower_threshold_sends_more_events_to_the_next_layer(base: Figures) -> None:
    found = compared(base, lower_threshold(network(), "fc1"))
    payer = found.layers[0]
    assert payer.name == "fc2"
    assert payer.causes == {"more events a step": pytest.approx(payer.gained)}
    assert found.cause("spikes") is not None
    assert found.cause("spikes").name == "fc1"


def test_causes_add_up_to_what_a_layer_gained(base: Figures) -> None:
    found = compared(base, lower_threshold(network(), "fc1"), N_STEPS + 3)
    for layer in found.layers:
        assert sum(layer.causes.values()) == pytest.approx(layer.gained, rel=1e-9)
    assert set(found.layers[0].causes) >= {"more steps", "more events a step"}
    assert found.settings["n_steps"] == (str(base.n_steps), str(base.n_steps + 3))


def test_arriving_events_times_the_fan_out_are_the_operations(base: Figures) -> None:
    """Dense layers store every synapse, zeros included: 32, 16 and 5 an event."""
    for layer, fan_out in zip(base.layers, (32, 16, 5), strict=True):
        events, synops = (layer.metrics[n].value for n in ("arriving_events", "synops_hw"))
        assert synops == pytest.approx(events * fan_out, rel=1e-12)


def test_denser_weights_change_the_effective_operations(base: Figures) -> None:
    found = compared(base, denser(network(), "w2"))
    changed = {change.name for change in found.metrics}
    assert "synops_effective" in changed
    assert found.cause("synops_effective").name == "fc2"
