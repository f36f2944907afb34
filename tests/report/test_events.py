"""Events are what the costs of a report are multiples of."""

import numpy as np
import pytest

from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.report.report import Report
from neurodeploy.toolchain import (
    CompileOptions,
    compile_network,
    load_model,
    profile,
    read_samples,
    stimulus_of,
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("events")
    np.savez(folder / "x.npz", x=rate(load_digits().test.x[:5], N_STEPS, CODING_SEED))
    model, _ = load_model(DEMO_NETWORK)
    deployment = compile_network(model, "cpu-emu", CompileOptions(chip="loihi1-fitted"))
    return profile(deployment, stimulus_of(deployment, read_samples(folder / "x.npz")))


def test_energy_of_every_component_is_events_times_coefficients(report: Report) -> None:
    from neurodeploy.hardware.toml_file import load_chip

    energies = load_chip("loihi1-fitted").energy_j
    total = sum(n * (energies[name].value or 0.0) for name, n in report.events.energy.items())
    expected = (report.metrics["energy_dynamic_j"].value or 0.0) + (
        report.metrics["energy_reset_j"].value or 0.0
    )
    assert total == pytest.approx(expected, rel=1e-12)  # another order of summation


def test_events_of_the_chip_are_the_counts_of_the_report(report: Report) -> None:
    energy, metrics = report.events.energy, report.metrics
    synops = sum(energy[f"synapse_{form}"] for form in ("dense", "sparse", "conv"))
    assert synops == metrics["synops_hw"].value
    assert energy["neuron_access"] == metrics["neuron_updates"].value
    assert energy["spike_out"] == metrics["spikes"].value
    assert energy["host_in"] == metrics["input_events"].value
    assert energy["barrier"] == report.n_steps


def test_time_is_of_one_phase_of_the_busiest_core_and_the_barriers(report: Report) -> None:
    assert set(report.events.time) == {
        *("axon_in", "synapse_dense", "synapse_sparse", "synapse_conv", "dendrite"),
        "sync.1",
    }
    assert report.events.time["sync.1"] == report.n_steps
