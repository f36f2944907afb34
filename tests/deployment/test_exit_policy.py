"""A policy refuses what makes no sense, and says in integers what floats say away from ties."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import Calibration, ExitPolicy
from neurodeploy.errors import InputError
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore, Readout

CONFIDENCE, ENTROPY = ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY
MARGIN, POLICY = ExitCriterion.MARGIN, ExitCriterion.POLICY
SCALE = 0.037


def network(
    readout: Readout = Readout.SUM, n: int = 4, scale: float = SCALE, first: int = 0
) -> Program:
    """Return a program whose output is read from step 2 + `first` on."""
    full = (np.full((), k, np.int32) for k in (4095, 0, 100))
    du, dv, vth = full
    out = Population(name="out", shape=(n,), du=du, dv=dv, vth=vth, t_start=2, spiking=False)
    weights = Dense(mantissa=np.ones((n, 3), np.int32))
    return Program(
        inputs=(Input(name="x", shape=(3,)),),
        populations=(out,),
        projections=(Projection(name="p", sources=("x",), target="out", operator=weights),),
        outputs=(Output(population="out", readout=readout, first_step=first, lag_steps=2),),
        drain_steps=2,
        output_scale={"out": scale},
    )


def step_policy(**changes: object) -> StepPolicy:
    layer = PolicyLayer(
        operator=Dense(mantissa=np.asarray([[1, 0, 0], [0, 1, 1]], np.int32)),
        bias=np.asarray([2, 0]),
        relu=False,
    )
    return replace(StepPolicy(input="x", layers=(layer,), choices=(1, 3)), **changes)


def problems(**fields: object) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        ExitPolicy(**fields)
    assert caught.value.code == "ND2840"
    return caught.value.problems


def test_all_problems_of_a_policy_are_told_at_once() -> None:
    found = problems(
        rule=CONFIDENCE,
        threshold=1.5,
        temperature=0,
        min_steps=0,
        max_steps=-1,
        period_steps=0,
        where=CheckedAt.CHIP,
        policy=step_policy(),
    )
    assert found == (
        "exit policy: threshold 1.5 of confidence; allowed is 0 to 1",
        "exit policy: temperature 0; it is above 0",
        "exit policy: min_steps 0; the first informative step is 1",
        "exit policy: max_steps -1 is below min_steps 0",
        "exit policy: a check every 0 steps; the least is every step",
        "exit policy: rule confidence on the chip; its neurons can compare integers only: use the "
        "rule margin, or check on management or host",
        "exit policy: the rule policy, and no other, comes with a network that decides",
    )


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), -0.1])
def test_threshold_that_is_no_number_is_refused(threshold: float) -> None:
    assert problems(rule=MARGIN, threshold=threshold)[0].startswith("exit policy: threshold ")


def test_only_a_softmax_has_a_temperature() -> None:
    assert problems(rule=MARGIN, temperature=2.0) == (
        "exit policy: temperature 2; only a softmax has one: leave it at 1",
    )


def test_policy_of_another_network_is_refused() -> None:
    wide = replace(network(n=1), inputs=(Input(name="y", shape=(3,)),), projections=())
    with pytest.raises(InputError) as caught:
        ExitPolicy(rule=CONFIDENCE).rule_for(wide, 0)
    assert str(caught.value).splitlines() == [
        "ND2841: exit policy: 0 steps, of which output 'out' says something only after 0; use more "
        "steps",
        "ND2841: exit policy: output 'out' has 1 neurons; 2 to 65536 can be compared",
    ]
    with pytest.raises(InputError, match="its network takes 3 values of input 'x'; inputs here"):
        ExitPolicy(rule=POLICY, policy=step_policy()).rule_for(wide, 4)
    with pytest.raises(InputError, match="keeps its largest value, of which a mean"):
        ExitPolicy(rule=MARGIN, score=ExitScore.MEAN).rule_for(network(Readout.MAX), 4)
    with pytest.raises(InputError, match=r"temperature 1e.20 makes every softmax flat"):
        ExitPolicy(rule=ENTROPY, temperature=1e20).rule_for(network(), 4)


scores = st.lists(st.integers(-(1 << 34), 1 << 34), min_size=2, max_size=9)
small = st.lists(st.integers(-400, 400), min_size=2, max_size=9)
thresholds = st.floats(0, 1)
temperatures = st.floats(0.05, 50)


@given(scores, st.integers(1, 20), st.floats(0, 1e9), st.sampled_from(ExitScore))
def test_margin_is_exact(found: list[int], n: int, threshold: float, score: ExitScore) -> None:
    policy = ExitPolicy(rule=MARGIN, threshold=threshold, score=score)
    rule = policy.rule_for(network(), 20)
    first, second = sorted(found)[-1], sorted(found)[-2]
    margin = Fraction(first - second, n if score is ExitScore.MEAN else 1)
    value = int(rule.value(np.asarray(found), n))
    assert value == (margin * 65536).__floor__()
    if abs(float(margin) - threshold) > 2**-15:
        assert (value > rule.level) == (margin > Fraction(threshold))


@given(small, st.integers(1, 20), temperatures, st.sampled_from(ExitScore))
def test_softmax_rules_agree_with_floats(
    found: list[int], n: int, temperature: float, score: ExitScore
) -> None:
    logits = np.asarray(found) * SCALE / temperature / (n if score is ExitScore.MEAN else 1)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)))
    wanted = {CONFIDENCE: p.max(), ENTROPY: 1 - entropy / np.log(len(p))}
    for criterion, value in wanted.items():
        policy = ExitPolicy(rule=criterion, threshold=0.5, temperature=temperature, score=score)
        got = int(policy.rule_for(network(), 20).value(np.asarray(found), n)) * policy.unit
        # exponents are rounded to 2**-17, which is at most that much of a probability's logarithm
        assert abs(got - value) < 5e-5


@given(thresholds)
def test_threshold_on_an_observed_value_is_not_above_it(threshold: float) -> None:
    rule = ExitPolicy(rule=CONFIDENCE, threshold=threshold).rule_for(network(), 3)
    value = rule.value(np.asarray([90, 3, 2, 2]), 1)
    policy = ExitPolicy(rule=CONFIDENCE)
    observed = replace(policy, threshold=float(value) * policy.unit)
    assert observed.rule_for(network(), 3).level == value
    assert rule.level == int(Fraction(threshold) * 2**30)


def test_largest_integers_do_not_overflow() -> None:
    edge = 1 << 43  # a 24-bit voltage summed over half a million steps
    found = np.asarray([edge, -edge, 0, edge - 1])
    for scale in (1e-9, 1e-3, 1.0, 1e12):
        for criterion in (CONFIDENCE, ENTROPY):
            rule = ExitPolicy(rule=criterion).rule_for(network(scale=scale), 5)
            logits = (found - edge) * min(scale, 1e6)
            p = np.exp(logits) / np.exp(logits).sum()
            entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)))
            wanted = p.max() if criterion is CONFIDENCE else 1 - entropy / np.log(4)
            assert abs(int(rule.value(found, 3)) / 2**30 - wanted) < 5e-5
    assert ExitPolicy(rule=MARGIN).rule_for(network(), 5).value(found, 3) == 1 << 16


def test_ties_have_no_margin() -> None:
    rule = ExitPolicy(rule=MARGIN).rule_for(network(), 5)
    assert rule.value(np.asarray([7, 1, 7, 0]), 1) == 0 == rule.level


@pytest.mark.parametrize("readout", list(Readout))
def test_scores_are_what_the_readout_gives_if_the_stimulus_ends_there(readout: Readout) -> None:
    from neurodeploy.machine.readout import read

    program = network(readout, first=1)
    rule = ExitPolicy(rule=MARGIN).rule_for(program, 6)
    raster = np.random.default_rng(3).integers(-50, 50, (8, 4))
    found = rule.scores(raster)
    assert len(found) == rule.n_informative == 5
    for n in range(1, 6):
        wanted = read(program.outputs[0], raster, 1 + n)
        assert found[n - 1].tolist() == wanted.tolist()
        assert rule.scores(raster[: rule.first_step + n])[-1].tolist() == wanted.tolist()


def plain_exit(rule: ExitRule, values: list[int], limit: int) -> tuple[int, int]:
    """Return the program's steps and the checks, by walking through the informative steps."""
    checks, due = 0, rule.min_steps
    for n in range(1, limit):
        if n == due:
            checks, due = checks + 1, due + rule.period
            if values[n - 1] > rule.level:
                return rule.first_step + n, checks
    return (rule.n_steps if limit == rule.n_informative else rule.first_step + limit), checks


