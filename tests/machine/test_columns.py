"""What is kept of the counts says them all; planes and tables keep the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_programs import KINDS, random_case
from support.simulated import activity_of, random_placement

from neurodeploy.machine import ledger as ledger_rules
from neurodeploy.machine import planes as plane_rules
from neurodeploy.machine.causes import count
from neurodeploy.machine.counts import NEURON_COUNTS, Count
from neurodeploy.machine.ledger import Ledger, ledger_of
from neurodeploy.machine.planes import planes_of
from neurodeploy.machine.spikes import listed


def told(ledger: Ledger, name: str, n_steps: int, rng: np.random.Generator) -> np.ndarray:
    own = [row for row in ledger.rows if row.node == name]
    return rng.integers(0, 99, (n_steps, len(NEURON_COUNTS), len(own)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [0, 1 << 40])
def test_what_is_kept_spreads_to_what_every_cause_does(
    kind: str, words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane_rules, "WORDS", words)  # never planes, and always
    rng, case = np.random.default_rng(2), random_case(kind, 2)
    ledger = ledger_of(case.program, random_placement(rng, case.program))
    rasters, n_steps = activity_of(case.program, case.stimulus, case.n_steps).rasters, case.n_steps
    n_targets = len(ledger.rows) * len(Count)
    expected = np.zeros((n_steps, n_targets), np.int64)
    count(ledger.causes, rasters, {}, expected)
    expected = expected.reshape(n_steps, len(ledger.rows), len(Count))
    neurons = {p.name: told(ledger, p.name, n_steps, rng) for p in case.program.populations}
    for name, found in neurons.items():
        own = [k for k, row in enumerate(ledger.rows) if row.node == name]
        for part, k in enumerate(own):
            expected[:, k, NEURON_COUNTS] = found[:, :, part]
    kept = ledger.kept(rasters, neurons, n_steps, {})
    assert kept.shape[1] < n_targets
    np.testing.assert_array_equal(ledger.columns.spread(kept), expected)
    columns = replace(ledger.columns, narrow=False)
    wide = replace(ledger, columns=columns).kept(rasters, neurons, n_steps, {})
    assert (kept.itemsize, wide.itemsize) == (4, 8)
    np.testing.assert_array_equal(kept, wide)


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_kept_in_64_bits_where_a_step_in_which_all_fire_needs_them(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, case = np.random.default_rng(4), random_case(kind, 4)
    program, placement = case.program, random_placement(rng, case.program)
    everyone = {n.name: np.ones((1, int(np.prod(n.shape))), np.int8) for n in program.nodes}
    most = int(ledger_of(program, placement).count(everyone, 1).max())
    for limit, narrow in ((most, False), (most + 1, True)):
        monkeypatch.setattr(ledger_rules, "WIDE", limit)
        assert ledger_of(program, placement).columns.narrow is narrow


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 999),
    n_neurons=st.integers(1, 200),
    n_columns=st.integers(1, 9),
    top=st.sampled_from([1, 2, 10, 141, 70_000]),
    rate=st.sampled_from([0.0, 0.1, 0.9]),
)
def test_planes_add_what_their_numbers_say(
    seed: int, n_neurons: int, n_columns: int, top: int, rate: float
) -> None:
    rng = np.random.default_rng(seed)
    weights = top - rng.integers(0, min(top, 3) + 1, (n_neurons, n_columns))
    weights[0] = top
    raster = (rng.random((5, n_neurons)) < rate).astype(np.int8)
    targets, factors = rng.permutation(n_columns), rng.integers(1, 9, n_columns)
    planes = planes_of(weights, np.arange(n_columns), targets, factors)
    assert planes is not None
    masks, found = listed(raster).masks, np.zeros((5, n_columns), np.int64)
    assert masks is not None
    planes.add(masks, found)
    expected = np.zeros_like(found)
    expected[:, targets] = (raster.astype(np.int64) @ weights) * factors
    np.testing.assert_array_equal(found, expected)


def test_numbers_with_too_many_digits_and_negative_ones_have_no_planes() -> None:
    rng = np.random.default_rng(0)
    each = np.arange(9)
    assert planes_of(rng.integers(0, 1 << 12, (300, 9)), each, each, each) is None
    assert planes_of(-np.ones((3, 9), np.int64), each, each, each) is None


def test_a_table_of_wide_values_adds_spike_by_spike() -> None:
    case = random_case("dense", 1)
    ledger = ledger_of(case.program, random_placement(np.random.default_rng(1), case.program))
    table = next(t for t in ledger.tables if t.planes is not None)
    raster = np.ones((4, len(table.class_of)), np.int8)
    found, wide = (np.zeros((4, ledger.columns.n_columns), np.int64) for _ in range(2))
    table.add(listed(raster), found)
    table.add(listed(raster.astype(np.int32)), wide)
    replace(table, planes=None).add(listed(raster), wide)
    assert found.any()
    np.testing.assert_array_equal(wide, 2 * found)
