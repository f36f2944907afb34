"""Hold a target against the reference, bit for bit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.readout import read
from neurodeploy.program import Program
from neurodeploy.program.reference import simulate
from neurodeploy.target.conformance.case import Case
from neurodeploy.target.contract import RunOptions, Stimulus, Target
from neurodeploy.target.run import Run, merge

Array = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case in which the target and the reference part; `says` names the place and both values."""

    kind: str
    seed: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceResult:
    """What a suite found.

    Parameters
    ----------
    passed : cases that equal the reference, by kind.
    refused : cases that the target's violations refuse, by kind.
    reasons : what the target allows where it refused, with the first that was found.
    failures : cases that differ.
    """

    target: str
    passed: Mapping[str, int]
    refused: Mapping[str, int]
    reasons: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def conforms(self) -> bool:
        """Whether something ran and nothing differed."""
        return bool(self.passed) and not self.failures

    def __str__(self) -> str:
        n_passed, n_refused = sum(self.passed.values()), sum(self.refused.values())
        lines = [
            f"{self.target}: {n_passed} programs equal the reference, {n_refused} refused, "
            f"{len(self.failures)} differ"
        ]
        lines += [f"  {f.kind} {f.seed}: {f.says}" for f in self.failures]
        return "\n".join([*lines, *(f"  refuses {reason}" for reason in self.reasons)])


def check_target(
    target: Target, cases: Iterable[Case], *, hardware: Hardware | None = None
) -> ConformanceResult:
    """Run every case on `target` and compare spikes, currents, voltages and outputs.

    Each case is run as three samples, the first two equal, so that a state that leaks from one
    sample into the next shows. A case that the target refuses by its violations is counted.

    Parameters
    ----------
    hardware : the chip; the default is ``ideal``, which has no limits.
    """
    hardware = hardware or load_chip("ideal")
    passed: dict[str, int] = {}
    refused: dict[str, int] = {}
    reasons: dict[str, str] = {}
    failures = []
    for case in cases:
        violations = target.violations(case.program, hardware)
        if violations:
            refused[case.kind] = refused.get(case.kind, 0) + 1
            reasons = {**{v.allowed: v.found for v in violations}, **reasons}
            continue
        says = _difference(target, case, hardware)
        if says is None:
            passed[case.kind] = passed.get(case.kind, 0) + 1
        else:
            failures.append(Failure(kind=case.kind, seed=case.seed, says=says))
    return ConformanceResult(
        target=target.name,
        passed=passed,
        refused=refused,
        reasons=tuple(f"{found}: allowed {allowed}" for allowed, found in reasons.items()),
        failures=tuple(failures),
    )


def on_one_core(target: str, program: Program, hardware: Hardware) -> Deployment:
    """Return `program` deployed with every population whole on core 0."""
    slices = tuple(
        Slice(population=p.name, core=0, start=0, stop=p.size) for p in program.populations
    )
    placement = Placement(strategy="one core", slices=slices, tiles=((0, 0),), usage=({},))
    return Deployment(target=target, program=program, hardware=hardware, placement=placement)


def stimulus_of(case: Case) -> Stimulus:
    """Return three samples: the case's twice, then its steps in reverse."""
    fitted = {name: _fitted(x, case.n_steps) for name, x in case.stimulus.items()}
    return Stimulus(
        x={name: np.stack([x, x, x[::-1]]) for name, x in fitted.items()},
        coder=f"conformance {case.kind} {case.seed}",
    )


def _fitted(x: Array, n_steps: int) -> NDArray[np.int32]:
    fitted = np.zeros((n_steps, *x.shape[1:]), np.int32)
    fitted[: len(x)] = x[:n_steps]
    return fitted


def _difference(target: Target, case: Case, hardware: Hardware) -> str | None:
    whole, stimulus = on_one_core(target.name, case.program, hardware), stimulus_of(case)
    deployment = replace(whole, exit_policy=case.exit_policy)
    names = frozenset(p.name for p in case.program.populations)
    run = merge(list(target.run(deployment, [stimulus], RunOptions(record=names))))
    if case.exit_policy is not None and run.checks is None:
        return "the deployment has an exit policy, the run tells of no checks"
    if run.n_samples != stimulus.n_samples:
        return f"{run.n_samples} samples came back of {stimulus.n_samples}"
    for sample in range(stimulus.n_samples):
        for what, found, wanted in _pairs(case, stimulus, run, sample):
            says = _first(what, found, wanted)
            if says is not None:
                return f"sample {sample}, {says}"
    return None


def _pairs(
    case: Case, stimulus: Stimulus, run: Run, sample: int
) -> Iterator[tuple[str, Array, Array]]:
    program, policy = case.program, case.exit_policy
    given = {name: x[sample] for name, x in stimulus.x.items()}
    n_steps = stimulus.n_steps + program.drain_steps
    rule = None if policy is None else policy.rule_for(program, stimulus.n_steps)
    trace = simulate(program, given, n_steps, rule)
    yield "steps used", run.steps_used[sample : sample + 1, None], np.asarray([[trace.n_steps]])
    if rule is not None and run.checks is not None:
        n_checks = rule.n_checks(rule.informative(trace.n_steps), rule.limit(given))
        yield "checks", run.checks[sample : sample + 1, None], np.asarray([[n_checks]])
    for population in program.populations:
        name = population.name
        yield f"{name} spikes", run.rasters[name][sample], _whole(trace.outputs[name], n_steps)
        yield f"{name} u", run.currents[name][sample], _whole(trace.u[name], n_steps)
        yield f"{name} v", run.voltages[name][sample], _whole(trace.v[name], n_steps)
    for output in program.outputs:
        wanted = read(output, _flat(trace.outputs[output.population]), stimulus.n_steps)
        yield (
            f"{output.population} output",
            run.outputs[output.population][sample][None],
            wanted[None],
        )


def _flat(values: Array) -> Array:
    return values.reshape(len(values), -1)


def _whole(values: Array, n_steps: int) -> Array:
    """Return (step, neuron) of all steps, those that were not run as zeros."""
    return np.pad(_flat(values), [(0, n_steps - len(values)), (0, 0)])


def _first(what: str, found: Array, wanted: Array) -> str | None:
    if found.shape != wanted.shape:
        return f"{what}: shape {found.shape}, the reference has {wanted.shape}"
    places = np.argwhere(found != wanted)
    if not len(places):
        return None
    step, neuron = (int(k) for k in places[0])
    return (
        f"{what}: step {step}, neuron {neuron} is {found[step, neuron]}, "
        f"the reference has {wanted[step, neuron]}"
    )
