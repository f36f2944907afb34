"""A rule on the weights is obeyed after every step, kept in the checkpoint, and chosen by."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.toy_task import toy_model, toy_parts
from torch.optim import Optimizer

from neurodeploy.errors import InputError
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.train import train
from neurodeploy.learning.twin.operators import WeightedModule
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import Affine, Model

OPTIONS = TrainOptions(epochs=3, batch_size=30, learning_rate=0.05)


class OneColumnMore:
    """Empties one column of the first weights more after every fifth step."""

    def __init__(self, met_from: int = 0) -> None:
        self.met_from, self.n_steps, self.rates = met_from, 0, list[float]()

    @property
    def key(self) -> str:
        return f"one column more, met from {self.met_from}"

    def begin(self, twin: Twin | QuantisedTwin, optimiser: Optimizer) -> None:
        del optimiser
        self.first = next(m for m in twin.modules() if isinstance(m, WeightedModule))

    def after_step(self, learning_rate: float) -> None:
        self.n_steps += 1
        self.rates.append(learning_rate)
        with torch.no_grad():
            self.first.weight[:, : self.n_steps // 5] = 0.0

    def is_met(self) -> bool:
        return self.n_steps >= self.met_from

    def state(self) -> dict[str, Any]:
        return {"n_steps": self.n_steps}

    def restore(self, state: dict[str, Any]) -> None:
        self.n_steps = state["n_steps"]


def first_weights(model: Model) -> np.ndarray:
    (operator,) = model.projections[0].chain
    assert isinstance(operator, Affine)
    return operator.weight


def test_a_rule_acts_after_every_step_with_the_rate_of_that_step() -> None:
    rule = OneColumnMore(met_from=15)
    result = train(toy_model(), toy_parts(), OPTIONS, rule=rule)
    assert rule.n_steps == len(rule.rates) == 3 * 6
    assert result.epochs[-1].learning_rate != rule.rates[-1] > 0
    assert rule.rates[0] == 0.05
    assert (first_weights(result.model) == 0).all(axis=0).tolist() == [True] * 3 + [False] * 3


def test_an_epoch_that_does_not_meet_the_rule_is_not_chosen() -> None:
    met = train(toy_model(), toy_parts(), OPTIONS, rule=OneColumnMore(met_from=13))
    assert met.best_accuracy == met.epochs[-1].validation_accuracy
    assert (first_weights(met.model)[:, :3] == 0).all()


def test_where_no_epoch_meets_the_rule_the_last_one_is_returned() -> None:
    never = train(toy_model(), toy_parts(), OPTIONS, rule=OneColumnMore(met_from=99))
    assert never.best_accuracy == never.epochs[-1].validation_accuracy
    assert (first_weights(never.model)[:, :3] == 0).all()


def test_an_interrupted_training_goes_on_with_the_state_of_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "t.checkpoint"
    whole = train(toy_model(), toy_parts(), OPTIONS, rule=OneColumnMore(met_from=15))

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    def go_on(rule: OneColumnMore) -> Model:
        return train(toy_model(), toy_parts(), OPTIONS, rule=rule, checkpoint=path).model

    rule = OneColumnMore(met_from=15)
    with pytest.raises(KeyboardInterrupt):
        train(toy_model(), toy_parts(), OPTIONS, rule=rule, checkpoint=path, on_epoch=stop)
    with pytest.raises(InputError, match="ND2805"):
        go_on(OneColumnMore(met_from=14))
    resumed = go_on(OneColumnMore(met_from=15))
    assert np.array_equal(first_weights(whole.model), first_weights(resumed))
