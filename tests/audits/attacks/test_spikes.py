"""Attacks on spikes: budgets are kept exactly, and gradients beat chance."""

import itertools
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attacked import spiking_model

from neurodeploy.audits.attacks import MEMBERS, sight
from neurodeploy.audits.attacks.evaluate import evaluate
from neurodeploy.audits.attacks.protocol import Spikes
from neurodeploy.audits.attacks.protocol_file import protocol_of
from neurodeploy.audits.attacks.spikes import edited
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.learning.twin import Twin

N_STEPS, N_IN = 8, 12
MODEL = spiking_model(1)
LOGITS = sight(MEMBERS[2].twin(MODEL), None)


def spike_trains(n_samples: int = 30, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = (torch.rand((n_samples, N_STEPS, N_IN), generator=generator) < 0.4).float()
    with torch.no_grad():
        return x, Twin(MODEL).eval()(x).logits.argmax(dim=1)


def n_differing(x: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
    return (x != moved).flatten(1).sum(dim=1)


@settings(deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 50),
    budgets=st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(sorted),
    at_random=st.booleans(),
)
@pytest.mark.parametrize("operation", ["add", "drop", "shift"])
def test_budgets_are_kept_exactly(
    operation: str, seed: int, budgets: list[int], at_random: bool
) -> None:
    x, labels = spike_trains(6, seed)
    generator = torch.Generator().manual_seed(seed) if at_random else None
    for found in edited(LOGITS, x, labels, [operation], budgets, reach=2, generator=generator):
        change = found.x - x
        added, dropped = (change > 0).flatten(1).sum(dim=1), (change < 0).flatten(1).sum(dim=1)
        assert (found.n_changes <= found.budget).all()
        assert set(found.x.unique().tolist()) <= {0.0, 1.0}
        assert torch.equal(added, found.n_changes * (operation != "drop"))
        assert torch.equal(dropped, found.n_changes * (operation != "add"))


def test_a_shift_keeps_the_place_and_goes_no_further_than_it_may() -> None:
    x, labels = spike_trains()
    *_, found = edited(LOGITS, x, labels, ["shift"], [4], reach=2)
    assert torch.equal(found.x.sum(dim=1), x.sum(dim=1))
    moved = (found.x - x).transpose(1, 2).flatten(0, 1)
    far = 0
    for change in moved[(moved != 0).any(dim=1)]:
        gone, come = (change < 0).nonzero().squeeze(1), (change > 0).nonzero().squeeze(1)
        assert len(gone) == len(come)
        nearest = (come[:, None] - gone[None]).abs().amin(dim=1)
        far = max(far, int(nearest.max()))
    assert far in (1, 2)


def test_gradients_turn_more_than_chance_with_as_many_changes() -> None:
    x, labels = spike_trains(60)
    budgets, everything = [2, 4, 8], ["add", "drop", "shift"]
    *_, followed = edited(LOGITS, x, labels, everything, budgets, reach=1)
    drawn = edited(
        LOGITS, x, labels, everything, budgets, reach=1, generator=torch.Generator().manual_seed(0)
    )
    *_, chance = drawn
    assert int(followed.fooled.sum()) > int(chance.fooled.sum()) + 10


def test_a_larger_budget_never_fools_fewer() -> None:
    x, labels = spike_trains()
    runs = list(edited(LOGITS, x, labels, ["add"], [1, 3, 9], reach=1))
    for few, many in itertools.pairwise(runs):
        assert (few.fooled <= many.fooled).all()
        assert torch.equal(few.x[few.fooled], many.x[few.fooled])


def test_what_was_wrong_from_the_start_is_not_changed() -> None:
    x, labels = spike_trains()
    *_, found = edited(LOGITS, x, (labels + 1) % 4, ["drop"], [5], reach=1)
    assert found.fooled.all()
    assert torch.equal(found.x, x)
    assert not found.n_changes.any()


SPIKES = {"operations": ["add", "drop"], "budgets": [2, 6], "n_samples": 20}
PROTOCOL = protocol_of(
    {
        "schema": 1,
        "name": "events",
        "eps": 0.0,
        "n_samples": 40,
        "spikes": [{**SPIKES, "members": ["triangular-1", "straight-through"]}],
        "noise": [
            {"kind": "spikes", "levels": [0.0, 0.9]},
            {"kind": "jitter", "levels": [2.0]},
            {"kind": "weights", "levels": [0.0, 1.0]},
            {"kind": "thresholds", "levels": [0.5]},
            {"kind": "leaks", "levels": [0.5]},
        ],
    },
    "test",
)


def test_the_worst_of_all_members_counts() -> None:
    x, labels = spike_trains(40)
    data = samples_of(x.numpy(), labels.numpy(), "spikes.npz")
    found = evaluate(MODEL, data, None, PROTOCOL).report
    right = {(row.chosen, row.budget): row.right.k for row in found.spikes}
    assert set(right) == {
        (name, budget)
        for name in ("triangular-1", "straight-through", "worst", "random")
        for budget in (2, 6)
    }
    for budget in (2, 6):
        assert right["worst", budget] <= min(
            right["triangular-1", budget], right["straight-through", budget]
        )
    assert right["worst", 6] < right["random", 6]
    noise = {(row.kind, row.level): row.accuracy for row in found.noise}
    assert noise["spikes", 0.0] == noise["weights", 0.0] == 1.0
    assert noise["spikes", 0.9] < 0.8
    assert noise["weights", 1.0] < 0.8
    # Without a leak there is nothing to be off: integrate-and-fire neurons keep their answer.
    assert noise["leaks", 0.5] == 1.0
    assert evaluate(MODEL, data, None, PROTOCOL).report == found


def test_values_are_no_spikes() -> None:
    x, labels = spike_trains(40)
    data = samples_of(x[:, 0].numpy() * 0.5, labels.numpy(), "x.npz")
    direct = Encoding(coder="direct", n_steps=4)
    with pytest.raises(InputError) as caught:
        evaluate(MODEL, data, direct, PROTOCOL)
    assert str(caught.value) == (
        "ND2857: x.npz: samples are not series of spikes (direct, 4 steps), of which some could "
        "be added, dropped or shifted; take spikes or events out of the protocol"
    )
    with pytest.raises(InputError) as caught:
        evaluate(MODEL, data, direct, replace(PROTOCOL, spikes=()))
    assert str(caught.value).splitlines() == [
        f"ND2857: x.npz: noise '{kind}' is for series of spikes, and the samples are values "
        "(direct, 4 steps); take sensor or pixels"
        for kind in ("jitter", "spikes")
    ]


def test_budgets_rise() -> None:
    with pytest.raises(ValueError, match=r"^budgets must rise from one to the next$"):
        Spikes(operations=("add",), budgets=(5, 5))
