"""Programs that may stop early, and policies whose thresholds sit on values that occur."""

from dataclasses import replace

import numpy as np

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.program import Dense, Input, Output, Population, Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.reference import simulate
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy
from neurodeploy.target.conformance.case import Case, Rng, program_of
from neurodeploy.target.conformance.parts import any_operator, dense, direct, layer, layer_size
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore, Readout

N_CHOICES = 3


def exit_chain(rng: Rng) -> Program:
    """Return two layers and an output, retimed, that is read in one of all ways."""
    n, hidden, n_classes = layer_size(rng), layer_size(rng), int(rng.integers(2, 9))
    readout = list(Readout)[int(rng.integers(len(Readout)))]
    spiking = readout is Readout.COUNT
    first = layer(rng, "a", ("x",), dense(rng, n, hidden), t_start=1)
    second = layer(rng, "b", ("a",), any_operator(rng, hidden, hidden), t_start=2)
    output, into = layer(rng, "out", ("b",), dense(rng, hidden, n_classes), t_start=3)
    output = replace(output, spiking=spiking, du=np.full(output.shape, 4095, np.int32))
    beside = Population(
        name="beside", shape=(n,), du=_full(4095), dv=_full(0), vth=_full(3), t_start=0
    )
    program = program_of(
        [Input(name="x", shape=(n,))],
        [first, second, (beside, [direct("x_beside", ("x",), "beside")]), (output, into)],
    )
    lag, extra = 3, int(rng.integers(0, 3))
    return replace(
        program,
        outputs=(
            Output(
                population="out",
                readout=readout,
                lag_steps=lag,
                first_step=int(rng.integers(0, 3)),
            ),
            Output(population="beside", readout=Readout.COUNT),
        ),
        drain_steps=lag + extra,
    )


def with_policy(case: Case) -> Case:
    """Return `case` with the policy that its kind, ``exit_`` and a rule, names.

    The threshold is a value that occurs, at which a sample is not stopped, or just below it.
    """
    criterion = ExitCriterion(case.kind.removeprefix("exit_"))
    rng = np.random.default_rng([list(ExitCriterion).index(criterion), case.seed])
    program = replace(case.program, output_scale={"out": _scale(case)})
    blank = ExitPolicy(
        rule=criterion,
        score=_score(case),
        temperature=_temperature(rng, criterion),
        min_steps=int(rng.integers(1, 4)),
        max_steps=None if rng.random() < 0.5 else int(rng.integers(4, case.n_steps)),
        period_steps=int(rng.integers(1, 4)),
        where=list(CheckedAt)[int(rng.integers(1, 3))],
        policy=_step_policy(rng, case) if criterion is ExitCriterion.POLICY else None,
    )
    policy = replace(blank, threshold=_threshold(rng, program, blank, case))
    return replace(case, program=program, exit_policy=policy)


def _full(value: int) -> np.ndarray[tuple[()], np.dtype[np.int32]]:
    return np.full((), value, np.int32)


def _score(case: Case) -> ExitScore:
    """Return the scores in turn; a mean of a maximum says nothing."""
    if case.program.outputs[0].readout is Readout.MAX:
        return ExitScore.SUM
    return list(ExitScore)[case.seed % len(ExitScore)]


def _temperature(rng: Rng, criterion: ExitCriterion) -> float:
    softmax = criterion in (ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY)
    return float(rng.uniform(0.3, 3.0)) if softmax else 1.0


def _rule_and_raster(
    program: Program, policy: ExitPolicy, case: Case
) -> tuple[ExitRule, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    rule = policy.rule_for(program, case.n_steps)
    trace = simulate(program, case.stimulus, rule.n_steps)
    return rule, trace.outputs[rule.population].reshape(rule.n_steps, -1)


def _scale(case: Case) -> float:
    """Return a scale at which the scores of this case are neither all equal nor all decided."""
    margins, raster = _rule_and_raster(case.program, ExitPolicy(rule=ExitCriterion.MARGIN), case)
    scores = margins.scores(raster)
    spread = float((scores.max(axis=1) - scores.min(axis=1)).max())
    return 6.0 / spread if spread else 1.0


def _threshold(rng: Rng, program: Program, policy: ExitPolicy, case: Case) -> float:
    if policy.rule is ExitCriterion.POLICY:
        return 0.0
    rule, raster = _rule_and_raster(program, policy, case)
    values = rule.values(raster)
    value = int(values[rng.integers(len(values))]) - int(rng.integers(0, 2))
    return max(value, 0) * policy.unit


def _step_policy(rng: Rng, case: Case) -> StepPolicy:
    n_in = int(np.prod(case.program.inputs[0].shape))
    hidden = PolicyLayer(
        operator=Dense(mantissa=rng.integers(-60, 128, (5, n_in), np.int32)),
        bias=rng.integers(-90, 90, 5),
        shift=int(rng.integers(0, 4)),
    )
    last = PolicyLayer(
        operator=Dense(mantissa=rng.integers(-128, 128, (N_CHOICES, 5), np.int32)),
        bias=rng.integers(-90, 90, N_CHOICES),
        relu=False,
    )
    most = range(1, case.n_steps)
    choices = sorted(int(k) for k in rng.choice(most, N_CHOICES, replace=False))
    return StepPolicy(
        input="x",
        layers=(hidden, last),
        choices=tuple(choices),
        n_seen_steps=int(rng.integers(1, 4)),
    )
