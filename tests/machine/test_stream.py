"""A woven stream is what a chip does that clears each layer as the next sample reaches it."""

from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.errors import InputError
from neurodeploy.machine.counts import Count
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.machine.stream import Alone, counts_of, starts_of, woven
from neurodeploy.program.reference import Trace, simulate
from neurodeploy.program.schedule import own_lags
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.terms import CheckedAt, ExitCriterion
from neurodeploy.toolchain.streaming import stream

N_STEPS, N_SAMPLES = 9, 6
POLICY = ExitPolicy(rule=ExitCriterion.MARGIN, threshold=1, where=CheckedAt.CHIP)


@pytest.fixture(scope="module")
def whole() -> Deployment:
    model = dense_if_model(np.random.default_rng(1), sizes=(12, 20, 9, 4), theta=0.25)
    return deployed(model)


@pytest.fixture(scope="module")
def stimulus() -> Stimulus:
    rng = np.random.default_rng(2)
    rate = rng.uniform(0.05, 0.9, (N_SAMPLES, 1, 12))
    return Stimulus(x={"input": (rng.random((N_SAMPLES, N_STEPS, 12)) < rate).astype(np.int32)})


def alone(deployment: Deployment, x: np.ndarray, n_steps: int | None = None) -> Alone:
    full = len(x) + deployment.program.drain_steps
    trace = simulate(deployment.program, {"input": x}, full)
    return Alone(rasters=trace.outputs, active=trace.active, n_steps=n_steps or full)


def cleared(deployment: Deployment, x: np.ndarray) -> Trace:
    """Samples in one run of a network whose layers clear themselves for each."""
    program = deployment.program
    populations = tuple(
        replace(p, clear_interval=N_STEPS, clear_offset=p.t_start + 1) for p in program.populations
    )
    one = replace(program, populations=populations)
    return simulate(one, {"input": x.reshape(-1, 12)}, len(x) * N_STEPS + program.drain_steps)


def test_overlapping_samples_do_what_a_network_does_that_clears_its_layers(
    whole: Deployment, stimulus: Stimulus
) -> None:
    x, lags = stimulus.x["input"], own_lags(whole.program)
    samples = [alone(whole, one) for one in x]
    starts = starts_of([one.n_steps for one in samples], N_STEPS, eager=False)
    found, expected = woven(samples, lags, N_STEPS, starts), cleared(whole, x)
    assert found.n_steps == N_SAMPLES * N_STEPS + whole.program.drain_steps
    for population in whole.program.populations:
        name, lag = population.name, population.t_start
        own = slice(lag, lag + N_SAMPLES * N_STEPS)
        np.testing.assert_array_equal(found.rasters[name][own], expected.outputs[name][own])
        np.testing.assert_array_equal(found.active[name][own], expected.active[name][own])
        assert found.rasters[name].any()
        assert not found.rasters[name][own.stop :].any()


def test_a_decided_sample_is_dropped_by_every_layer_at_once(
    whole: Deployment, stimulus: Stimulus
) -> None:
    lags, used = own_lags(whole.program), [5, 12, 4]
    samples = [alone(whole, x, n) for x, n in zip(stimulus.x["input"], used, strict=False)]
    for eager, starts in ((False, [0, 9, 18]), (True, [0, 5, 14])):
        found_starts = starts_of(used, N_STEPS, eager=eager)
        assert found_starts.tolist() == starts
        found = woven(samples, lags, N_STEPS, found_starts)
        assert found.ends.tolist() == [s + n for s, n in zip(starts, used, strict=True)]
        for name, lag in lags.items():
            naive = np.zeros_like(found.rasters[name])
            for one, start in zip(samples, starts, strict=True):
                for k in range(lag, min(lag + N_STEPS, one.n_steps)):
                    assert not naive[start + k].any()
                    naive[start + k] = one.rasters[name][k]
            np.testing.assert_array_equal(found.rasters[name], naive)


def test_counts_of_a_stream_are_those_of_its_samples(whole: Deployment, stimulus: Stimulus) -> None:
    lags, ledger = own_lags(whole.program), ledger_of(whole.program, whole.placement)
    samples = [alone(whole, x) for x in stimulus.x["input"]]
    used = [one.n_steps for one in samples]
    one_each = [woven([s], lags, N_STEPS, starts_of([0], N_STEPS, eager=False)) for s in samples]
    together = woven(samples, lags, N_STEPS, starts_of(used, N_STEPS, eager=False))
    spread = ledger.columns.spread
    total = spread(counts_of(together, ledger)).sum(axis=0)
    each = sum(spread(counts_of(s, ledger)).sum(axis=0) for s in one_each)
    np.testing.assert_array_equal(total, each)
    assert total[:, Count.NEURON_UPDATES_ACTIVE].any()


def test_costs_of_a_stream_with_and_without_exit(whole: Deployment, stimulus: Stimulus) -> None:
    deployment = replace(whole, exit_policy=replace(POLICY, threshold=0, max_steps=5))
    every, paced, eager = stream(deployment, stimulus, N_SAMPLES)
    drain = whole.program.drain_steps
    assert every.steps == N_STEPS + drain / N_SAMPLES
    assert [s.name for s in (every, paced, eager)] == [
        "every step",
        "at its pace",
        "as samples are decided",
    ]
    run = toolchain.run(deployment, stimulus)
    waits = np.minimum(run.steps_used, N_STEPS)
    assert len(set(run.steps_used.tolist())) > 1
    assert eager.steps == (waits[:-1].sum() + run.steps_used[-1]) / N_SAMPLES < paced.steps
    assert paced.steps <= every.steps
    assert paced.synops == eager.synops < every.synops
    for cost in (every, paced, eager):
        assert cost.n_samples == N_SAMPLES
        assert "clearing of layers" in cost.dynamic.missing
        for known in (cost.dynamic, cost.static, cost.period, cost.latency):
            assert known.value is not None
            assert known.low is not None
            assert known.low <= known.value
    assert (eager.period.value or 0) < (paced.period.value or 0)
    assert (paced.latency.value or 0) < (every.latency.value or 0)
    assert (paced.dynamic.value or 0) < (every.dynamic.value or 0)


def test_layers_in_flight_make_steps_longer_than_those_of_a_sample_alone(
    stimulus: Stimulus, whole: Deployment
) -> None:
    """A share of steps is no share of time: steps of a stream hold work of several samples."""
    never = replace(whole, exit_policy=replace(POLICY, threshold=1e6))
    (every, *_) = stream(never, stimulus, N_SAMPLES)
    run = toolchain.run(whole, stimulus, RunOptions(fidelity=toolchain.Fidelity.L3))
    assert run.ticks is not None
    sequential_s = run.ticks[1].sum() / N_SAMPLES * whole.hardware.tick_ps * 1e-12
    assert every.period.value is not None
    assert N_STEPS / (N_STEPS + 3) * sequential_s < every.period.value < sequential_s


def test_a_chip_that_resets_as_a_whole_streams_nothing(stimulus: Stimulus) -> None:
    model = dense_if_model(np.random.default_rng(1), sizes=(12, 5, 4))
    deployment = replace(deployed(model, chip="loihi1-fitted"), exit_policy=POLICY)
    with pytest.raises(InputError) as caught:
        stream(deployment, stimulus)
    assert str(caught.value) == (
        "ND2842: loihi1-fitted: resets as a whole, so that samples cannot overlap in its layers; "
        "run them one after the other"
    )
    with pytest.raises(InputError, match="ND2842: the deployment has no exit policy"):
        stream(deployment.without_exit, stimulus)
