"""A network learns which inputs are hard where that can be seen, and runs as it was judged."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")

from support.cli import run_cli
from support.matched import ENCODING, N_STEPS, matched_deployment, noisy_patterns

from neurodeploy import toolchain
from neurodeploy.errors import GateFailed, InputError
from neurodeploy.exits.goal import AccuracyDrop, MeanSteps
from neurodeploy.methods.early_exit import PolicyOptions, choose_policy
from neurodeploy.methods.early_exit.integers import integer_policy
from neurodeploy.methods.early_exit.network import policy_network
from neurodeploy.methods.early_exit.reward import rewards_of
from neurodeploy.methods.early_exit.training import trained_policy
from neurodeploy.terms import CheckedAt
from neurodeploy.toolchain.exiting import ExitData

OPTIONS = PolicyOptions(betas=(1.0, 4.0), epochs=3, n_seen_steps=2, validation=0.3)


def data(n_samples: int = 150) -> ExitData:
    return ExitData(samples=noisy_patterns(n_samples), encoding=ENCODING)


@pytest.mark.parametrize("shape", [(6,), (2, 8, 8), (1, 20, 20), (3, 4)])
def test_integers_choose_as_floats_do(shape: tuple[int, ...]) -> None:
    model = policy_network(shape, 4, scale=1 / 60, seed=2)
    rng = np.random.default_rng(3)
    x = rng.integers(0, 256, (60, *shape))
    policy = integer_policy(model, x, input_name="in", choices=(1, 2, 3, 6), n_seen_steps=1)
    floats = model.simulate(x[:, None].astype(float)).predictions()
    chosen = [policy.steps({"in": sample[None]}) for sample in x]
    same = np.mean(np.asarray(policy.choices)[floats] == chosen)
    assert same >= 0.9


def test_training_finds_what_can_be_seen() -> None:
    rng = np.random.default_rng(4)
    hard = rng.random(400) < 0.4
    x = np.stack([hard * 100 + rng.normal(0, 5, 400), rng.normal(0, 5, 400)], axis=1)
    right = np.ones((400, 3), bool)
    right[hard, :2] = False
    start = policy_network((2,), 3, scale=1 / 50, seed=0)
    rewards = rewards_of(right, (1, 2, 3), beta=2.0)
    model = trained_policy(start, x.astype(np.float32), rewards, epochs=100, seed=0)
    chosen = model.simulate(x[:, None]).predictions()
    assert np.mean(chosen == np.where(hard, 2, 0)) > 0.95


def test_a_run_takes_the_steps_and_gives_the_answers_that_were_judged() -> None:
    given = data()
    stopping, choice = choose_policy(matched_deployment(), given, MeanSteps(steps=N_STEPS), OPTIONS)
    order = np.random.default_rng(0).permutation(150)
    held = given.samples.taken(order[:45])
    stimulus = toolchain.stimulus_of(stopping, held, ENCODING)
    run = toolchain.run(stopping, stimulus)
    rule = stopping.exit_policy.rule_for(stopping.program, N_STEPS)
    steps = [rule.informative(int(n)) for n in run.steps_used]
    outcome = choice.chosen.outcome
    assert tuple(np.bincount(steps, minlength=N_STEPS + 1)[1:]) == outcome.steps
    assert float(np.mean(run.predictions() == held.y)) == outcome.accuracy
    assert min(steps) >= OPTIONS.n_seen_steps
    dealt = np.asarray(outcome.steps) / 45
    assert choice.chosen.rivals.coin_flip == pytest.approx(dealt @ np.asarray(choice.by_step))


def test_the_same_seed_gives_the_same_policy() -> None:
    first, second = (
        choose_policy(matched_deployment(), data(), MeanSteps(steps=N_STEPS), OPTIONS)[0].digest
        for _ in range(2)
    )
    assert first == second


def test_what_cannot_be_done_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        PolicyOptions(betas=(0.0,), validation=1.0, where=CheckedAt.CHIP)
    assert caught.value.problems == (
        "beta is 0; it is above 0",
        "validation share 1; it lies between 0 and 1",
        "a policy network on the chip; it runs before the chip does: on management or host",
    )
    wrong = replace(OPTIONS, choices=(0, 4))
    with pytest.raises(InputError, match="choices of steps"):
        choose_policy(matched_deployment(), data(), MeanSteps(steps=3), wrong)
    with pytest.raises(GateFailed, match="no policy network keeps to it on 45 samples"):
        choose_policy(matched_deployment(), data(), AccuracyDrop(points=0.0), OPTIONS)


def test_the_command_writes_the_network_and_says_what_it_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    toolchain.save(matched_deployment(), Path("build"))
    samples = noisy_patterns(100)
    np.savez("train.npz", x=samples.x, y=samples.y)
    command = ("exit", "build", "--data", "train.npz", "--encode", "rate", "--steps", "12")
    asked = ("--policy-network", "--target-steps", "12", "--beta", "2", "--epochs", "2")
    result = run_cli(*command, *asked)
    assert (result.code, result.err) == (0, "")
    assert "the same steps dealt out blindly" in result.out
    policy = toolchain.load_deployment(Path("build")).exit_policy
    assert policy is not None
    assert policy.policy is not None
    told = json.loads(run_cli(*command, *asked, "--json").out)
    assert told["macs"] == policy.policy.macs
    assert toolchain.load_deployment(Path("build")).exit_policy.digest == policy.digest
