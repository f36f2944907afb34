"""L2 equals a plain formula: the busiest core's sum of one kind of work, then the barrier."""

import numpy as np
import pytest
from support.clocked import PLACEMENT, ROWS, chip, timing

from neurodeploy.machine.counts import HOST, Count
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.times import Unit

PRICES = {
    "neuron_access": 2,
    "neuron_update": 3,
    "spike_out": 30,
    "axon_out": 5,
    "axon_in": 16,
    "synapse_dense": 4,
    "synapse_sparse": 6,
    "synapse_conv": 7,
    "dendrite": 1,
}


def simple(counts: np.ndarray, prices: dict[str, float], barrier: float) -> np.ndarray:
    """The ticks (step,) of counts (step, row, count)."""
    generated, processed = np.zeros((len(counts), 2)), np.zeros((len(counts), 2))
    for row, c in zip(ROWS, np.moveaxis(counts, (1, 2), (0, 1)), strict=True):
        if row.core == HOST:
            continue
        generated[:, row.core] += row.size * prices["neuron_access"]
        generated[:, row.core] += c[Count.NEURON_UPDATES_ACTIVE] * prices["neuron_update"]
        generated[:, row.core] += c[Count.SPIKES] * prices["spike_out"]
        generated[:, row.core] += c[Count.MESSAGES_OUT] * prices["axon_out"]
        processed[:, row.core] += c[Count.MESSAGES_IN] * prices["axon_in"]
        for kind in ("dense", "sparse", "conv"):
            price = prices[f"synapse_{kind}"] + prices["dendrite"]
            processed[:, row.core] += c[Count[f"SYNOPS_{kind.upper()}"]] * price
    return np.maximum(generated.max(axis=1), processed.max(axis=1)) + barrier


@pytest.mark.parametrize("seed", range(5))
def test_sums_equal_the_formula_at_all_three_estimates(seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 9, (12, len(ROWS), len(Count)))
    hardware = chip(10, 0.5, **{name: 2 * price for name, price in PRICES.items()})
    made = timing(hardware, Fidelity.L2)
    assert made is not None
    times = made.times(table.reshape(len(table), -1), {}, {})
    for k, factor in enumerate((1, 2, 3)):
        priced = {name: factor * price for name, price in PRICES.items()}
        np.testing.assert_array_equal(times.ticks[k], simple(table, priced, 5 * factor))


def test_the_unit_that_sets_the_time_is_named() -> None:
    table = np.zeros((3, len(ROWS), len(Count)), np.int64)
    table[0, 1, Count.SYNOPS_DENSE] = 100
    table[1, 1, Count.SPIKES] = 3
    made = timing(chip(70, **PRICES), Fidelity.L2)
    assert made is not None
    times = made.times(table.reshape(len(table), -1), {}, {})
    assert times.bound_by.tolist() == [[Unit.SYNAPSES, 1], [Unit.SWEEP, 1], [Unit.BARRIER, -1]]
    assert times.ticks[1].tolist() == [500 + 70, 4 * 2 + 3 * 30 + 70, 10 * 2 + 70]
    assert times.first_core_ticks[0].tolist() == [[20, 0], [8, 500]]
    assert times.barrier_ticks == 3 * 70
    assert PLACEMENT.n_cores == 2
