"""Placement: every neuron once, no limit exceeded, usage exact, refusals complete."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.placements import FORMATS, chip, network, ones, programs, stored

from neurodeploy.deployment.placement import Placement
from neurodeploy.errors import DoesNotCompile
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware import Evidence, Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement import Strategy, place
from neurodeploy.program import Conv, Dense, Direct, Operator, Program, Sparse


def naive_axons(program: Program, placement: Placement) -> list[dict[str, int]]:
    core_of = {
        (part.population, index): part.core
        for part in placement.slices
        for index in range(part.start, part.stop)
    }
    arriving: set[tuple[int, str, str, int]] = set()
    leaving: set[tuple[str, int, int]] = set()
    for projection in program.projections:
        n_target = program.population(projection.target).size
        for target, source in np.argwhere(stored(projection.operator, n_target)):
            core = core_of[projection.target, int(target)]
            for name in projection.sources:
                arriving.add((core, projection.name, name, int(source)))
                leaving.add((name, int(source), core))
    found = [{"axons_in": 0, "axons_out": 0} for _ in range(placement.n_cores)]
    for core, *_ in arriving:
        found[core]["axons_in"] += 1
    for name, source, _ in leaving:
        if name in {population.name for population in program.populations}:
            found[core_of[name, source]]["axons_out"] += 1
    return found


def naive_bytes(program: Program, placement: Placement, hardware: Hardware) -> list[int]:
    """Bytes of synapses by core: every synapse, kernel and list of synapses once."""
    bits = [0] * placement.n_cores
    for projection in program.projections:
        operator, target = projection.operator, program.population(projection.target)
        if isinstance(operator, Direct):
            continue
        joined = stored(operator, target.size)
        layout = hardware.synapse_formats[type(operator).__name__.lower()]
        for core in range(placement.n_cores):
            here = [
                index
                for part in placement.slices_of(target.name)
                if part.core == core
                for index in range(part.start, part.stop)
            ]
            n_synapses = int(joined[here].sum())
            if isinstance(operator, Conv) and layout.shared:
                _, height, width = operator.geometry.output_shape
                channels = {index // (height * width) for index in here}
                n_synapses = sum(operator.mantissa[channel].size for channel in channels)
            n_lists = int(joined[here].any(axis=0).sum())
            bits[core] += n_synapses * layout.bits_per_synapse + n_lists * layout.bits_per_axon
    return [-(-n // 8) for n in bits]


@pytest.mark.parametrize("strategy", Strategy)
@given(
    programs(),
    st.integers(3, 12),
    st.integers(40, 200),
    st.integers(16, 64),
    st.booleans(),
    st.sampled_from([0, 5]),
)
@settings(max_examples=60, deadline=None)
def test_placement_holds_every_neuron_once_within_all_limits(
    strategy: Strategy,
    program: Program,
    n_neurons: int,
    n_bytes: int,
    n_axons: int,
    shared: bool,
    list_bits: int,
) -> None:
    limited = chip(
        cores=30,
        neurons_per_core=n_neurons,
        synapse_bytes_per_core=n_bytes,
        axons_in_per_core=n_axons,
        axons_out_per_core=n_axons,
    )
    layout = replace(FORMATS["conv"], shared=shared, bits_per_axon=list_bits)
    limited = replace(limited, synapse_formats=FORMATS | {"conv": layout})
    try:
        placement = place(program, limited, strategy)
    except DoesNotCompile:
        return
    assert placement == place(program, limited, strategy)
    for population in program.populations:
        slices = placement.slices_of(population.name)
        covered = [index for part in slices for index in range(part.start, part.stop)]
        assert covered == list(range(population.size))
    assert len(placement.tiles) == placement.n_cores <= 30
    tiles = [limited.topology.tile_of(core) for core in range(30)]
    assert all(placement.tiles.count(tile) <= tiles.count(tile) for tile in placement.tiles)
    for usage in placement.usage:
        assert all(
            entry.limit is not None and entry.used <= entry.limit for entry in usage.values()
        )
    found = [
        {"axons_in": u["axons_in_per_core"].used, "axons_out": u["axons_out_per_core"].used}
        for u in placement.usage
    ]
    assert found == naive_axons(program, placement)
    stored_bytes = [u["synapse_bytes_per_core"].used for u in placement.usage]
    assert stored_bytes == naive_bytes(program, placement, limited)


def used(placement: Placement) -> list[tuple[int, ...]]:
    """Return neurons, bytes, arriving and leaving axons of each core."""
    return [tuple(entry.used for entry in usage.values()) for usage in placement.usage]


def test_network_without_limits_lies_on_one_core() -> None:
    program = network(3, {"a": (5,), "b": (2,)}, {("in", "a"): ones(5, 3), ("a", "b"): ones(2, 5)})
    placement = place(program, chip())
    assert used(placement) == [(7, (15 * 8 + 3 * 16 + 10 * 8 + 5 * 16) // 8, 8, 5)]
    assert all(entry.limit is None for entry in placement.usage[0].values())
    assert placement.tiles == ((0, 0),)


def test_slices_join_the_core_before_them_while_they_fit() -> None:
    program = network(
        1, {"a": (5,), "b": (2,), "c": (2,)}, {("in", "a"): ones(5, 1), ("a", "b"): ones(2, 5)}
    )
    placement = place(program, chip(neurons_per_core=4))
    assert [(s.population, s.core, s.start, s.stop) for s in placement.slices] == [
        ("a", 0, 0, 4),
        ("a", 1, 4, 5),
        ("b", 1, 0, 2),
        ("c", 2, 0, 2),
    ]
    assert placement.tiles == ((0, 0), (0, 0), (1, 0))


def test_two_axons_to_one_core_leave_as_one_and_arrive_as_two() -> None:
    program = network(1, {"a": (3,), "b": (2,)}, {("a", "b"): ones(2, 3)})
    twice = replace(
        program, projections=(*program.projections, replace(program.projections[0], name="2nd"))
    )
    placement = place(twice, chip(neurons_per_core=3))
    assert [counts[2:] for counts in used(placement)] == [(0, 3), (6, 0)]


def test_zeros_are_stored_by_dense_and_left_out_by_sparse() -> None:
    mantissa = np.array([[1, 0], [0, 0]], np.int32)
    dense = network(2, {"a": (2,)}, {("in", "a"): Dense(mantissa=mantissa)})
    sparse = network(2, {"a": (2,)}, {("in", "a"): Sparse.from_dense(mantissa, mantissa != 0)})
    assert used(place(dense, chip())) == [(2, (4 * 8 + 2 * 16) // 8, 2, 0)]
    assert used(place(sparse, chip())) == [(2, -(-(12 + 16) // 8), 1, 0)]


def test_synapses_with_delays_of_their_own_take_bits_for_them() -> None:
    program = network(2, {"a": (2,)}, {("in", "a"): ones(2, 2)})
    delayed = replace(program.projections[0], delay_steps=np.array([[1, 1], [1, 5]]))
    with_delays = replace(program, projections=(delayed,))
    assert used(place(with_delays, chip())) == [(2, (4 * (8 + 3) + 2 * 16 + 7) // 8, 2, 0)]


@pytest.mark.parametrize(("shared", "n_bytes"), [(True, 2 * 9), (False, 2 * 16 * 9)])
def test_kernels_are_stored_once_a_core_where_the_chip_shares_them(
    shared: bool, n_bytes: int
) -> None:
    geometry = ConvGeometry(input_shape=(1, 6, 6), out_channels=2, kernel=(3, 3))
    conv = Conv(mantissa=np.ones(geometry.weight_shape), geometry=geometry)
    program = network(36, {"a": (2, 4, 4)}, {("in", "a"): conv})
    layouts = FORMATS | {"conv": replace(FORMATS["conv"], shared=shared)}
    assert used(place(program, replace(chip(), synapse_formats=layouts))) == [(32, n_bytes, 36, 0)]


def test_core_with_too_many_leaving_axons_is_spread() -> None:
    """Eight neurons that reach four cores each are 32 axons: on four cores they are 8 each."""
    program = network(1, {"a": (8,), "b": (8,)}, {("a", "b"): ones(8, 8)})
    limits = {"neurons_per_core": 8, "synapse_bytes_per_core": 32, "axons_out_per_core": 8}
    placement = place(program, chip(**limits))
    assert [(s.core, s.size) for s in placement.slices_of("a")] == [(0, 2), (1, 2), (2, 2), (3, 2)]
    assert [counts[3] for counts in used(placement)] == [8, 8, 8, 8, 0, 0, 0, 0]


def test_populations_that_together_send_too_many_axons_are_parted() -> None:
    program = network(
        1,
        {"a": (4,), "b": (4,), "c": (4,)},
        {("a", "c"): ones(4, 4), ("b", "c"): ones(4, 4)},
    )
    placement = place(program, chip(neurons_per_core=8, axons_out_per_core=4))
    assert [(s.population, s.core) for s in placement.slices] == [("a", 0), ("b", 1), ("c", 2)]


def test_assumed_limit_is_reported_and_binds_nothing() -> None:
    program = network(1, {"a": (5,)}, {})
    placement = place(program, chip(Evidence.ASSUMED, neurons_per_core=4))
    assert (placement.usage[0]["neurons_per_core"].used, placement.n_cores) == (5, 1)
    assert placement.usage[0]["neurons_per_core"].limit == 4


def test_all_reasons_are_given_at_once() -> None:
    program = network(
        9,
        {"a": (2,), "b": (1, 1, 6), "c": (5,)},
        {("in", "a"): ones(2, 9), ("a", "c"): ones(5, 2)},
    )
    limits = {
        "cores": 2,
        "neurons_per_core": 2,
        "synapse_bytes_per_core": 20,
        "axons_in_per_core": 8,
    }
    with pytest.raises(DoesNotCompile) as caught:
        place(program, chip(**limits))
    assert caught.value.exit_code == 3
    assert str(caught.value).splitlines() == [
        "ND3201: chip: population 'a': one neuron takes 27 bytes of synapses, a core holds 20; "
        "prune or pool its inputs, or share weights in a convolution",
        "ND3201: chip: population 'a': one neuron takes 9 arriving axons, a core holds 8; "
        "prune or pool its inputs",
        "ND3201: chip: population 'b': one row of 6 neurons takes 6 neurons, a core holds 2; "
        "flatten the layer, or make its rows shorter",
        "ND3201: chip: the network takes 3 cores, which is 2 chips; one chip has 2; "
        "shrink or prune the largest layers: 'c' on 3",
    ]


def test_neuron_with_too_many_leaving_axons_is_refused() -> None:
    program = network(1, {"a": (1,), "b": (3,)}, {("a", "b"): ones(3, 1)})
    with pytest.raises(DoesNotCompile) as caught:
        place(program, chip(neurons_per_core=1, axons_out_per_core=2))
    assert str(caught.value) == (
        "ND3201: chip: core 0 with 'a': 3 leaving axons, a core holds 2; "
        "make the layers that it drives smaller, so that they lie on fewer cores"
    )


def test_network_of_mnist_fits_loihi1() -> None:
    program = network(
        784,
        {"hidden": (1000,), "out": (10,)},
        {("in", "hidden"): ones(1000, 784), ("hidden", "out"): ones(10, 1000)},
    )
    placement = place(program, load_chip("loihi1"))
    assert placement.n_cores == 8
    assert max(counts[1] for counts in used(placement)) <= 128 * 1024


def test_convolutions_of_900_000_neurons_fit_loihi2() -> None:
    shapes = [(2, 128, 128), (16, 128, 128), (16, 128, 128), (23, 128, 128)]
    joins: dict[tuple[str, str], Operator] = {}
    names = ["in", "a", "b", "c"]
    for (name, shape), (target, goal) in zip(
        zip(names, shapes, strict=True), list(zip(names, shapes, strict=True))[1:], strict=False
    ):
        geometry = ConvGeometry(
            input_shape=shape, out_channels=goal[0], kernel=(3, 3), padding=(1, 1)
        )
        joins[name, target] = Conv(mantissa=np.ones(geometry.weight_shape), geometry=geometry)
    layers: Mapping[str, tuple[int, ...]] = dict(zip(names[1:], shapes[1:], strict=True))
    program = network(2 * 128 * 128, dict(layers), joins)
    placement = place(program, load_chip("loihi2"))
    assert sum(part.size for part in placement.slices) == 901_120
    assert placement.n_cores == 110
