"""Units of removal: what they are worth, in which order they go, and how many go."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.toy_task import toy_model

from neurodeploy.errors import InputError
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.compression.places import Place, Ranking, Structure, prunable, weights_at
from neurodeploy.methods.compression.selection import by_count, by_operations
from neurodeploy.methods.compression.units import Units, kept_of, n_removed, order_of
from neurodeploy.model import Model

BOTH = (Place(projection="w0", index=0), Place(projection="w1", index=0))


def squares(model: Model) -> list[np.ndarray]:
    return [weights_at(model, place) ** 2 for place in BOTH]


def test_the_first_layer_stays_unless_it_is_asked_for() -> None:
    assert prunable(toy_model()) == BOTH[1:]
    assert prunable(toy_model(), first_layer=True) == BOTH


def test_a_network_of_one_layer_has_nothing_to_remove() -> None:
    whole = toy_model()
    model = Model(
        inputs=whole.inputs,
        populations=whole.populations[:1],
        projections=whole.projections[:1],
        outputs=(type(whole.outputs[0])(population="hidden"),),
        dt_s=whole.dt_s,
    )
    with pytest.raises(InputError) as caught:
        prunable(model)
    assert str(caught.value) == (
        "ND2861: the network has no weights behind its first layer; prune that one (--first-layer)"
    )


def test_single_weights_are_numbered_through_all_layers() -> None:
    model = toy_model()
    selection = by_count(model, BOTH, Structure.WEIGHTS)
    expected = np.concatenate([s.ravel() for s in squares(model)])
    assert selection.n_units == expected.size
    assert np.array_equal(selection.values(model), expected)
    exact = Twin(model, dtype=torch.float64)
    assert np.array_equal(Units(exact, selection).values(), expected)


def test_a_channel_is_all_that_listens_to_it() -> None:
    model = toy_model()
    selection = by_count(model, BOTH[1:], Structure.CHANNELS)
    assert selection.n_units == 12
    assert selection.costs.tolist() == [3.0] * 12
    assert np.allclose(selection.values(model), squares(model)[1].sum(axis=0))


def test_operations_are_shared_by_the_weights_that_are_left() -> None:
    model = toy_model()
    weight = weights_at(model, BOTH[1])
    selection = by_operations(model, BOTH, Structure.WEIGHTS, {"w0": 720.0, "w1": 36.0})
    assert set(selection.costs[: 12 * 6]) == {720.0 / 72}
    assert set(selection.costs[12 * 6 :]) == {36.0 / np.count_nonzero(weight)}
    assert selection.kept_cost(model) == pytest.approx(756.0)


def test_a_channel_costs_what_it_receives_too() -> None:
    selection = by_operations(toy_model(), BOTH[1:], Structure.CHANNELS, {"w0": 720.0, "w1": 36.0})
    assert np.allclose(selection.costs, 36.0 / 12 + 720.0 / 12)


def test_the_order_is_that_of_squares_over_costs() -> None:
    values, costs = torch.tensor([4.0, 1.0, 3.0, 0.0]), torch.tensor([4.0, 0.5, 1.0, 0.0])
    assert order_of(values.double(), costs.double()).tolist() == [3, 0, 1, 2]


def test_shares_are_lamp_scores_of_each_layer() -> None:
    model = toy_model()
    units = Units(Twin(model, dtype=torch.float64), by_count(model, BOTH, Structure.WEIGHTS))
    naive = []
    for square in squares(model):
        flat = square.ravel()
        naive += [value / flat[flat >= value].sum() for value in flat]
    assert np.allclose(units.scores(units.values()), naive)


def test_shares_do_not_ask_how_a_layer_is_scaled() -> None:
    plain, scaled = toy_model(), toy_model()
    twins = Twin(plain, dtype=torch.float64), Twin(scaled, dtype=torch.float64)
    selection = by_count(plain, BOTH, Structure.WEIGHTS)
    units = [Units(twin, selection) for twin in twins]
    with torch.no_grad():
        units[1].weights[0].mul_(32.0)
    kept = [u.kept(60.0) for u in units]
    assert torch.equal(*kept)
    by_size = [Units(t, replace(selection, ranking=Ranking.MAGNITUDE)).kept(60.0) for t in twins]
    assert not torch.equal(*by_size)


@pytest.mark.parametrize("removed", [0.0, 1.0, 2.5, 3.0, 6.0])
def test_so_many_go_that_their_cost_is_reached(removed: float) -> None:
    costs = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    order = torch.tensor([0, 1, 2])
    naive = next(n for n in range(4) if float(costs[:n].sum()) >= removed)
    assert n_removed(costs, order, removed) == naive
    assert int((kept_of(costs, torch.ones_like(costs), 2.0) == 0).sum()) == 2
