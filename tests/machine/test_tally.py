"""Loads of links and reads of synapse memory equal those counted by other routes."""

from dataclasses import replace

import numpy as np
import pytest
from support.clocked import quantity
from support.random_programs import KINDS, random_case
from support.simulated import activity_of, random_placement

from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.machine.links import link_loads, messages
from neurodeploy.machine.mesh import Mesh
from neurodeploy.machine.tally import link_tally, word_tally
from neurodeploy.program import Direct
from neurodeploy.program.fan_out import fan_out


def test_links_are_numbered_by_tile_row_by_row_then_by_direction() -> None:
    mesh = Mesh(width=3, height=2)
    assert mesh.route((0, 0), (2, 1)) == (0 * 4 + 0, 1 * 4 + 0, 2 * 4 + 2)
    assert mesh.route((2, 1), (0, 0)) == (5 * 4 + 1, 4 * 4 + 1, 3 * 4 + 3)
    assert mesh.route((1, 1), (1, 1)) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_carries_what_the_placement_counts_between_cores(kind: str) -> None:
    case = random_case(kind, 3)
    placement = random_placement(np.random.default_rng(3), case.program)
    rasters = activity_of(case.program, case.stimulus, case.n_steps).rasters
    tally = link_tally(ledger_of(case.program, placement), placement)
    spikes = {name: np.count_nonzero(raster, axis=0) for name, raster in rasters.items()}
    expected = link_loads(messages(case.program, placement, spikes), placement.tiles)
    found = tally.count(rasters, case.n_steps).sum(axis=0)
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


@pytest.mark.parametrize("kind", ["dense", "conv_geometry", "sparse", "summed_sources", "direct"])
def test_words_are_read_list_by_list(kind: str) -> None:
    case = random_case(kind, 1)
    placement = random_placement(np.random.default_rng(1), case.program)
    limits = {"synapse_word_bits": quantity(24, "count")}
    hardware = replace(load_chip("loihi2"), limits=limits)  # 9, 22 and 8 bits a synapse
    rows = ledger_of(case.program, placement).rows
    rasters = activity_of(case.program, case.stimulus, case.n_steps).rasters
    found = word_tally(hardware, case.program, placement, rows).count(rasters, case.n_steps)
    expected = np.zeros_like(found)
    bits = {"Dense": 9, "Sparse": 22, "Conv": 8}
    for projection in case.program.projections:
        operator = projection.operator
        if isinstance(operator, Direct):
            continue
        loud = np.sum([rasters[source].astype(int) for source in projection.sources], axis=0) != 0
        for part in placement.slices_of(projection.target):
            synapses = fan_out(operator, part.start, part.stop, effective=False)
            for step, source in np.argwhere(loud):
                stored = int(synapses[source]) * bits[type(operator).__name__]
                expected[step, part.core] += (stored + 23) // 24
    np.testing.assert_array_equal(found, expected)
