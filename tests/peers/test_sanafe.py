"""Counts, energy and time of five placed networks, against SANA-FE 2.2.9 run as a program."""

import numpy as np
import pytest
from support.peers import note
from support.sanafe_nets import NETWORKS, network
from support.sanafe_runs import COMPONENTS, Pair, run_both

from neurodeploy.machine.counts import HARDWARE_SYNOPS, Count

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module", params=NETWORKS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp(request.param)
    found = run_both(*network(request.param), folder, "simple,detailed,cycle")
    note("sanafe-counts", {"network": request.param, **_totals(found)})
    note("sanafe-energy", {"network": request.param, **_energies(found)})
    note("sanafe-time", {"network": request.param, **_times(found)})
    return found


def _totals(pair: Pair) -> dict[str, object]:
    sums = pair.counts.sum(axis=0)
    return {
        "cores": pair.deployment.placement.n_cores,
        "steps": pair.run.n_steps,
        "spikes": int(sums[Count.SPIKES]),
        "updates": int(sums[Count.NEURON_UPDATES_ACTIVE]),
        "synops": int(sums[list(HARDWARE_SYNOPS)].sum()),
        "messages": int(sums[Count.MESSAGES_OUT]),
        "hops": int(sums[Count.HOPS_EW] + sums[Count.HOPS_NS]),
    }


def _energies(pair: Pair) -> dict[str, object]:
    theirs = pair.theirs["simple"]["energy_j"]
    ours = {name: pair.energy_j(name) for name in COMPONENTS}
    gap = max(abs(ours[name] / theirs[name] - 1) for name in COMPONENTS if theirs[name])
    return {**{f"{name}_j": energy_j for name, energy_j in ours.items()}, "largest_gap": gap}


def _times(pair: Pair) -> dict[str, float]:
    ours = {level: float(pair.step_s(level).sum()) for level in ("L1", "L2", "L3")}
    theirs = ("simple", "detailed", "cycle")
    return {**ours, **{name: pair.theirs[name]["total_time_s"] for name in theirs}}


def test_every_spike_is_the_same(pair: Pair) -> None:
    for name, raster in pair.run.rasters.items():
        theirs = np.zeros_like(raster[0])
        steps, neurons = np.asarray(pair.theirs["spikes"].get(name, []), int).reshape(-1, 2).T
        theirs[steps, neurons] = 1
        assert raster.any(), f"{name} is silent"
        np.testing.assert_array_equal(raster[0], theirs)


def test_every_count_is_the_same_in_every_step(pair: Pair) -> None:
    counts, theirs = pair.counts, pair.theirs["simple"]
    np.testing.assert_array_equal(counts[:, Count.SPIKES], theirs["fired"])
    np.testing.assert_array_equal(counts[:, Count.NEURON_UPDATES_ACTIVE], theirs["updated"])
    np.testing.assert_array_equal(counts[:, HARDWARE_SYNOPS].sum(axis=1), theirs["synops"])
    hops = counts[:, [Count.HOPS_EW, Count.HOPS_NS]].sum(axis=1)
    np.testing.assert_array_equal(hops, theirs["hops"])


def test_messages_and_hops_along_both_axes_are_the_same(pair: Pair) -> None:
    theirs = list(pair.theirs["messages"].values())
    sums = pair.counts.sum(axis=0)
    assert sums[Count.MESSAGES_OUT] == sum(group["messages"] for group in theirs)
    assert sums[Count.HOPS_EW] == sum(group["hops_x"] for group in theirs)
    assert sums[Count.HOPS_NS] == sum(group["hops_y"] for group in theirs)


@pytest.mark.parametrize("component", COMPONENTS)
def test_energy_is_the_same_by_component(pair: Pair, component: str) -> None:
    theirs = pair.theirs["simple"]["energy_j"][component]
    assert pair.energy_j(component) == pytest.approx(theirs, rel=1e-9, abs=0)


def test_no_number_wrapped_or_was_clipped(pair: Pair) -> None:
    """SANA-FE has no number widths: what follows holds where ours were wide enough."""
    sums = pair.counts.sum(axis=0)
    assert sums[Count.CURRENT_WRAPS] == sums[Count.VOLTAGE_SATURATIONS] == 0


def test_sums_per_core_take_as_long_in_every_step(pair: Pair) -> None:
    np.testing.assert_allclose(pair.step_s("L2"), pair.theirs["simple"]["time_s"], rtol=1e-9)


def test_event_simulation_lies_between_theirs(pair: Pair) -> None:
    times = _times(pair)
    both = times["detailed"], times["cycle"]
    assert 0.9 * min(both) <= times["L3"] <= 1.1 * max(both)
    assert times["L1"] <= times["L3"]
    assert times["L2"] <= times["L3"]
