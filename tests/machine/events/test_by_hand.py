"""Steps of three neurons, computed by hand in the comments, equal the simulation to the tick.

A population "a" of three neurons on core 0 sends to "b", three more on core 1; what fires is said,
not computed. A tick is 1 ns, so that latencies below are ticks; the barrier takes 100.
"""

from dataclasses import replace

import numpy as np
import pytest
from support.clocked import chip, quantity
from support.simulated import Activity, times_of

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.hardware import Hardware
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.times import Times, Unit
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout

ZERO = np.asarray(0, np.int32)
BARRIER = 100


def population(name: str, size: int = 3) -> Population:
    return Population(name=name, shape=(size,), du=ZERO, dv=ZERO, vth=ZERO, bias_mant=ZERO)


def dense(source: str, target: str, n_in: int = 3, n_out: int = 3) -> Projection:
    weights = Dense(mantissa=np.full((n_out, n_in), 2, np.int32))
    return Projection(name=f"{source}{target}", sources=(source,), target=target, operator=weights)


def pair(size: int = 3) -> Program:
    return Program(
        inputs=(),
        populations=(population("a", size), population("b")),
        projections=(dense("a", "b", size),),
        outputs=(),
    )


def placed(*tiles: tuple[int, int], size: int = 3) -> Placement:
    names = ("a", "b", "c")[: len(tiles)]
    return Placement(
        strategy="by hand",
        slices=tuple(
            Slice(population=name, core=core, start=0, stop=size if name == "a" else 3)
            for core, name in enumerate(names)
        ),
        tiles=tiles,
        usage=({},) * len(tiles),
    )


def step(
    hardware: Hardware,
    program: Program,
    placement: Placement,
    fired: dict[str, tuple[int, ...]],
    active: dict[str, tuple[int, ...]] | None = None,
) -> Times:
    """One step in which the neurons `fired` fire and `active` have something to work on."""

    def raster(given: dict[str, tuple[int, ...]], name: str, size: int) -> np.ndarray:
        row = np.zeros((1, size), np.int64)
        row[0, list(given.get(name, ()))] = 1
        return row

    sizes = {node.name: int(np.prod(node.shape)) for node in program.nodes}
    activity = Activity(
        rasters={name: raster(fired, name, size) for name, size in sizes.items()},
        active={p.name: raster(active or {}, p.name, p.size) for p in program.populations},
    )
    return times_of(hardware, program, placement, activity, Fidelity.L3)


def result(times: Times) -> tuple[int, Unit, int]:
    """The nominal time, and the unit that sets it."""
    unit, number = times.bound_by[0]
    return int(times.ticks[1, 0]), Unit(unit), int(number)


def buffered(hardware: Hardware, places: int) -> Hardware:
    return replace(hardware, limits={"link_buffer_messages": quantity(places, "count")})


def test_an_idle_step_is_a_visit_of_every_neuron_and_the_barrier() -> None:
    # Both cores visit 3 neurons: 3 x 50 = 150; then the barrier.
    times = step(chip(BARRIER, neuron_access=50), pair(), placed((0, 0), (0, 0)), {})
    assert result(times) == (150 + 100, Unit.SWEEP, 0)
    assert times.first_core_ticks[0].tolist() == [[150, 0], [150, 0]]


def test_the_barrier_sets_the_time_of_a_step_with_little_work() -> None:
    # 3 x 5 = 15 is less than the barrier's 100.
    times = step(chip(BARRIER, neuron_access=5), pair(), placed((0, 0), (0, 0)), {})
    assert result(times) == (15 + 100, Unit.BARRIER, -1)


def test_the_sweep_goes_neuron_by_neuron() -> None:
    # Neuron 0: visit 2. Neuron 1: visit 2, update 3, spike 30, send 5, so its message is at 42 at
    # core 1, which looks it up (16) and adds 3 synapses (4 and 1 each): 42 + 16 + 15 = 73.
    # Neuron 2: visit 2, update 3; the sweep ends at 47.
    prices = {"neuron_access": 2, "neuron_update": 3, "spike_out": 30, "axon_out": 5}
    hardware = chip(10, **prices, axon_in=16, synapse_dense=4, dendrite=1)
    times = step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (1,)}, {"a": (1, 2)})
    assert result(times) == (73 + 10, Unit.SYNAPSES, 1)
    assert times.first_core_ticks[0].tolist() == [[47, 0], [6, 31]]


def test_messages_queue_at_a_core() -> None:
    # Messages leave at 10, 20, 30; each takes 1 + 3 x 20 = 61 at core 1, one after the other:
    # 10 to 71, to 132, to 193.
    hardware = chip(BARRIER, axon_out=10, axon_in=1, synapse_dense=20)
    times = step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (0, 1, 2)})
    assert result(times) == (193 + 100, Unit.SYNAPSES, 1)


