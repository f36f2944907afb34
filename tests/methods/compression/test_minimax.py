"""The multipliers do what the paper's equations say, in the steps that were asked for."""

import math

import numpy as np
import pytest
import torch
from support.toy_task import toy_model, toy_parts

from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Twin
from neurodeploy.learning.twin.operators import WeightedModule
from neurodeploy.methods.compression.minimax import AIM, Minimax, Multipliers
from neurodeploy.methods.compression.places import Ranking, Structure, prunable, weights_at
from neurodeploy.methods.compression.selection import Selection, by_count

RATE = 0.02


def selection_of(n_hidden: int, ranking: Ranking = Ranking.MAGNITUDE) -> Selection:
    model = toy_model(n_hidden=n_hidden)
    found = by_count(model, prunable(model, first_layer=True), Structure.WEIGHTS)
    return Selection(
        places=found.places,
        structure=found.structure,
        index=found.index,
        costs=found.costs,
        groups=found.groups,
        ranking=ranking,
    )


def test_a_step_is_the_papers() -> None:
    model, given = toy_model(), Multipliers(first_y=2.0, first_z=400.0, rate_s=3.0, rate_y=5.0)
    rule = Minimax(selection=selection_of(12), budget=0.25 * 108, n_steps=100, multipliers=given)
    twin = Twin(model, dtype=torch.float64)
    rule.begin(twin)
    squares = np.sort(np.concatenate([w.ravel() ** 2 for w in weights_of(twin.model())]))
    n, s, y, z, rate_z = 108, 0.0, 2.0, 400.0, (math.pi / 2) ** 2 * 108**2 / (3.0 * 80**2)
    for _ in range(3):
        gone = math.ceil(s)
        penalty = (squares[:gone] / (1 + 2 * RATE * y) ** 2).sum()
        s = min(max(s - 3.0 * (y * squares[min(gone, n - 1)] - z / n), 0.0), 0.75 * n)
        y = max(0.0, y + 5.0 * penalty)
        z = max(0.0, z + rate_z * ((n - math.floor(s)) / n - 0.25))
        rule.after_step(RATE)
        squares[: math.ceil(s)] = 0.0
        assert (rule.s, rule.y, rule.z) == pytest.approx((s, y, z))
        left = np.concatenate([w.ravel() for w in weights_of(twin.model())])
        assert np.count_nonzero(left) == n - math.ceil(s)


@pytest.mark.parametrize("n_hidden", [12, 300])
@pytest.mark.parametrize("n_steps", [20, 100])
@pytest.mark.parametrize("share", [0.5, 0.05])
def test_the_budget_is_reached_in_about_the_steps_aimed_at(
    n_hidden: int, n_steps: int, share: float
) -> None:
    selection = selection_of(n_hidden)
    free = Multipliers(first_y=0.0, rate_y=0.0)  # the ramp that the rate of z is derived for
    rule = Minimax(
        selection=selection, budget=share * selection.n_units, n_steps=n_steps, multipliers=free
    )
    twin = Twin(toy_model(n_hidden=n_hidden))
    rule.begin(twin)
    while not rule.is_met():
        rule.after_step(RATE)
    assert rule.reached_after is not None
    assert abs(rule.reached_after - AIM * n_steps) <= 0.15 * n_steps
    assert not rule.was_projected
    n_left = sum(np.count_nonzero(w) for w in weights_of(twin.model()))
    assert n_left == math.floor(share * selection.n_units)


def test_what_stalls_is_projected_when_its_steps_are_over() -> None:
    selection = selection_of(12)
    stalling = Multipliers(first_y=1e6)
    rule = Minimax(selection=selection, budget=10.0, n_steps=30, multipliers=stalling)
    twin = Twin(toy_model())
    rule.begin(twin)
    for _ in range(30):
        assert not rule.is_met()
        rule.after_step(RATE)
    assert rule.is_met()
    assert rule.was_projected
    assert sum(np.count_nonzero(w) for w in weights_of(twin.model())) == 10


@pytest.mark.parametrize("adam", [False, True])
def test_a_removed_weight_has_no_momentum_to_come_back_by(adam: bool) -> None:
    twin = Twin(toy_model(), dtype=torch.float64)
    optimiser: torch.optim.Optimizer
    optimiser = (
        torch.optim.AdamW(twin.parameters())
        if adam
        else torch.optim.SGD(twin.parameters(), RATE, momentum=0.9)
    )
    rule = Minimax(selection=selection_of(12), budget=0.25 * 108, n_steps=10)
    rule.begin(twin, optimiser)
    for _ in range(5):
        for parameter in twin.parameters():
            parameter.grad = torch.ones_like(parameter)
        optimiser.step()
        rule.after_step(RATE)
    assert 0.25 < n_left(twin) / 108 < 0.9
    for weight in weights_in(twin):
        remembered = optimiser.state[weight]["exp_avg" if adam else "momentum_buffer"]
        assert torch.equal(remembered != 0, weight != 0)


def test_what_is_gone_stays_gone_while_the_rest_is_trained() -> None:
    selection = selection_of(12, Ranking.SHARE)
    rule = Minimax(selection=selection, budget=0.4 * 108, n_steps=9)
    options = TrainOptions(epochs=4, batch_size=30, learning_rate=0.05)
    result = train(toy_model(), toy_parts(), options, rule=rule)
    n_left = sum(np.count_nonzero(w) for w in weights_of(result.model))
    assert n_left == math.floor(0.4 * 108)


def n_left(twin: Twin) -> int:
    return sum(int(torch.count_nonzero(weight)) for weight in weights_in(twin))


def weights_in(twin: Twin) -> list[torch.Tensor]:
    return [m.weight for m in twin.modules() if isinstance(m, WeightedModule)]


def weights_of(model):  # type: ignore[no-untyped-def]
    return [weights_at(model, place) for place in prunable(model, first_layer=True)]
