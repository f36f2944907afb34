"""Cores, steps, samples and limits of a report agree with its totals and with naive sums."""

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes
from support.reports import SIZES, report_of

from neurodeploy import toolchain
from neurodeploy.report.build import build_report
from neurodeploy.report.metric import DISTRIBUTED, REGISTRY, STATISTICS, statistic_name
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions

ADDITIVE = ("synops_hw", "synops_effective", "spikes", "neuron_updates", "neuron_updates_active")


@pytest.fixture(scope="module", params=SIZES)
def report(request: pytest.FixtureRequest) -> Report:
    return report_of(request.param)


@pytest.fixture(scope="module")
def profiled() -> tuple[Run, Report]:
    rng = np.random.default_rng(11)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)))
    stimulus = stimulus_of(deployment, input_spikes(rng, 101, 12, (20,)))
    options = RunOptions()
    run = toolchain.run(deployment, stimulus, options)
    return run, build_report(deployment, stimulus, run, options.fidelity)


@pytest.mark.parametrize("name", ADDITIVE)
def test_cores_add_up_to_the_network(report: Report, name: str) -> None:
    total = sum(core.metrics[name].value or 0.0 for core in report.cores)
    assert total == pytest.approx(report.metrics[name].value, rel=1e-12)  # sums in another order


def test_cores_hold_every_neuron_once(report: Report) -> None:
    held: dict[str, list[int]] = {layer.name: [] for layer in report.layers}
    for core in report.cores:
        for part in core.parts:
            held[part.layer] += range(part.start, part.stop)
    for layer in report.layers:
        assert sorted(held[layer.name]) == list(range(int(np.prod(layer.shape))))


def test_steps_add_up_to_the_inference(report: Report) -> None:
    assert sum(report.steps.synops_hw.mean) == pytest.approx(report.metrics["synops_hw"].value)
    for layer, steps in zip(report.layers, report.steps.layers, strict=True):
        assert sum(steps.spikes.mean) == pytest.approx(layer.metrics["spikes"].value)
        assert sum(steps.synops_hw.mean) == pytest.approx(layer.metrics["synops_hw"].value)
    assert report.steps.time_s is not None
    assert sum(report.steps.time_s.mean) == pytest.approx(report.metrics["latency_s"].value)


def test_no_step_has_less_than_its_mean(report: Report) -> None:
    for steps in report.steps.layers:
        assert all(m <= most for m, most in zip(steps.spikes.mean, steps.spikes.most, strict=True))


def test_bounds_of_a_layer_on_one_core_are_reached(profiled: tuple[Run, Report]) -> None:
    run, report = profiled
    naive = run.step_maxima  # one row a layer, for each fits on one core
    assert len(report.cores) == 1
    for row, steps in enumerate(report.steps.layers):
        assert steps.spikes.most == tuple(naive[:, row, 0].astype(float))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_percentiles_are_the_least_observed_value_that_covers_their_share(
    profiled: tuple[Run, Report], statistic: str
) -> None:
    run, report = profiled
    synops = sorted(run.totals[:, :, 6:9].sum(axis=(1, 2)))  # dense, sparse, convolution
    share = STATISTICS[statistic]
    covering = [v for v in synops if sum(other <= v for other in synops) >= share * len(synops)]
    assert report.metrics[f"synops_hw_{statistic}"].value == min(covering)


def test_percentiles_do_not_fall_and_hold_the_mean(report: Report) -> None:
    for name in DISTRIBUTED:
        values = [report.metrics[statistic_name(name, s)].value or 0.0 for s in STATISTICS]
        assert values == sorted(values)
        assert values[-1] >= (report.metrics[name].value or 0.0) * (1 - 1e-12)


def test_every_statistic_is_registered_in_the_unit_of_its_figure() -> None:
    for name in DISTRIBUTED:
        for statistic in STATISTICS:
            assert REGISTRY[statistic_name(name, statistic)].unit == REGISTRY[name].unit


def test_mean_of_the_samples_energies_is_the_energy_of_the_mean(report: Report) -> None:
    found = {d.metric: d for d in report.distributions}
    for name in DISTRIBUTED:
        assert found[name].mean == pytest.approx(report.metrics[name].value, rel=1e-9)


def test_histograms_hold_every_sample_once(report: Report) -> None:
    for found in report.distributions:
        assert sum(found.samples) == report.n_samples
        assert found.edges[0] == found.least
        assert found.edges[-1] == found.largest


def test_equal_samples_make_one_bin() -> None:
    rng = np.random.default_rng(2)
    deployment = deployed(dense_if_model(rng, sizes=(8, 6)))
    x = np.repeat(input_spikes(rng, 1, 5, (8,)), 7, axis=0)
    report = toolchain.profile(deployment, stimulus_of(deployment, x))
    assert {found.samples for found in report.distributions} == {(7,)}


def test_timeline_is_the_first_samples_time(profiled: tuple[Run, Report]) -> None:
    run, report = profiled
    assert run.ticks is not None
    assert report.timeline is not None
    assert sum(report.timeline.step_ticks) == run.ticks[1, 0].sum()


def test_binding_names_the_fullest_resource_and_the_busiest_core_and_layer(report: Report) -> None:
    binding = report.binding
    shares = [
        usage.used / usage.limit
        for core in report.cores
        for usage in core.usage.values()
        if usage.limit
    ]
    assert binding.resource is not None
    assert binding.resource.share == max(shares)
    loads = [
        core.metrics["synops_hw"].value or 0.0 if core.time is None else core.time.busy_s
        for core in report.cores
    ]
    assert loads[binding.core] == max(loads)
    assert binding.layer == report.hottest(1)[0].name


def test_chip_without_latencies_has_no_time_and_no_timeline() -> None:
    rng = np.random.default_rng(3)
    deployment = deployed(dense_if_model(rng, sizes=(8, 6)), chip="ideal")
    x = input_spikes(rng, 3, 5, (8,))
    report = toolchain.profile(deployment, stimulus_of(deployment, x))
    assert report.timeline is None
    assert report.steps.time_s is None
    assert [found.metric for found in report.distributions] == ["synops_hw"]


def test_working_times_are_means_over_samples(profiled: tuple[Run, Report]) -> None:
    run, report = profiled
    assert run.core_ticks is not None
    assert report.timeline is not None
    tick_s = 1e-12 * report.timeline.tick_ps
    times = [(core.time.neurons_s, core.time.synapses_s) for core in report.cores if core.time]
    assert np.asarray(times) == pytest.approx(run.core_ticks / run.n_samples * tick_s)


def test_no_core_works_longer_than_the_step() -> None:
    report = report_of("many_cores")
    assert report.timeline is not None
    assert report.binding.load == "busy_s"
    for core in report.timeline.cores:
        busy = zip(core.neuron_ticks, core.synapse_ticks, report.timeline.step_ticks, strict=True)
        assert all(max(neurons, synapses) <= step for neurons, synapses, step in busy)


def test_messages_over_links_add_up_to_the_hops() -> None:
    report = report_of("many_cores")
    assert len(report.links) > 32
    hops = sum(link.messages for link in report.links)
    assert hops == pytest.approx(report.metrics["hops"].value, rel=1e-12)
    for link in report.links:
        (x, y), (to_x, to_y) = link.source, link.target
        assert abs(to_x - x) + abs(to_y - y) == 1
