"""Ticks and tiles."""

import pytest

from neurodeploy.hardware import Topology
from neurodeploy.hardware.toml_file import load_chip


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [(0.0, 0), (1e-15, 1), (3.5e-9, 35), (0.15e-9, 2), (0.149e-9, 1), (0.25e-9, 3), (1.0, 10**10)],
)
def test_ticks_of_100_ps_round_half_up_and_never_to_nothing(seconds: float, ticks: int) -> None:
    assert load_chip("loihi1").ticks(seconds) == ticks


def test_a_synapse_of_loihi2_is_66_ticks() -> None:
    chip = load_chip("loihi2")
    value = chip.latency_s["synapse_dense"].value
    assert value is not None
    assert chip.ticks(value) == 66


def test_cores_are_numbered_tile_by_tile_row_by_row() -> None:
    topology = Topology(mesh_width=3, mesh_height=2, cores_per_tile=2)
    tiles = [topology.tile_of(core) for core in range(0, 12, 2)]
    assert tiles == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
    assert topology.tile_of(5) == topology.tile_of(4)