@given(
    st.lists(st.integers(0, 300), min_size=12, max_size=12),
    st.integers(1, 6),
    st.integers(0, 8) | st.none(),
    st.integers(1, 4),
    st.integers(0, 12),
)
def test_exit_is_the_first_check_above_the_level(
    margins: list[int], least: int, more: int | None, period: int, extra_drain: int
) -> None:
    program = replace(network(Readout.LAST), drain_steps=2 + extra_drain)
    policy = ExitPolicy(
        rule=MARGIN,
        threshold=250,
        min_steps=least,
        max_steps=None if more is None else least + more,
        period_steps=period,
    )
    rule = policy.rule_for(program, 12)
    raster = np.zeros((rule.n_steps, 4), np.int64)
    raster[2:14, 1] = margins
    limit = rule.limit({})
    steps = next(k for k in range(1, rule.n_steps + 1) if rule.stops(raster[:k], limit))
    values = rule.values(raster).tolist()
    assert values == [m << 16 for m in margins]
    assert (steps, rule.n_checks(rule.informative(steps), limit)) == plain_exit(rule, values, limit)
    assert rule.n_checks(rule.informative(steps), limit) == sum(
        rule.checks_at(n, limit) for n in range(1, rule.informative(steps) + 1)
    )


def test_step_policy_decides_from_the_first_steps_of_the_input() -> None:
    rule = ExitPolicy(rule=POLICY, policy=step_policy()).rule_for(network(), 5)
    quiet, loud = np.zeros((5, 3), np.int64), np.zeros((5, 3), np.int64)
    loud[0] = (0, 2, 1)
    loud[1] = (9, 0, 0)
    assert [rule.limit({"x": x}) for x in (quiet, loud)] == [1, 3]
    late = ExitPolicy(rule=POLICY, policy=step_policy(n_seen_steps=2)).rule_for(network(), 5)
    assert [late.limit({"x": x}) for x in (quiet, loud)] == [2, 2]
    assert rule.n_checks(3, 3) == 0
    assert step_policy().macs == 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"choices": (3, 1)}, "choices of steps (3, 1) are not rising numbers from 1"),
        ({"choices": (1, 2, 3)}, "2 outputs for 3 choices of steps"),
        ({"n_seen_steps": 0}, "a step policy that sees 0 steps"),
        ({"layers": step_policy().layers * 2}, "policy layer 1 takes 3 values, the one before"),
    ],
)
def test_step_policy_that_does_not_fit_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        step_policy(**changes)


