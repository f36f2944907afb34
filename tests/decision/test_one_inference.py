"""What the chip draws between inferences is what its page says, or unknown."""

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.decision.one_inference import OneInference, one_inference
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions


def on(chip: str, fidelity: Fidelity = Fidelity.L3) -> OneInference:
    rng = np.random.default_rng(3)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), chip=chip)
    stimulus = stimulus_of(deployment, input_spikes(rng, 5, 12, (20,)))
    options = RunOptions(fidelity=fidelity)
    return one_inference(toolchain.profile(deployment, stimulus, options))


def powers(chip: Hardware, *names: str) -> tuple[float, ...]:
    found = [chip.power_w[name] for name in names]
    return tuple(sum(getattr(power, end) for power in found) for end in ("low", "value", "high"))


@pytest.mark.parametrize(
    ("chip", "names", "missing"),
    [
        ("loihi1-davies2018", ("static_chip", "management"), ()),
        ("loihi1-fitted", ("static_chip", "management"), ()),
        ("loihi2", ("static_chip",), ("management power between inferences",)),
    ],
)
def test_power_between_inferences_is_that_of_the_page(
    chip: str, names: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    found = on(chip)
    assert found.idle_w is not None
    ends = (found.idle_w.low, found.idle_w.nominal, found.idle_w.high)
    assert ends == pytest.approx(powers(load_chip(chip), *names), rel=1e-12)
    assert found.idle_missing == missing


@pytest.mark.parametrize("chip", ["truenorth", "speck2", "ideal"])
def test_power_that_no_page_knows_is_unknown(chip: str) -> None:
    found = on(chip)
    assert found.idle_w is None
    assert found.idle_missing == (
        "static power between inferences",
        "management power between inferences",
    )


def test_without_time_there_is_no_power_between_inferences() -> None:
    found = on("loihi1-davies2018", Fidelity.L0)
    assert (found.latency_s, found.idle_w) == (None, None)


def test_missing_terms_say_of_what_they_are() -> None:
    found = on("loihi2")
    assert found.energy_j is not None
    assert found.latency_s is not None
    assert "energy of spike_out" in found.energy_j.missing
    assert "management power" in found.energy_j.missing
    assert "latency of spike_out" in found.latency_s.missing
