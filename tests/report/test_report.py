"""A report repeats byte for byte, and no modelled figure stands without interval and source."""

import json
import platform
from pathlib import Path

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.json_file import as_json, write_report
from neurodeploy.report.metric import REGISTRY
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions


def report(chip: str = "loihi2", workers: int = 1, fidelity: Fidelity = Fidelity.L3) -> Report:
    rng = np.random.default_rng(3)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), chip=chip)
    x = input_spikes(rng, 40, 12, (20,))
    stimulus = stimulus_of(deployment, x)
    return toolchain.profile(deployment, stimulus, RunOptions(workers=workers, fidelity=fidelity))


def test_equal_inputs_give_equal_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    for workers in (1, 2, 5):
        write_report(report(workers=workers), tmp_path / f"{workers}.json")
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


@pytest.mark.parametrize("fidelity", Fidelity)
@pytest.mark.parametrize("chip", ["loihi1", "loihi2", "ideal"])
def test_modelled_figures_carry_interval_and_source_or_say_why_not(
    chip: str, fidelity: Fidelity
) -> None:
    document = as_json(report(chip, fidelity=fidelity))
    names = set(REGISTRY)
    holders = [document["metrics"]] + [
        {name: value for name, value in layer.items() if name in names}
        for layer in document["layers"]
    ]
    n_modelled = 0
    for metric in (metric for holder in holders for metric in holder.values()):
        if metric["value"] is None:
            assert metric["note"]
            continue
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert metric["source"]
        if metric["basis"] == "modelled" and metric["value"]:
            n_modelled += 1
            assert metric["source"] != "none"
    assert (n_modelled > 0) == (chip != "ideal")


def test_every_source_named_is_explained() -> None:
    document = as_json(report())
    named = {
        source
        for metric in document["metrics"].values()
        for source in metric["source"].split(", ")
        if source not in ("counted", "none")
    }
    assert named <= set(document["sources"])


def test_chip_without_costs_reports_counts_and_no_joules() -> None:
    metrics = report("ideal").metrics
    assert metrics["synops_hw"].value
    assert metrics["energy_total_j"].value is None
    assert metrics["latency_s"].value is None


def test_totals_are_the_sum_of_the_layers() -> None:
    found = report()
    for name in ("synops_hw", "synops_effective", "spikes", "neuron_updates_active", "messages"):
        layers = sum(layer.metrics[name].value or 0.0 for layer in found.layers)
        if name == "messages":  # the host's messages belong to no layer
            layers += found.metrics["input_events"].value or 0.0
        assert found.metrics[name].value == pytest.approx(layers, rel=1e-12)


def test_report_holds_no_host_and_no_path() -> None:
    text = json.dumps(as_json(report()))
    assert platform.node() not in text
    assert str(Path.cwd()) not in text


@pytest.mark.parametrize("fidelity", [Fidelity.L1, Fidelity.L2, Fidelity.L3])
def test_every_figure_that_needs_the_time_says_its_level(fidelity: Fidelity) -> None:
    metrics = report(fidelity=fidelity).metrics
    for name in ("latency_s", "throughput_hz", "power_w", "energy_static_j", "energy_total_j"):
        assert fidelity.value in metrics[name].note


def test_a_coarser_level_is_never_slower() -> None:
    latency = {level: report(fidelity=level).metrics["latency_s"].value or 0 for level in Fidelity}
    assert latency[Fidelity.L0] == 0
    assert 0 < latency[Fidelity.L1] <= latency[Fidelity.L3]
    assert 0 < latency[Fidelity.L2] <= latency[Fidelity.L3]