@pytest.fixture
def deployment() -> Deployment:
    return deployed(dense_if_model(np.random.default_rng(1), sizes=(6, 5, 4)))


def test_folder_gives_back_the_policy(deployment: Deployment, tmp_path: Path) -> None:
    record = Calibration(
        data="val.npz",
        data_digest="sha256:0",
        n_samples=5,
        seed=0,
        asked="accuracy drop 0.3",
        program_digest=deployment.program.digest,
        accuracy=0.88,
        full_accuracy=0.89,
        mean_step=1.4,
    )
    for policy in (
        ExitPolicy(rule=CONFIDENCE, threshold=0.8, temperature=2.5, calibration=record),
        ExitPolicy(rule=POLICY, policy=step_policy(), where=CheckedAt.MANAGEMENT),
        ExitPolicy(rule=MARGIN, threshold=3),
    ):
        held = replace(deployment, exit_policy=policy)
        toolchain.save(held, tmp_path / "build")
        back = toolchain.load_deployment(tmp_path / "build")
        assert back.exit_policy is not None
        assert back.exit_policy.digest == policy.digest
        assert back.digest == held.digest != deployment.digest


def test_folder_from_before_there_were_policies_is_read(
    deployment: Deployment, tmp_path: Path
) -> None:
    toolchain.save(deployment, tmp_path / "build")
    document = json.loads((tmp_path / "build" / "deployment.json").read_text())
    assert "exit_policy" not in document["deployment"]
    assert toolchain.load_deployment(tmp_path / "build").digest == document["digest"]


def test_policy_that_was_edited_by_hand_is_refused(deployment: Deployment, tmp_path: Path) -> None:
    toolchain.save(replace(deployment, exit_policy=ExitPolicy(rule=MARGIN)), tmp_path / "build")
    path = tmp_path / "build" / "deployment.json"
    document = json.loads(path.read_text())
    document["deployment"]["exit_policy"]["threshold"] = 4
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="its content does not match its digest"):
        toolchain.load_deployment(tmp_path / "build")
