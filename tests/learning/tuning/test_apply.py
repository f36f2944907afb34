from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[tune]'")

from support.tuning import demo_network, digit_samples, spoiled_network  # noqa: E402

from neurodeploy.frontends.encoders import rate  # noqa: E402
from neurodeploy.frontends.templates import Kind, TemplateOptions, make  # noqa: E402
from neurodeploy.learning.tuning.apply import applied, as_text  # noqa: E402
from neurodeploy.model import Model  # noqa: E402
from neurodeploy.model.neuron import step_of  # noqa: E402


def with_settings(model: Model, **settings: float) -> Model:
    def unused() -> torch.Tensor:
        raise AssertionError("only a percentile needs samples")

    return applied(model, settings, unused)


def spikes(model: Model) -> dict[str, np.ndarray]:
    x = rate(digit_samples(20).x, 25, 0).astype(float)
    names = [p.name for p in model.populations]
    return dict(model.simulate(x, record=names).rasters)


def test_the_inverse_of_what_spoiled_it_gives_the_network_back() -> None:
    mended = spikes(with_settings(spoiled_network(), threshold=1 / 8, leak=1 / 5))
    for name, raster in spikes(demo_network()).items():
        np.testing.assert_array_equal(mended[name], raster)


def test_neutral_settings_change_nothing() -> None:
    model = demo_network()
    same = with_settings(model, threshold=1.0, leak=1.0)
    assert replace(same, history=model.history).digest == model.digest


@pytest.mark.parametrize("kind", [Kind.LIF, Kind.CUBA])
def test_a_leak_changes_and_the_gain_stays(kind: Kind) -> None:
    options = TemplateOptions(input_shape=(4,), n_classes=3, neuron=kind, leak=0.2)
    model = make("mlp", options)
    leaky = with_settings(model, leak=2.5)
    before, after = (step_of(m.population("hidden1").neuron, m.dt_s) for m in (model, leaky))
    np.testing.assert_allclose(after.leak_v, 0.5, rtol=1e-12)
    np.testing.assert_allclose(after.gain, before.gain, rtol=1e-12)
    np.testing.assert_array_equal(after.leak_i, before.leak_i)


def test_one_layer_alone_can_be_set() -> None:
    changed = with_settings(demo_network(), **{"threshold:hidden": 2.0})
    assert changed.population("hidden").neuron.v_threshold == 2.0
    assert changed.population("classes").neuron.v_threshold == 1.0


def test_an_input_gain_is_a_threshold_of_the_first_layer_where_nothing_is_added() -> None:
    """The demo has biases, so they are taken out here."""
    model = demo_network()
    bare = replace(
        model,
        projections=tuple(
            replace(p, chain=tuple(replace(o, bias=None) for o in p.chain))
            for p in model.projections
        ),
    )
    louder = spikes(with_settings(bare, input_gain=4.0))
    lower = spikes(with_settings(bare, **{"threshold:hidden": 0.25}))
    np.testing.assert_array_equal(louder["hidden"], lower["hidden"])
    assert louder["hidden"].sum() > spikes(bare)["hidden"].sum()


def test_a_percentile_sets_thresholds_whatever_they_were() -> None:
    x = torch.from_numpy(rate(digit_samples(50).x, 25, 0).astype(np.float32))
    ours, spoiled = (
        applied(m, {"percentile": 99.0}, lambda: x)
        for m in (demo_network(), replace(spoiled_network()))
    )
    a, b = (m.population("hidden").neuron.v_threshold for m in (ours, spoiled))
    assert a == b > 0


def test_settings_read_back_from_their_text() -> None:
    text = as_text({"threshold": 0.1234, "steps": 10.0, "leak": 1e-05})
    assert text == "threshold=0.1234, steps=10, leak=1e-05"


def test_the_history_says_what_was_tuned() -> None:
    assert with_settings(demo_network(), leak=2.0).history[-1] == "tuned: leak=2"
