"""The suite passes cpu-emu, and catches a target that is wrong in any one way."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.hardware import Hardware
from neurodeploy.program import Dense, Population, Program, Sparse
from neurodeploy.program.fixed_point import stored_mantissa
from neurodeploy.program.reference import simulate
from neurodeploy.target import Run, RunOptions, Stimulus, Violation
from neurodeploy.target.conformance import EDGES, EXITS, KINDS, cases, check_target, random_case
from neurodeploy.target.contract import Environment
from neurodeploy.target.registry import target_entries
from neurodeploy.terms import ExitCriterion, ExitScore, Readout, Reset
from neurodeploy_cpu_emu.target import TARGET


class Wrong:
    """cpu-emu, with one thing changed in every program or every run."""

    name = "wrong"
    default_chip = "loihi2"
    environment: Environment | None = None

    def __init__(
        self,
        program: Callable[[Program], Program] = lambda program: program,
        run: Callable[[Run], Run] = lambda run: run,
        refuses: Callable[[Program], bool] = lambda _: False,
        policy: Callable[[ExitPolicy], ExitPolicy | None] = lambda policy: policy,
    ) -> None:
        self.change_program, self.change_run, self.refuses = program, run, refuses
        self.change_policy = policy

    def health(self) -> str | None:
        return None

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        del hardware
        if not self.refuses(program):
            return ()
        return (Violation(where="program", found="a loop", allowed="none", remedy="unroll it"),)

    def emit(self, deployment: Deployment, folder: Path) -> None:
        raise NotImplementedError

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        policy = deployment.exit_policy
        changed = replace(
            deployment,
            program=self.change_program(deployment.program),
            exit_policy=None if policy is None else self.change_policy(policy),
        )
        yield from map(self.change_run, TARGET.run(changed, stimuli, options))


def each(change: Callable[[Population], Population]) -> Callable[[Program], Program]:
    return lambda program: replace(program, populations=tuple(map(change, program.populations)))


def test_cpu_emu_passes_every_kind() -> None:
    result = check_target(TARGET, cases(seed=0, n_each=4))
    assert result.conforms, str(result)
    assert result.passed == dict.fromkeys((*KINDS, *EDGES, *EXITS), 4)
    assert str(result) == "cpu-emu: 88 programs equal the reference, 0 refused, 0 differ"


def test_loihi_sim_passes_every_kind_with_weights_that_it_takes() -> None:
    entry = target_entries().get("loihi-sim")
    if entry is None:
        pytest.skip("loihi-sim is not installed: pip install -e .")
    target = entry.load()
    complaint = target.health()
    if complaint is not None:
        pytest.skip(complaint)
    result = check_target(target, cases(seed=0, n_each=1, stored=True))
    assert result.conforms, str(result)
    assert result.refused == {}


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong(each(lambda p: replace(p, reset=Reset.SUBTRACT_LATCHED))),
        Wrong(each(lambda p: replace(p, vth=p.vth - 1))),
        Wrong(each(lambda p: replace(p, du=np.maximum(p.du - 1, -1)))),
        Wrong(lambda p: replace(p, formats=replace(p.formats, conv_sum_bits=32))),
        Wrong(lambda p: replace(p, formats=replace(p.formats, voltage_bits=23))),
        Wrong(run=lambda r: replace(r, currents={n: u + 1 for n, u in r.currents.items()})),
        Wrong(run=lambda r: replace(r, rasters={n: s[::-1] for n, s in r.rasters.items()})),
    ],
    ids=["reset", "threshold", "decay", "conv sums", "saturation", "currents", "samples"],
)
def test_a_target_that_is_wrong_in_one_way_fails(wrong: Wrong) -> None:
    kinds = ("ties", "extremes", "wraps", "saturation", "resets", "per_neuron")
    assert not check_target(wrong, cases(seed=0, kinds=kinds, n_each=3)).conforms


def test_a_failure_says_where_and_both_values() -> None:
    case = random_case("dense", 0)
    wrong = Wrong(each(lambda p: replace(p, bias_mant=p.bias_mant + 1)))
    (failure,) = check_target(wrong, [case]).failures
    trace = simulate(case.program, case.stimulus, 1)
    bias = int(case.program.populations[0].bias.ravel()[0])
    assert (failure.kind, failure.seed) == ("dense", 0)
    assert bias == int(trace.v["a"][0, 0])
    assert failure.says.startswith("sample 0, a v: step 0, neuron 0 is ")
    assert failure.says.endswith(f", the reference has {bias}")


def test_refused_programs_are_counted_with_their_reasons() -> None:
    looped = Wrong(refuses=lambda p: any(p_.target in p_.sources for p_ in p.projections))
    result = check_target(looped, cases(seed=0, kinds=("dense", "loops"), n_each=2))
    assert result.conforms
    assert (result.passed, result.refused) == ({"dense": 2}, {"loops": 2})
    assert str(result).splitlines() == [
        "wrong: 2 programs equal the reference, 2 refused, 0 differ",
        "  refuses a loop: allowed none",
    ]


def test_stored_cases_hold_only_weights_that_a_core_keeps_and_still_spike() -> None:
    n_spikes = 0
    for case in cases(seed=0, kinds=KINDS, n_each=2, stored=True):
        for projection in case.program.projections:
            if isinstance(projection.operator, Dense | Sparse):
                kept = stored_mantissa(projection.operator.mantissa)
                np.testing.assert_array_equal(kept, projection.operator.mantissa)
        trace = simulate(case.program, case.stimulus, case.n_steps)
        rates = [np.mean(trace.outputs[p.name] != 0) for p in case.program.populations]
        n_spikes += bool(max(rates) > 0.02)
    assert n_spikes >= 2 * len(KINDS) - 2
    assert check_target(TARGET, cases(seed=0, n_each=1, stored=True)).conforms


def test_refusing_everything_is_not_conforming() -> None:
    result = check_target(Wrong(refuses=lambda _: True), cases(seed=0, kinds=("dense",)))
    assert not result.conforms


def test_the_suite_covers_what_it_says() -> None:
    seen: Counter[str] = Counter()
    for case in cases(seed=0, n_each=4):
        trace = simulate(case.program, case.stimulus, case.n_steps)
        for population in case.program.populations:
            name, theta = population.name, population.vth.astype(np.int64) << 6
            spikes = int(np.count_nonzero(trace.outputs[name]))
            seen["silent"] += case.kind == "silent" and spikes == 0
            seen["ties"] += bool(((trace.v[name] == theta) & (trace.outputs[name] == 0)).any())
            seen["wraps"] += bool(trace.wraps[name].any())
            seen["saturations"] += bool(trace.saturations[name].any())
            seen[population.reset] += 1
        seen["summed"] += any(len(p.sources) > 1 for p in case.program.projections)
        seen["late"] += any(p.max_delay_steps > 8 for p in case.program.projections)
    assert min(seen.values()) > 0
    assert set(Reset) <= set(seen)
    assert seen["silent"] == 8


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Wrong(policy=lambda _: None), "the run tells of no checks"),
        (Wrong(policy=lambda p: replace(p, threshold=p.threshold + 2**-30)), "steps used"),
        (Wrong(policy=lambda p: replace(p, min_steps=p.min_steps + 1, max_steps=None)), "checks"),
        (Wrong(run=lambda r: replace(r, steps_used=r.steps_used + 1)), "steps used"),
        (Wrong(run=lambda r: replace(r, checks=r.checks + 1)), "checks"),
    ],
    ids=["no policy", "threshold", "first check", "steps", "checks"],
)
def test_a_target_that_stops_elsewhere_fails(wrong: Wrong, says: str) -> None:
    result = check_target(wrong, cases(seed=0, kinds=("exit_confidence",), n_each=8))
    assert any(says in failure.says for failure in result.failures), str(result)


def test_exit_cases_stop_early_late_and_never_by_every_score() -> None:
    seen: Counter[object] = Counter()
    for case in cases(seed=0, kinds=EXITS, n_each=8):
        assert case.exit_policy is not None
        rule = case.exit_policy.rule_for(case.program, case.n_steps)
        trace = simulate(case.program, case.stimulus, rule.n_steps, rule)
        n = rule.informative(trace.n_steps)
        seen[case.exit_policy.rule, case.exit_policy.score] += 1
        seen["early" if trace.n_steps < rule.n_steps else "never"] += 1
        seen["threshold" if n < rule.limit(case.stimulus) else "limit"] += 1
        seen[rule.readout] += 1
        raster = trace.outputs["out"].reshape(trace.n_steps, -1)
        if rule.criterion is not ExitCriterion.POLICY:
            seen["tie"] += bool((rule.values(raster) == rule.level).any())
    wanted = {(rule, score) for rule in ExitCriterion for score in ExitScore} | set(Readout)
    assert wanted | {"early", "never", "threshold", "limit", "tie"} <= set(seen)
    assert min(seen.values()) > 0
