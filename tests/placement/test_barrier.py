"""Barriers of one length span so many cores."""

from dataclasses import replace

import pytest
from support.placements import chip, network, ones

from neurodeploy.hardware import Evidence, Quantity, Topology
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement import Strategy, place
from neurodeploy.placement.barrier import spans


def quantity(ns: float | None) -> Quantity:
    return Quantity(
        value=None if ns is None else ns * 1e-9,
        low=None,
        high=None,
        unit="s",
        evidence=Evidence.UNKNOWN if ns is None else Evidence.VENDOR,
        source="a test",
    )


@pytest.mark.parametrize(
    ("barriers_ns", "n_cores", "found"),
    [
        ({}, 7, [(7, 0)]),
        ({1: None}, 7, [(7, 0)]),
        ({1: 1.0}, 7, [(7, 10)]),
        ({1: 1.0, 2: 3.0, 4: 3.0}, 20, [(2, 10), (20, 30)]),
        ({1: 1.0, 2: 3.0, 4: 5.0}, 20, [(2, 10), (6, 30), (20, 50)]),
        ({1: 1.0, 2: 3.0, 4: 5.0}, 6, [(2, 10), (6, 30)]),
        ({1: 1.0, 2: 3.0}, 2, [(2, 10)]),
    ],
)
def test_cores_under_a_barrier(
    barriers_ns: dict[int, float | None], n_cores: int, found: list[tuple[int, int]]
) -> None:
    hardware = replace(
        chip(),
        tick_ps=100,
        topology=Topology(mesh_width=4, mesh_height=4, cores_per_tile=2),
        sync_s=tuple((tiles, quantity(ns)) for tiles, ns in barriers_ns.items()),
    )
    assert list(spans(hardware, n_cores)) == found


@pytest.mark.parametrize(("n_neurons", "n_cores"), [(100, 4), (1000, 26)])
def test_second_tile_is_opened_where_it_pays_for_its_barrier(n_neurons: int, n_cores: int) -> None:
    """Loihi 1: 113 ns on one tile of four cores, 465 ns on more; a neuron here takes 11.9 ns.

    A hundred neurons on four cores take 298 ns; of a thousand, 39 a core hide under 465 ns.
    """
    program = network(1, {"a": (n_neurons,)}, {("in", "a"): ones(n_neurons, 1)})
    assert place(program, load_chip("loihi1"), Strategy.BALANCED).n_cores == n_cores
