"""A sample stops where the reference stops it, and its figures are a part of the whole run's."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.machine.counts import Count
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.program.reference import simulate
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.terms import ExitCriterion
from neurodeploy_cpu_emu.engine import Engine
from neurodeploy_cpu_emu.kernels.neurons import State
from neurodeploy_cpu_emu.target import TARGET
from neurodeploy_cpu_emu.trace import BlockTrace

N_STEPS, N_SAMPLES = 14, 24


@pytest.fixture(scope="module")
def whole() -> Deployment:
    return deployed(dense_if_model(np.random.default_rng(1), sizes=(12, 20, 9, 4), theta=0.25))


@pytest.fixture(scope="module")
def stimulus() -> Stimulus:
    rng = np.random.default_rng(2)
    rate = rng.uniform(0.05, 0.9, (N_SAMPLES, 1, 12))
    return Stimulus(x={"input": (rng.random((N_SAMPLES, N_STEPS, 12)) < rate).astype(np.int32)})


POLICIES = {
    "margin": ExitPolicy(rule=ExitCriterion.MARGIN, threshold=1, min_steps=2),
    "confidence": ExitPolicy(rule=ExitCriterion.CONFIDENCE, threshold=0.55, period_steps=3),
    "two steps": ExitPolicy(rule=ExitCriterion.MARGIN, threshold=1e6, min_steps=9, max_steps=9),
    "never": ExitPolicy(rule=ExitCriterion.MARGIN, threshold=1e6),
}


def run_of(
    deployment: Deployment,
    stimulus: Stimulus,
    fidelity: Fidelity = Fidelity.L3,
    workers: int = 2,
    record: bool = True,
) -> Run:
    names = frozenset(p.name for p in deployment.program.populations) if record else frozenset()
    options = RunOptions(fidelity=fidelity, workers=workers, record=names)
    return merge(list(TARGET.run(deployment, [stimulus], options)))


@pytest.mark.parametrize("fidelity", list(Fidelity))
@pytest.mark.parametrize("name", POLICIES)
def test_a_stopped_sample_is_the_beginning_of_the_whole_one(
    name: str, fidelity: Fidelity, whole: Deployment, stimulus: Stimulus
) -> None:
    full = run_of(whole, stimulus, fidelity)
    found = run_of(replace(whole, exit_policy=POLICIES[name]), stimulus, fidelity)
    assert found.n_steps == full.n_steps
    run_steps = np.arange(full.n_steps) < found.steps_used[:, None]
    assert (found.steps_used == full.n_steps).all() == (name == "never")
    for layer, raster in full.rasters.items():
        np.testing.assert_array_equal(found.rasters[layer], raster * run_steps[:, :, None])
    if full.ticks is not None:
        assert found.ticks is not None
        np.testing.assert_array_equal(found.ticks, full.ticks * run_steps)
    for k in range(N_SAMPLES):
        alone = replace(stimulus, x={"input": stimulus.x["input"][k : k + 1]})
        steps = run_of(whole, alone, fidelity).step_sums[: found.steps_used[k]]
        np.testing.assert_array_equal(found.totals[k], steps.sum(axis=0))
    np.testing.assert_array_equal(found.totals.sum(axis=0), found.step_sums.sum(axis=0))


@pytest.mark.parametrize("name", POLICIES)
def test_stops_where_the_reference_stops_with_its_answer(
    name: str, whole: Deployment, stimulus: Stimulus
) -> None:
    policy, program = POLICIES[name], whole.program
    rule = policy.rule_for(program, N_STEPS)
    found = run_of(replace(whole, exit_policy=policy), stimulus)
    steps = set()
    for k in range(N_SAMPLES):
        given = {"input": stimulus.x["input"][k]}
        trace = simulate(program, given, rule.n_steps, rule)
        n = rule.informative(trace.n_steps)
        raster = trace.outputs[rule.population].reshape(trace.n_steps, -1)
        assert found.steps_used[k] == trace.n_steps
        assert found.checks is not None
        assert found.checks[k] == rule.n_checks(n, rule.limit(given))
        np.testing.assert_array_equal(found.outputs[rule.population][k], rule.scores(raster)[-1])
        steps.add(n)
    assert len(steps) > 2 or name in ("never", "two steps")


def test_what_lies_beyond_the_exit_is_not_computed(
    whole: Deployment, stimulus: Stimulus, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    original = Engine._run

    def counted(
        engine: Engine, trace: BlockTrace, states: Mapping[str, State], first: int, last: int
    ) -> None:
        computed.append((last - first) * trace.n_samples)
        original(engine, trace, states, first, last)

    monkeypatch.setattr(Engine, "_run", counted)
    found = run_of(replace(whole, exit_policy=POLICIES["margin"]), stimulus)
    assert sum(computed) == found.steps_used.sum() < N_SAMPLES * found.n_steps
    computed.clear()
    assert run_of(whole, stimulus).n_steps * N_SAMPLES == sum(computed)


def parts(stimulus: Stimulus, size: int) -> Iterator[Stimulus]:
    for start in range(0, N_SAMPLES, size):
        yield replace(stimulus, x={"input": stimulus.x["input"][start : start + size]})


def test_threads_and_batches_change_nothing(whole: Deployment, stimulus: Stimulus) -> None:
    deployment = replace(whole, exit_policy=POLICIES["margin"])
    alone = run_of(deployment, stimulus, workers=1)
    assert run_of(deployment, stimulus, workers=3).digest == alone.digest
    for size in (1, 5, 16):
        runs = [run_of(deployment, part) for part in parts(stimulus, size)]
        assert merge(runs).digest == alone.digest
        assert merge([merge(runs[:2]), *runs[2:]]).digest == alone.digest


def test_order_of_samples_changes_no_figure(whole: Deployment, stimulus: Stimulus) -> None:
    deployment = replace(whole, exit_policy=POLICIES["confidence"])
    order = np.random.default_rng(5).permutation(N_SAMPLES)
    there = run_of(deployment, stimulus)
    here = run_of(deployment, replace(stimulus, x={"input": stimulus.x["input"][order]}))
    for name in ("steps_used", "checks", "totals", "totals_at_once"):
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name)[order])
    assert here.ticks is not None
    assert there.ticks is not None
    np.testing.assert_array_equal(here.ticks, there.ticks[:, order])
    np.testing.assert_array_equal(here.step_sums, there.step_sums)
    np.testing.assert_array_equal(here.core_ticks, there.core_ticks)
    assert here.barrier_ticks == there.barrier_ticks


def test_layers_that_stop_at_once_do_less_by_what_is_in_flight(
    whole: Deployment, stimulus: Stimulus
) -> None:
    program = whole.program
    found = run_of(replace(whole, exit_policy=POLICIES["two steps"]), stimulus)
    lags = {"input": 0} | {p.name: p.t_start for p in program.populations}
    ledger = ledger_of(program, whole.placement)
    assert found.totals_at_once is not None
    assert (found.totals_at_once <= found.totals).all()
    assert (found.totals_at_once < found.totals).any()
    for k in range(3):
        rasters = {"input": np.zeros((found.n_steps, 12), np.int32)}
        rasters["input"][:N_STEPS] = stimulus.x["input"][k]
        rasters |= {name: raster[k].copy() for name, raster in found.rasters.items()}
        for name, raster in rasters.items():
            raster[lags[name] + 9 :] = 0  # nine steps of the stimulus decided
        counts = ledger.count(rasters, found.n_steps).sum(axis=0)
        columns = [c for c in Count if c < Count.CURRENT_WRAPS and c != 1]
        np.testing.assert_array_equal(found.totals_at_once[k][:, columns], counts[:, columns])


def test_a_policy_that_never_stops_leaves_the_whole_run(
    whole: Deployment, stimulus: Stimulus
) -> None:
    full, never = (
        run_of(whole, stimulus),
        run_of(replace(whole, exit_policy=POLICIES["never"]), stimulus),
    )
    assert never.checks is not None
    assert never.checks.tolist() == [N_STEPS - 1] * N_SAMPLES
    assert replace(never, checks=None, totals_at_once=None).digest == full.digest
