"""A table adds up what the causes it was made of do, and says no where it cannot."""

import numpy as np
import pytest

from neurodeploy.machine import table as tables
from neurodeploy.machine.causes import Causes, Effect, causes_of, count
from neurodeploy.machine.counts import Count
from neurodeploy.machine.spikes import listed
from neurodeploy.machine.table import tabled

N_ROWS, N_NEURONS = 40, 150


def drawn(seed: int, n_ledger_rows: int, most: int = 9) -> list[Causes]:
    """Causes of one raster: all neurons, and a part of them, each with weights of their own."""
    rng = np.random.default_rng(seed)
    found = []
    for start, stop in ((0, N_NEURONS), (20, 97)):
        effects = (
            Effect(row, Count.SPIKES, rng.integers(0, most, stop - start))
            for row in range(n_ledger_rows)
        )
        found.append(causes_of(("x",), start, stop, effects))
    return found


def raster(seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).random((N_ROWS, N_NEURONS)) < 0.2).astype(np.int8)


@pytest.mark.parametrize("n_ledger_rows", [1, 15, 16, 17, 32, 33, 64])
def test_table_adds_what_its_causes_do(n_ledger_rows: int) -> None:
    causes, spikes = drawn(n_ledger_rows, n_ledger_rows), raster(1)
    n_targets = n_ledger_rows * len(Count)
    expected = np.zeros((N_ROWS, n_targets), np.int64)
    count(causes, {"x": spikes}, {}, expected)
    (table,), others = tabled(causes)
    found = np.zeros((N_ROWS, n_targets), np.int64)
    table.add(listed(spikes), found)
    assert others == ()
    assert expected.any()
    np.testing.assert_array_equal(found, expected)


def test_causes_with_too_many_targets_stay_as_they_are() -> None:
    causes = drawn(0, 65)
    assert tabled(causes) == ((), tuple(causes))


def test_causes_whose_sums_may_leave_32_bits_stay_as_they_are() -> None:
    causes = drawn(0, 3, most=1 << 25)
    assert tabled(causes) == ((), tuple(causes))


def test_rasters_too_large_to_be_spread_out_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "MOST_ENTRIES", 100)
    causes = drawn(0, 3)
    assert tabled(causes) == ((), tuple(causes))
