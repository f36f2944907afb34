"""`traffic-aware`: the busiest link is never busier than `balanced` has it, nor the cores."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.placements import chip, network, ones, programs

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Topology
from neurodeploy.machine.links import link_loads, messages
from neurodeploy.placement import Strategy, every_step, place
from neurodeploy.placement.compare import PlacementRow, compare_placements
from neurodeploy.program import Program


def busiest_link(program: Program, placement: Placement) -> int:
    sent = messages(program, placement, every_step(program).spikes)
    return int(link_loads(sent, placement.tiles).max(initial=0))


@given(programs(), st.integers(4, 12))
@settings(max_examples=40, deadline=None)
def test_links_and_cores_are_never_busier_than_balanced_has_them(
    program: Program, n_cores: int
) -> None:
    small = replace(
        chip(cores=n_cores, neurons_per_core=100),
        topology=Topology(mesh_width=3, mesh_height=4, cores_per_tile=1),
    )
    balanced = place(program, small, Strategy.BALANCED)
    aware = place(program, small, Strategy.TRAFFIC_AWARE)
    assert (aware.slices, aware.usage) == (balanced.slices, balanced.usage)
    assert busiest_link(program, aware) <= busiest_link(program, balanced)


def chain(n_layers: int, width: int) -> Program:
    names = [f"l{i}" for i in range(n_layers)]
    joins = {(source, target): ones(width, width) for source, target in pairwise(names)}
    return network(
        width, dict.fromkeys(names, (width,)), {("in", "l0"): ones(width, width), **joins}
    )


def test_a_chain_is_laid_out_so_that_neighbours_touch() -> None:
    """Four tiles in a row and three layers that all drive the last one: the best of all orders."""
    layers = dict.fromkeys("abcd", (4,))
    joins = {("a", "d"): ones(4, 4), ("b", "d"): ones(4, 4), ("c", "d"): ones(4, 4)}
    program = network(4, layers, joins)
    row = replace(
        chip(cores=4, neurons_per_core=4),
        topology=Topology(mesh_width=4, mesh_height=1, cores_per_tile=1),
    )
    balanced = place(program, row)
    tiles = balanced.tiles
    least = min(
        busiest_link(program, replace(balanced, tiles=tuple(order)))
        for order in permutations(tiles)
    )
    aware = place(program, row, Strategy.TRAFFIC_AWARE)
    assert (busiest_link(program, balanced), least) == (12, 8)
    assert busiest_link(program, aware) == least


def test_one_table_compares_the_strategies() -> None:
    program = chain(6, 16)
    mesh = replace(
        chip(cores=16, neurons_per_core=16),
        topology=Topology(mesh_width=4, mesh_height=4, cores_per_tile=1),
    )
    rows = compare_placements(program, mesh)
    assert [row.strategy for row in rows] == list(Strategy)
    plain, balanced, aware = (row for row in rows if isinstance(row, PlacementRow))
    assert {row.unit for row in rows if isinstance(row, PlacementRow)} == {"operations"}
    assert balanced.busiest_core_work < plain.busiest_core_work
    assert aware.busiest_core_work == balanced.busiest_core_work
    assert aware.busiest_link_messages < balanced.busiest_link_messages
    assert plain.n_cores == 6
    assert plain.imbalance == 1.0
    assert plain.messages == 5 * 16
    assert plain.busiest_core_work == 16 * (16 + 1)


def test_a_strategy_that_finds_no_placement_says_why() -> None:
    program = network(1, {"a": (4,), "b": (4,), "c": (4,)}, {})
    plain, *others = compare_placements(program, chip(cores=2, neurons_per_core=6))
    assert not isinstance(plain, PlacementRow)
    assert plain.reasons == (
        "chip: the network takes 3 cores, which is 2 chips; one chip has 2; "
        "shrink or prune the largest layers: 'a' on 1, 'b' on 1, 'c' on 1",
    )
    assert all(isinstance(row, PlacementRow) and row.n_cores == 2 for row in others)


@pytest.mark.parametrize("strategy", Strategy)
def test_networks_without_neurons_to_join_are_placed(strategy: Strategy) -> None:
    placement = place(network(1, {"a": (1,)}, {}), chip(cores=4), strategy)
    assert (placement.n_cores, placement.strategy) == (1, strategy.value)
    assert np.shape(placement.tiles) == (1, 2)
