"""Training against perturbed samples: what is moved, how far, and that it helps."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.toy_task import ENCODING, toy_model, toy_parts
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.data import labels_of, series
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.robust.adversarial import (
    Adversarial,
    RobustLoss,
    mart_training,
    pgd_training,
    trades_training,
)
from neurodeploy.methods.robust.adversary import Adversary, Aim, Steps
from neurodeploy.methods.robust.logits import per_step
from neurodeploy.model import Input, Model, Population, Relu
from neurodeploy.passes.insert_batchnorm import InsertBatchNorm
from neurodeploy.terms import Reset

OPTIONS = TrainOptions(epochs=4, batch_size=30, learning_rate=0.05)
EPS = 0.2


def artificial() -> Model:
    model = toy_model()
    hidden = Population(name="hidden", shape=(12,), neuron=Relu(), reset=Reset.NONE)
    return replace(model, populations=(hidden, model.populations[1]))


def batch(n_steps: int = 5) -> tuple[Tensor, Tensor]:
    parts = toy_parts()
    chosen = np.arange(20)
    encoding = Encoding(coder="direct", n_steps=n_steps)
    return series(parts.train, chosen, encoding, (6,)), labels_of(parts.train, chosen)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


ADVERSARIES = [
    Adversary(eps=EPS, steps=steps, aim=aim, n_steps=3) for steps in Steps for aim in Aim
]


@pytest.mark.parametrize("adversary", ADVERSARIES, ids=lambda a: f"{a.steps}-{a.aim}")
def test_a_repeated_sample_is_moved_once_and_within_eps_of_the_declared_range(
    adversary: Adversary,
) -> None:
    model = replace(toy_model(), inputs=(Input(name="in", shape=(6,), low=0, high=0.5),))
    x, labels = batch()
    x = (x[:, :1] / 2).expand(x.shape)
    moved = adversary(Twin(model).train(), x, labels, generator())
    assert moved.shape == x.shape
    assert torch.equal(moved, moved[:, :1].expand(moved.shape))
    far = (moved - x).abs().amax()
    assert 0 < far <= EPS * 0.5 + 1e-6
    assert moved.min() >= 0
    assert moved.max() <= 0.5


def test_a_series_is_moved_in_each_step() -> None:
    x, labels = batch()
    adversary = Adversary(eps=EPS, steps=Steps.PGD, aim=Aim.LABELS, n_steps=2)
    moved = adversary(Twin(toy_model()), x.clone(), labels, generator())
    assert not torch.equal(moved[:, 0], moved[:, 1])


def test_crafting_leaves_the_twin_as_it_is() -> None:
    twin = Twin(InsertBatchNorm().apply(toy_model())).train()
    before = {name: value.clone() for name, value in twin.state_dict().items()}
    x, labels = batch()
    Adversary(eps=EPS)(twin, x, labels, generator())
    assert twin.training
    assert all(torch.equal(value, before[name]) for name, value in twin.state_dict().items())
    assert all(parameter.grad is None for parameter in twin.parameters())


def test_the_moved_samples_have_the_larger_loss() -> None:
    trained = train(toy_model(), toy_parts(), OPTIONS).model
    twin = Twin(trained).eval()
    x, labels = batch()
    adversary = Adversary(eps=EPS, steps=Steps.PGD, aim=Aim.LABELS, n_steps=5)
    entropy = torch.nn.functional.cross_entropy
    moved = adversary(twin, x, labels, generator())
    assert entropy(per_step(twin, moved), labels) > entropy(per_step(twin, x), labels) + 0.1


def test_logits_a_step_do_not_grow_with_the_steps() -> None:
    one, many = Twin(artificial()), Twin(artificial())
    x, _ = batch(1)
    assert torch.allclose(per_step(one, x), per_step(many, x.expand(-1, 8, -1)), atol=1e-5)


RECIPES = {
    "pgd": pgd_training(EPS, 3),
    "trades": trades_training(EPS, 3),
    "mart": mart_training(EPS, 3),
    "rfgsm": Adversarial(adversary=Adversary(eps=EPS)),
}


@pytest.mark.parametrize("name", list(RECIPES))
@pytest.mark.parametrize("start", [artificial, toy_model], ids=["ann", "snn"])
def test_every_recipe_learns_and_ends_more_robust_than_without(name: str, start: object) -> None:
    assert callable(start)
    parts = toy_parts()
    objective = RECIPES[name]
    plain = train(start(), parts, replace(OPTIONS, epochs=8)).model
    robust = train(start(), parts, replace(OPTIONS, epochs=8, objective=objective))
    strong = Adversary(eps=EPS, steps=Steps.PGD, aim=Aim.LABELS, n_steps=10)
    assert under(strong, robust.model) > under(strong, plain)
    assert robust.model.history[-1].endswith(objective.line)


def under(adversary: Adversary, model: Model) -> float:
    parts, twin = toy_parts(), Twin(model).eval()
    chosen = np.arange(parts.validation.n_samples)
    x = series(parts.validation, chosen, ENCODING, (6,))
    labels = labels_of(parts.validation, chosen)
    moved = adversary(twin, x, labels, generator())
    return float((per_step(twin, moved).argmax(dim=1) == labels).float().mean())


def test_the_lines_say_what_was_done() -> None:
    assert RECIPES["trades"].line == (
        "loss ce+kl, beta 6; PGD-3 on the answer, eps 0.2 of the input's range"
    )
    assert RECIPES["pgd"].line == "loss ce; PGD-3 on the labels, eps 0.2 of the input's range"
    assert Adversarial(adversary=None).line == "loss of clean samples"
    assert RECIPES["rfgsm"].line == (
        "loss ce+kl, beta 2; RFGSM on the answer, eps 0.2 of the input's range"
    )


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        Adversary(eps=1.5, n_steps=0)
    assert caught.value.problems == (
        "eps is 1.5, expected above 0 and at most 1",
        "attack steps are 0, expected at least 1",
    )
    with pytest.raises(InputError) as caught:
        Adversarial(adversary=None, loss=RobustLoss.CE, beta=-1.0)
    assert caught.value.problems == ("beta is -1, expected at least 0",)