def test_a_core_that_is_faster_than_its_messages_waits_for_them() -> None:
    # As above, but 1 + 3 x 2 = 7 is less than 10 between messages: the last is done at 30 + 7.
    hardware = chip(BARRIER, axon_out=10, axon_in=1, synapse_dense=2)
    times = step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (0, 1, 2)})
    assert result(times) == (37 + 100, Unit.BARRIER, -1)
    assert times.first_core_ticks[0, 1].tolist() == [0, 21]


def test_reading_a_list_takes_as_long_as_its_words_if_that_is_longer() -> None:
    # 3 synapses of 8 bits are 24 bits: 2 words of 16, 100 each; adding them takes 3 x 2.
    limits = {"synapse_word_bits": quantity(16, "count")}
    hardware = chip(10, axon_out=10, axon_in=1, synapse_dense=2, synapse_word=100)
    times = step(replace(hardware, limits=limits), pair(), placed((0, 0), (0, 0)), {"a": (0,)})
    assert result(times) == (10 + 1 + 200 + 10, Unit.SYNAPSES, 1)


def test_a_message_hops_along_x_then_along_y() -> None:
    # From (0, 0) to (2, 1): sent at 5, two hops of 7 and one of 11, then 1 at the core:
    # 5 + 14 + 11 + 1 = 31. (0, 0) to (1, 0) is link 0, east.
    hardware = chip(1, axon_out=5, hop_ew=7, hop_ns=11, axon_in=1)
    times = step(hardware, pair(), placed((0, 0), (2, 1)), {"a": (2,)})
    assert result(times) == (31 + 1, Unit.SYNAPSES, 1)


def test_messages_queue_at_a_link() -> None:
    # Sent at 1, 2, 3; each keeps the link for 9: they start at 1, 10, 19, and arrive 7 later, the
    # last at 26, which takes 1 at the core. The link is busy until 19 + 9 = 28.
    hardware = chip(10, axon_out=1, hop_ew=7, link_message=9, axon_in=1)
    times = step(hardware, pair(), placed((0, 0), (1, 0)), {"a": (0, 1, 2)})
    assert result(times) == (28 + 10, Unit.LINK, 0)


def test_two_cores_share_a_link_in_the_order_of_tick_and_core() -> None:
    # Both a and c send to b at tick 4, over the same link from (0, 0) to (1, 0), which takes 9.
    # a, of the lower core, goes first: at 4, arriving at 11; c waits until 13, arrives at 20.
    # At b a takes 6 (3 x 2), until 17; c has two projections, so two lists of 3: 12, from 20 until
    # 32. Were c first, it would be done at 11 + 12 = 23, and a at 23 + 6 = 29.
    program = Program(
        inputs=(),
        populations=(population("a"), population("b"), population("c")),
        projections=(dense("a", "b"), dense("c", "b"), replace(dense("c", "b"), name="again")),
        outputs=(),
    )
    hardware = chip(10, axon_out=4, hop_ew=7, link_message=9, synapse_dense=2)
    times = step(hardware, program, placed((0, 0), (1, 0), (0, 0)), {"a": (0,), "c": (0,)})
    assert result(times) == (32 + 10, Unit.SYNAPSES, 1)


def test_back_pressure_of_a_full_core_reaches_the_sweep() -> None:
    # One place at core 1. Each neuron is visited (30) and sends (10); a message takes 200 there.
    # The first is sent at 40 and starts at once, which frees its place; the second is sent at 80
    # and takes the place. The third is ready at 120, but there is no place until the second
    # starts, at 240. Then the sweep goes on: 20 silent neurons until 240 + 600 = 840. The third
    # message starts at 440 and is done at 640.
    hardware = chip(BARRIER, neuron_access=30, axon_out=10, axon_in=200)
    program, placement = pair(23), placed((0, 0), (0, 0), size=23)
    times = step(buffered(hardware, 1), program, placement, {"a": (0, 1, 2)})
    assert result(times) == (840 + 100, Unit.SWEEP, 0)
    assert times.first_core_ticks[0, 0, 0] == 23 * 30 + 3 * 10  # waiting is not work
    # Two places are enough: the third is sent at 120, and the sweep ends at 120 + 600.
    times = step(buffered(hardware, 2), program, placement, {"a": (0, 1, 2)})
    assert result(times) == (720 + 100, Unit.SWEEP, 0)


