"""A deployment that stops early is compressed into one that stops early, by its own threshold."""

from dataclasses import replace

import numpy as np
import pytest
from support.toy_task import toy_model, toy_parts

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.data import Parts
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.compression import (
    CompressOptions,
    Work,
    bench_for,
    compress,
    recalibrated,
    refuse_policy_network,
)
from neurodeploy.methods.compression.measure import deployed
from neurodeploy.program.operator import Dense
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy
from neurodeploy.regression import Budget, Share
from neurodeploy.terms import ExitCriterion, ExitScore
from neurodeploy.toolchain import CompileOptions, run, stimulus_of

TRAINING = TrainOptions(epochs=6, batch_size=30, learning_rate=0.05)
BUDGET = Budget(limits=(), shares=(Share(name="connectivity", value=0.5),))


def parts_of() -> Parts:
    return toy_parts(encoding=Encoding(coder="rate", n_steps=8))


def test_the_threshold_is_chosen_anew_and_the_rule_stays() -> None:
    parts = parts_of()
    model = train(toy_model(n_hidden=40), parts, TRAINING).model
    bench = bench_for(parts, BUDGET, "cpu-emu", CompileOptions(chip="loihi2"), 60)
    policy = ExitPolicy(
        rule=ExitCriterion.CONFIDENCE, threshold=0.9, score=ExitScore.MEAN, temperature=0.5
    )
    before = replace(deployed(model, bench), exit_policy=policy)
    options = CompressOptions(train=replace(TRAINING, epochs=2), first_layer=True)
    found = compress(model, Work(parts=parts, options=options), BUDGET, bench)
    again = recalibrated(found.model, before, bench, seed=3)
    now = again.deployment.exit_policy
    assert now is not None
    assert (now.rule, now.score, now.temperature) == (policy.rule, policy.score, 0.5)
    assert now.calibration is not None
    assert now.calibration.program_digest == again.deployment.program.digest
    assert now.calibration.program_digest != before.program.digest
    stimulus = stimulus_of(again.deployment, bench.samples, bench.encoding)
    steps = run(again.deployment, stimulus).steps_used
    assert steps.min() < steps.max()
    assert again.chosen.outcome.accuracy >= found.after.accuracy


def policy_network() -> ExitPolicy:
    weights = Dense(mantissa=np.ones((2, 6), np.int32))
    layer = PolicyLayer(operator=weights, bias=np.zeros(2, np.int64), relu=False)
    network = StepPolicy(input="in", layers=(layer,), choices=(1, 6))
    return ExitPolicy(rule=ExitCriterion.POLICY, policy=network)


def test_a_policy_that_is_a_network_is_refused() -> None:
    parts = parts_of()
    bench = bench_for(parts, BUDGET, "cpu-emu", CompileOptions(chip="loihi2"), 60)
    before = deployed(toy_model(), bench)
    refuse_policy_network(before)
    with pytest.raises(InputError) as caught:
        refuse_policy_network(replace(before, exit_policy=policy_network()))
    assert str(caught.value) == (
        "ND2865: the deployment stops by a network that was trained beside the network before; "
        "remove it (neurodeploy exit BUILD --remove), compress, then train one for what is left"
    )
