"""The rules in which SANA-FE counts otherwise than we do, each by a case that says by how much."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.peers import note
from support.sanafe_nets import N_STEPS, dense, joined, network, placed, population
from support.sanafe_runs import COMPONENTS, run_both
from support.tiny_placed import with_population

from neurodeploy.machine.counts import HARDWARE_SYNOPS, Count
from neurodeploy.program import Dense, Input, Output, Program
from neurodeploy.program.reference import simulate
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout, Reset

pytestmark = pytest.mark.peers

UPDATE_J, HOP_J = 21.6e-12, {"x": 3.0e-12, "y": 4.2e-12}
"""Of the page loihi1-fitted."""


def chain(*, du: int = 4095, reset: Reset = Reset.ZERO, low: int = -30) -> Program:
    """Return 40 inputs from the host onto 60 neurons without a bias, and these onto 10."""
    rng = np.random.default_rng(8)
    return Program(
        inputs=(Input(name="in", shape=(40,), high=1),),
        populations=(
            population("p1", (60,), 300, du=du, reset=reset),
            population("p2", (10,), 300, du=du, reset=reset),
        ),
        projections=(
            joined("in", "p1", dense(rng, 40, 60, low, 50)),
            joined("p1", "p2", dense(rng, 60, 10, low, 50)),
        ),
        outputs=(Output(population="p2", readout=Readout.COUNT),),
    )


def spikes(shape: tuple[int, ...], rate: float) -> Stimulus:
    rng = np.random.default_rng(9)
    return Stimulus(x={"in": (rng.random((1, N_STEPS, *shape)) < rate).astype(np.int64)})


def test_messages_of_the_host_travel_in_sanafe_only(tmp_path: Path) -> None:
    found = run_both(placed(chain(), 16), spikes((40,), 0.2), tmp_path)
    sums, theirs = found.counts.sum(axis=0), found.theirs["simple"]
    host = found.theirs["messages"]["in"]
    ours = int(sums[Count.HOPS_EW] + sums[Count.HOPS_NS])
    assert sum(theirs["hops"]) - ours == host["hops_x"] + host["hops_y"] > 0
    assert sums[Count.MESSAGES_OUT] == found.theirs["messages"]["p1"]["messages"]
    assert sums[Count.SPIKES] == sum(theirs["fired"]) - int(found.stimulus.x["in"].sum())
    assert sums[list(HARDWARE_SYNOPS)].sum() == sum(theirs["synops"])
    for component in ("synapse", "dendrite"):
        expected_j = theirs["energy_j"][component]
        assert found.energy_j(component) == pytest.approx(expected_j, rel=1e-9, abs=0)
    cancelled_j = touched_and_idle(chain(), found.stimulus) * UPDATE_J
    expected_j = theirs["energy_j"]["soma"] - cancelled_j
    assert found.energy_j("soma") == pytest.approx(expected_j, rel=1e-9)
    travel_j = sum(host[f"hops_{axis}"] * cost for axis, cost in HOP_J.items())
    expected_j = theirs["energy_j"]["network"] - travel_j
    assert found.energy_j("network") == pytest.approx(expected_j, rel=1e-9)
    note("sanafe-rules", {"network": "host", "hops": sum(theirs["hops"]) - ours})


def test_input_that_sums_to_nothing_is_an_update_in_sanafe_only(tmp_path: Path) -> None:
    rng = np.random.default_rng(10)
    signs = Dense(mantissa=2 * rng.integers(-1, 2, (60, 40), dtype=np.int32))
    program = replace(
        chain(),
        populations=(population("p1", (60,), 3), population("p2", (10,), 300)),
        projections=(joined("in", "p1", signs), chain().projections[1]),
    )
    found = run_both(placed(program, 128), spikes((40,), 0.1), tmp_path)
    sums, theirs = found.counts.sum(axis=0), found.theirs["simple"]
    fired_by_host = int(found.stimulus.x["in"].sum())  # a unit that replays is updated as it fires
    idle = touched_and_idle(program, found.stimulus)
    assert idle > 0
    ours = int(sums[Count.NEURON_UPDATES_ACTIVE])
    assert sum(theirs["updated"]) - fired_by_host - ours == idle
    note("sanafe-rules", {"network": "cancelled", "updates": ours, "idle": idle})


def touched_and_idle(program: Program, stimulus: Stimulus) -> int:
    """Return in how many neuron steps SOPs arrived that left nothing to do."""
    trace = simulate(program, {"in": stimulus.x["in"][0]}, N_STEPS)
    found = 0
    for projection in program.projections:
        touched = trace.synops_hw[projection.name][:-1] > 0  # arrives in the step after
        found += int((touched & ~trace.active[projection.target][1:]).sum())
    return found


def test_replayed_neurons_are_updated_only_where_they_fire(tmp_path: Path) -> None:
    program = chain(du=1000, reset=Reset.SUBTRACT_DELAYED)
    found = run_both(placed(program, 16), spikes((40,), 0.2), tmp_path, replay=True)
    sums, theirs = found.counts.sum(axis=0), found.theirs["simple"]
    fired = int(sums[Count.SPIKES])
    assert sum(theirs["fired"]) == fired + int(found.stimulus.x["in"].sum())
    assert sums[list(HARDWARE_SYNOPS)].sum() == sum(theirs["synops"])
    assert sums[Count.MESSAGES_OUT] == found.theirs["messages"]["p1"]["messages"]
    idle = int(sums[Count.NEURON_UPDATES_ACTIVE]) - fired
    assert idle > 0
    expected_j = theirs["energy_j"]["soma"] + idle * UPDATE_J
    assert found.energy_j("soma") == pytest.approx(expected_j, rel=1e-9)
    note("sanafe-rules", {"network": "replayed", "updates": idle})


def test_a_whole_network_replayed_costs_the_same_but_for_idle_updates(tmp_path: Path) -> None:
    deployment, stimulus = network("mlp")
    found = run_both(deployment, stimulus, tmp_path, replay=True)
    theirs = found.theirs["simple"]["energy_j"]
    for component in set(COMPONENTS) - {"soma"}:
        assert found.energy_j(component) == pytest.approx(theirs[component], rel=1e-9, abs=0)


def test_voltage_that_is_read_is_a_spike_in_neither(tmp_path: Path) -> None:
    deployment, stimulus = network("mlp")
    read = with_population(deployment.program, "p2", spiking=False)
    found = run_both(replace(deployment, program=read), stimulus, tmp_path)
    counts, theirs = found.counts, found.theirs["simple"]
    assert found.run.rasters["p2"].any()
    np.testing.assert_array_equal(counts[:, Count.SPIKES], theirs["fired"])
    np.testing.assert_array_equal(counts[:, Count.NEURON_UPDATES_ACTIVE], theirs["updated"])
    for component in COMPONENTS:
        expected_j = theirs["energy_j"][component]
        assert found.energy_j(component) == pytest.approx(expected_j, rel=1e-9, abs=0)
