"""The deployed integers under attack: they answer themselves, and inputs stay what they take."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.attacked import spiking_model

from neurodeploy import toolchain
from neurodeploy.audits.attacks import MEMBERS, ball_of, cross_entropy, pgd
from neurodeploy.audits.attacks.battery import drained
from neurodeploy.audits.attacks.deployed import evaluate_deployment
from neurodeploy.audits.attacks.integers import integer_victim
from neurodeploy.audits.attacks.protocol import Battery, Exits
from neurodeploy.audits.attacks.protocol_file import protocol_of
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, samples_of
from neurodeploy.terms import ExitCriterion

DIRECT = Encoding(coder="direct", n_steps=4)
PROTOCOL = protocol_of(
    {
        "schema": 1,
        "name": "tiny",
        "eps": 0.05,
        "n_samples": 40,
        "attack": [{"method": "pgd", "steps": 3, "members": ["triangular-1"]}],
        "integers": [
            {"method": "pgd", "steps": 3, "members": ["triangular-1", "rate-path"]},
            {"method": "square", "queries": 5},
        ],
    },
    "test",
)


def deployed(coding: InputCoding, high: float) -> Deployment:
    """Return the integers of a tiny network whose input is declared for 0 to `high`."""
    model = spiking_model(1)
    first = model.projections[0]
    scaled = replace(first.chain[0], weight=first.chain[0].weight / high)
    model = replace(model, projections=(replace(first, chain=(scaled,)), model.projections[1]))
    options = toolchain.CompileOptions(coding=coding, input_range=(0, high))
    return toolchain.compile_network(model, "cpu-emu", options)


def samples(deployment: Deployment, high: float) -> Samples:
    x = np.random.default_rng(0).integers(0, 256, (60, 12)) * (high / 255)
    x = x.astype(np.int64) if high == 255 else x
    unlabelled = samples_of(x, None, "x.npz")
    stimulus = toolchain.stimulus_of(deployment, unlabelled, DIRECT)
    return samples_of(x, toolchain.run(deployment, stimulus).predictions(), "x.npz")


@pytest.mark.parametrize(
    ("coding", "high"), [(InputCoding.INJECTED, 1.0), (InputCoding.GRADED, 255.0)]
)
def test_integers_meet_the_floats_samples_and_their_own(coding: InputCoding, high: float) -> None:
    deployment = deployed(coding, high)
    found = evaluate_deployment(deployment, samples(deployment, high), DIRECT, PROTOCOL)
    given = found.report.deployed
    assert given is not None
    assert given.clean.k == 40
    assert given.robust.k <= given.transferred.k
    assert given.attacks[0].left == given.transferred
    assert given.attacks[-1].left == given.robust
    assert given.float_robust == found.report.robust
    assert [row.name for row in given.attacks] == [
        "made on the float network",
        "pgd-3 ce triangular-1",
        "pgd-3 ce rate-path",
        "square-5",
    ]
    assert 0 < given.robust.k < 40
    moved = (found.worst.x - found.subject.x).abs()
    assert float(moved.max()) <= 0.05 * high + 1e-6
    is_whole = torch.equal(found.worst.x, found.worst.x.round())
    assert is_whole == (coding is InputCoding.GRADED)
    assert {row.name: row.clean != row.attacked for row in given.costs}["synops_hw"]


def test_the_twin_sees_what_the_target_answers() -> None:
    """Its logits are the deployed integers times their scale, so that both agree exactly."""
    deployment = deployed(InputCoding.INJECTED, 1.0)
    victim = integer_victim(deployment, DIRECT, 0, 1)
    x = torch.rand((20, 12), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        seen = victim.see(MEMBERS[2], torch.Generator())(x)
    scale = deployment.program.output_scale["out"]
    torch.testing.assert_close(seen, victim.scores(x) * scale, rtol=1e-12, atol=1e-12)


def test_gradients_through_the_integers_turn_the_integers() -> None:
    deployment = deployed(InputCoding.INJECTED, 1.0)
    victim = integer_victim(deployment, DIRECT, 0, 1)
    x = torch.rand((40, 12), generator=torch.Generator().manual_seed(0))
    labels = victim.answer(x)
    logits = victim.see(MEMBERS[2], torch.Generator())
    ball = ball_of(victim.model, 0.08)
    crafted = pgd(
        logits, x, cross_entropy(labels), ball, torch.Generator().manual_seed(0), n_steps=5
    )
    assert int((victim.answer(crafted.x) != labels).sum()) > 10
    assert not crafted.is_dead.any()


def test_integers_without_a_model_are_refused() -> None:
    deployment = replace(deployed(InputCoding.GRADED, 255.0), model=None)
    with pytest.raises(InputError) as caught:
        evaluate_deployment(deployment, samples_of(np.ones((2, 12)), None, "x"), DIRECT, PROTOCOL)
    assert str(caught.value) == (
        "ND2856: the deployment holds no model, whose operators show an attack the way; compile "
        "it from a network's file"
    )


def with_policy(deployment: Deployment, threshold: float) -> Deployment:
    policy = ExitPolicy(rule=ExitCriterion.CONFIDENCE, threshold=threshold)
    return replace(deployment, exit_policy=policy)


def test_steps_and_thresholds_are_those_that_a_run_takes() -> None:
    deployment = with_policy(deployed(InputCoding.INJECTED, 1.0), 0.5)
    exits = replace(PROTOCOL, exits=Exits(thresholds=(0.4, 0.99)))
    found = evaluate_deployment(deployment, samples(deployment, 1.0), DIRECT, exits)
    given = found.report.deployed
    assert given is not None
    rows = {row.name: row for row in given.exits}
    assert list(rows) == [
        *(f"T={t}" for t in range(1, 5)),
        *(f"confidence {level}" for level in ("0.5", "0.4", "0.99")),
    ]
    for name, policy in (("confidence 0.4", 0.4), ("confidence 0.99", 0.99)):
        victim = integer_victim(with_policy(deployment, policy), DIRECT, 0, 1)
        right = victim.answer(found.worst.x) == found.subject.labels
        assert rows[name].attacked_accuracy == float(right.double().mean())
    assert rows["confidence 0.4"].clean_steps < rows["confidence 0.99"].clean_steps
    steps = next(row for row in given.costs if row.name == "steps")
    # Both count steps from 1; the chip's also count those in which the pipeline fills.
    lag = deployment.program.outputs[0].lag_steps
    assert steps.clean == pytest.approx(rows["confidence 0.5"].clean_steps + lag)


def test_an_attack_on_the_battery_makes_the_network_work_harder() -> None:
    deployment = with_policy(deployed(InputCoding.INJECTED, 1.0), 0.35)
    aims = (Battery(aim="synops", steps=8), Battery(aim="steps", steps=8))
    protocol = replace(PROTOCOL, eps=0.2, attack=(), integers=(), battery=aims)
    found = evaluate_deployment(deployment, samples(deployment, 1.0), DIRECT, protocol)
    given = found.report.deployed
    assert given is not None
    work, steps = (
        {row.name: row for row in battery.costs}[name]
        for battery, name in zip(given.battery, ("synops_hw", "steps"), strict=True)
    )
    assert work.clean is not None
    assert work.attacked is not None
    assert work.attacked > 1.1 * work.clean
    assert steps.clean is not None
    assert steps.attacked is not None
    assert steps.attacked > steps.clean


def test_a_battery_attack_stays_in_the_ball() -> None:
    model = spiking_model(1)
    x = torch.rand((20, 12), generator=torch.Generator().manual_seed(0))
    for aim in ("synops", "steps"):
        moved = drained(model, x, DIRECT, ball_of(model, 0.1), Battery(aim=aim, steps=4), 0)
        assert float((moved - x).abs().max()) <= 0.1 + 1e-6
        assert float(moved.min()) >= 0.0
        assert float(moved.max()) <= 1.0