def test_back_pressure_passes_through_a_link() -> None:
    # One place at the link and one at core 1, which takes 200 a message; a hop takes 7, and the
    # link itself no time. Messages are ready at 10, 20, 30, 40 if nothing holds the sweep.
    # 1st: takes the link's place at 10, leaves at once with core 1's place, arrives and starts at
    #      17, which frees core 1's place.
    # 2nd: link at 20, leaves with core 1's place, arrives at 27 and waits there until 217.
    # 3rd: link at 30; core 1 has no place until the 2nd starts at 217; then arrives at 224.
    # 4th: the link has no place until the 3rd leaves at 217: the sweep stands from 40 to 217.
    #      It leaves the link when the 3rd starts at core 1, at 417, and arrives at 424.
    # Core 1: 17 to 217, to 417, to 617, to 817.
    prices = {"axon_out": 10, "axon_in": 200, "hop_ew": 7, "neuron_update": 700}
    hardware = buffered(chip(BARRIER, **prices), 1)
    fired = {"a": (0, 1, 2, 3)}
    times = step(hardware, pair(5), placed((0, 0), (1, 0), size=5), fired)
    assert result(times) == (817 + 100, Unit.SYNAPSES, 1)
    # With 700 for the last neuron, behind the last message, the sweep ends at 217 + 700 = 917.
    times = step(hardware, pair(5), placed((0, 0), (1, 0), size=5), fired, {"a": (4,)})
    assert result(times) == (917 + 100, Unit.SWEEP, 0)


def test_the_host_sends_its_values_one_after_the_other() -> None:
    # Two values of three, 40 each: at 40 and 80 at core 0, where each takes 1 + 3 x 2 = 7.
    # The first is done at 47, the second at 87. The last step also reads 3 outputs, 20 each, and
    # every step ends with the barrier and the management's 500.
    program = Program(
        inputs=(Input(name="in", shape=(3,)),),
        populations=(population("a"),),
        projections=(dense("in", "a"),),
        outputs=(Output(population="a", readout=Readout.COUNT),),
    )
    prices = {"host_in": 40, "host_out": 20, "management_step": 500}
    hardware = chip(10, **prices, axon_in=1, synapse_dense=2)
    times = step(hardware, program, placed((0, 0)), {"in": (0, 2)})
    assert result(times) == (87 + 60 + 10 + 500, Unit.MANAGEMENT, -1)
    assert (times.barrier_ticks, times.management_ticks) == (10, 500)


def test_a_sample_that_stops_early_costs_its_first_steps_and_nothing_else() -> None:
    # Steps 0 and 2 as in the sweep above, 73 + 10 each. Steps 1 and 3 are visits, 3 x 2 = 6, less
    # than the barrier's 10: 6 + 10 each. Stopped after two steps: 83 + 16.
    prices = {"neuron_access": 2, "neuron_update": 3, "spike_out": 30, "axon_out": 5}
    hardware = chip(10, **prices, axon_in=16, synapse_dense=4, dendrite=1)
    rasters = {"a": np.zeros((4, 3), np.int64), "b": np.zeros((4, 3), np.int64)}
    active = {name: raster.copy() for name, raster in rasters.items()}
    rasters["a"][[0, 2], 1] = 1
    active["a"][[0, 2], 1:] = 1

    def ticks(n_steps: int) -> list[int]:
        activity = Activity(
            rasters={name: raster[:n_steps] for name, raster in rasters.items()},
            active={name: raster[:n_steps] for name, raster in active.items()},
        )
        placement = placed((0, 0), (0, 0))
        return times_of(hardware, pair(), placement, activity, Fidelity.L3).ticks[1].tolist()

    assert ticks(4) == [83, 16, 83, 16]
    assert ticks(2) == [83, 16]


def test_low_and_high_have_clocks_of_their_own() -> None:
    # Messages of 61 as above, all latencies half and one and a half times as long.
    hardware = chip(BARRIER, 0.5, axon_out=10, axon_in=2, synapse_dense=20)
    times = step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (0, 1, 2)})
    assert times.ticks[:, 0].tolist() == [148, 10 + 3 * 62 + 100, 444]


def test_times_beyond_32_bits_are_exact() -> None:
    # Two messages at 10 and 20, 2**40 each at core 1.
    hardware = chip(BARRIER, axon_out=10, axon_in=2**40)
    times = step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (0, 1)})
    assert int(times.ticks[1, 0]) == 10 + 2 * 2**40 + BARRIER


def test_times_that_an_event_cannot_hold_are_refused() -> None:
    hardware = chip(BARRIER, axon_out=10, axon_in=2**61)
    with pytest.raises(OverflowError) as caught:
        step(hardware, pair(), placed((0, 0), (0, 0)), {"a": (0, 1)})
    assert str(caught.value) == (
        "a step of 2 messages takes too many ticks to be simulated; use L1 or L2"
    )
