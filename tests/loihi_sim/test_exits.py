"""Lava stops where the reference stops; the worker's rule is ours; so is the script's."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from support import lava

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.program import Dense, Input, Population, Projection
from neurodeploy.program.reference import simulate
from neurodeploy.program.softmax import exp_tables
from neurodeploy.storage.codec import encode
from neurodeploy.target import RunOptions, Stimulus, merge
from neurodeploy.target.conformance import EXITS, cases, on_one_core, random_case
from neurodeploy.target.conformance.check import stimulus_of
from neurodeploy.terms import ExitCriterion, ExitScore, Readout
from neurodeploy_cpu_emu.target import TARGET as CPU_EMU
from neurodeploy_loihi_sim import script
from neurodeploy_loihi_sim.job import exit_of
from neurodeploy_loihi_sim.layout import led_from
from neurodeploy_loihi_sim.mapping import layout_of
from neurodeploy_loihi_sim.target import TARGET
from tests.loihi_sim.test_script import run_script


@pytest.fixture(scope="module")
def worker() -> ModuleType:
    """The rule as the worker and the script have it; it needs numpy only."""
    path = script.ROOM / "worker" / script.EXIT_RULE
    spec = importlib.util.spec_from_file_location("worker_exit_rule", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", EXITS)
def test_the_workers_rule_is_ours(kind: str, worker: ModuleType) -> None:
    n_checked = 0
    for case in cases(seed=50, kinds=(kind,), n_each=12):
        assert case.exit_policy is not None
        rule = case.exit_policy.rule_for(case.program, case.n_steps)
        limit = rule.limit(case.stimulus)
        given, arrays = encode(exit_of(rule, "out", [limit]))
        theirs = {**given, **{name: arrays[name] for name in arrays}}
        raster = np.random.default_rng(case.seed).integers(-9, 30, (rule.n_steps, 5))
        assert worker.may_stop_after(theirs, limit) == list(rule.may_stop_after(limit))
        for k in range(rule.first_step + 1, rule.n_steps + 1):
            assert worker.stops(theirs, raster[:k], limit) == rule.stops(raster[:k], limit)
            n = k - rule.first_step
            if rule.criterion is ExitCriterion.POLICY or n > rule.n_informative:
                continue
            scores = rule.scores(raster[:k])[-1]
            np.testing.assert_array_equal(worker.scores(theirs, raster[:k]), scores)
            for far in (1, 1000, 1 << 30):
                assert worker.value(theirs, scores * far, n) == rule.value(scores * far, n)
            n_checked += 1
    assert n_checked > 50 or kind == "exit_policy"


@pytest.mark.parametrize("score", ExitScore)
def test_the_scripts_rule_is_ours_for_every_length(score: ExitScore, worker: ModuleType) -> None:
    case = random_case("exit_entropy", 3)
    policy = ExitPolicy(
        rule=ExitCriterion.ENTROPY, threshold=0.3, score=score, temperature=0.7, max_steps=6
    )
    output = replace(case.program.outputs[0], readout=Readout.SUM, first_step=1)
    program = replace(case.program, outputs=(output,))
    rule = policy.rule_for(program, 9)
    high, low = exp_tables()
    scale = (program.output_scale["out"] / 0.7).as_integer_ratio()
    given = {
        "criterion": "entropy",
        "score": score.value,
        "readout": "sum",
        "n_unread": 1,
        "first_step": rule.first_step,
        "min_steps": 1,
        "max_steps": 6,
        "period": 1,
        "level": rule.level,
        "scale": scale,
        "exp_high": high,
        "exp_low": low,
    }
    theirs = worker.rule_for(given, 9, program.drain_steps)
    assert (theirs["n_informative"], theirs["max_steps"], theirs["n_steps"]) == (
        *(rule.n_informative, rule.max_steps),
        rule.n_steps,
    )
    np.testing.assert_allclose(theirs["factors"], rule.factors, rtol=1e-12)


@pytest.mark.parametrize("kind", EXITS)
def test_lava_runs_no_step_beyond_the_exit_and_gives_our_run(kind: str) -> None:
    lava.lava_python()
    for case in cases(seed=2, kinds=(kind,), n_each=2, stored=True):
        deployment = replace(
            on_one_core(TARGET.name, case.program, load_chip("loihi2")),
            exit_policy=case.exit_policy,
        )
        options = RunOptions(record=frozenset({"a", "out"}))
        lavas = merge(list(TARGET.run(deployment, [stimulus_of(case)], options)))
        ours = merge(list(CPU_EMU.run(deployment, [stimulus_of(case)], options)))
        assert lavas.digest == ours.digest
        assert (lavas.steps_used <= lavas.n_steps).all()


def test_the_part_that_is_judged_runs_first() -> None:
    layout = layout_of(random_case("exit_margin", 0).program)
    apart = replace(layout, wires=(), heads=tuple(n.key for n in layout.neurons))
    assert led_from(apart, "out").heads[0] == "out"
    assert led_from(layout, "out").heads == layout.heads  # one part


@pytest.mark.parametrize("kind", EXITS)
def test_script_stops_where_the_reference_stops(kind: str, tmp_path: Path) -> None:
    lava.lava_python()
    (case,) = cases(seed=6, kinds=(kind,), n_each=1, stored=True)
    policy = case.exit_policy
    assert policy is not None
    build = tmp_path / "build"
    build.mkdir()
    whole = on_one_core("loihi-sim", case.program, load_chip("ideal"))
    script.write_script(replace(whole, exit_policy=policy), build)
    x = stimulus_of(case).x["x"]
    rule = policy.rule_for(case.program, case.n_steps)
    limits = [rule.limit({"x": sample}) for sample in x]
    more = {"exit_steps": np.asarray(limits)} if kind == "exit_policy" else {}
    np.savez(tmp_path / "input.npz", x=x, **more)
    run_script(build, "input.npz")
    with np.load(tmp_path / "output.npz") as output:
        for k, sample in enumerate(x):
            trace = simulate(case.program, {"x": sample}, rule.n_steps, rule)
            assert output["steps_used"][k] == trace.n_steps
            sent = output["spikes.out"][k]
            np.testing.assert_array_equal(sent[: trace.n_steps], trace.outputs["out"])
            assert not sent[trace.n_steps :].any()


def test_a_part_that_is_not_judged_stops_with_the_other() -> None:
    lava.lava_python()
    (case,) = cases(seed=4, kinds=("exit_margin",), n_each=1, stored=True)
    program, policy = case.program, case.exit_policy
    far = Population(name="far", shape=(4,), du=4095, dv=30, vth=60, bias_mant=900)
    into = Projection(
        name="y_far",
        sources=("y",),
        target="far",
        operator=Dense(mantissa=2 * np.eye(4, dtype=int)),
    )
    apart = replace(
        program,
        inputs=(Input(name="y", shape=(4,)), *program.inputs),
        populations=(far, *program.populations),
        projections=(into, *program.projections),
    )
    deployment = replace(on_one_core(TARGET.name, apart, load_chip("loihi2")), exit_policy=policy)
    x = stimulus_of(case).x["x"]
    y = np.random.default_rng(0).integers(0, 2, (*x.shape[:2], 4))
    stimulus = Stimulus(x={"x": x, "y": y})
    options = RunOptions(record=frozenset({"far", "out"}))
    lavas = merge(list(TARGET.run(deployment, [stimulus], options)))
    assert len(layout_of(apart).heads) == 2
    assert len(set(lavas.steps_used.tolist())) > 1
    assert lavas.digest == merge(list(CPU_EMU.run(deployment, [stimulus], options))).digest
