"""A sweep's points are what compile and profile give one by one."""

import csv
import io
import json

import numpy as np
import pytest
from support.gate import N_STEPS, network, report_of, stimulus

from neurodeploy.errors import InputError
from neurodeploy.exploration.pareto import Objective
from neurodeploy.exploration.plot import figure
from neurodeploy.exploration.sweep import Grid, Sweep, sweep
from neurodeploy.exploration.table import as_csv, as_json
from neurodeploy.frontends.samples import samples_of
from neurodeploy.placement import Strategy
from neurodeploy.target import RunOptions

SAMPLES = samples_of(*stimulus(), "the test's array")


@pytest.fixture(scope="module")
def swept() -> Sweep:
    grid = Grid(
        chips=("loihi2", "loihi1-fitted", "ideal", "xylo-a2"),
        placements=(Strategy.LAYER_ORDER, Strategy.BALANCED),
        n_steps=(5, N_STEPS),
    )
    return sweep(network(), "cpu-emu", SAMPLES, None, grid, run_options=RunOptions(workers=1))


def test_point_equals_its_own_profile(swept: Sweep) -> None:
    point = next(
        p
        for p in swept.points
        if (p.chip, p.placement, p.n_steps) == ("loihi2", "layer-order", N_STEPS)
    )
    assert point.metrics == report_of(network()).metrics


def test_points_come_in_the_order_of_the_grid(swept: Sweep) -> None:
    assert [(p.chip, p.n_steps) for p in swept.points[:4]] == [("loihi2", 5), ("loihi2", 15)] * 2


def test_chip_that_does_not_hold_the_network_keeps_its_row(swept: Sweep) -> None:
    refused = [p for p in swept.points if p.chip == "xylo-a2"]
    assert len(refused) == 4
    assert all("xylo-a2" in p.refusal and not p.metrics for p in refused)
    assert not set(swept.front) & {swept.points.index(p) for p in refused}


def test_front_holds_no_point_that_another_beats(swept: Sweep) -> None:
    assert swept.front
    for k in swept.front:
        own = [swept.points[k].value(o.metric) for o in swept.objectives]
        for other in swept.points:
            values = [other.value(o.metric) for o in swept.objectives]
            if None in values:
                continue
            signed = [
                (v - w) if o.minimise else (w - v)
                for o, v, w in zip(swept.objectives, values, own, strict=True)
            ]
            assert max(signed) > 0 or all(difference == 0 for difference in signed)


def test_json_and_csv_hold_every_point(swept: Sweep) -> None:
    document = json.loads(json.dumps(as_json(swept), sort_keys=True))
    rows = list(csv.DictReader(io.StringIO(as_csv(swept))))
    assert len(document["points"]) == len(rows) == len(swept.points)
    for row, point in zip(rows, swept.points, strict=True):
        energy = point.value("energy_total_j")
        assert row["energy_total_j"] == ("" if energy is None else str(energy))


def test_plot_draws_what_has_figures_and_counts_the_rest(swept: Sweep) -> None:
    plot = figure(swept)
    assert sum(len(trace.x) for trace in plot.data) == 8
    assert plot.layout.annotations[0].text == "8 of 16 points have no figure here"
    assert all("source: " in text for trace in plot.data for text in trace.hovertext)


def test_series_cannot_be_lengthened() -> None:
    grid = Grid(chips=("loihi2",), placements=(Strategy.LAYER_ORDER,), n_steps=(N_STEPS + 1,))
    with pytest.raises(InputError) as caught:
        sweep(network(), "cpu-emu", SAMPLES, None, grid)
    assert str(caught.value) == (
        "ND2310: the test's array: has 15 steps, --steps asks for 16; give at most 15, or values "
        "without steps and --encode"
    )


def test_fewer_steps_are_the_first_ones() -> None:
    objectives = (Objective(metric="synops_hw", minimise=True),) * 2
    grid = Grid(chips=("loihi2",), placements=(Strategy.LAYER_ORDER,), n_steps=(5,))
    cut = samples_of(stimulus()[0][:, :5], np.asarray(stimulus()[1]), "the test's array")
    whole = sweep(network(), "cpu-emu", SAMPLES, None, grid, objectives=objectives)
    short = sweep(
        network(), "cpu-emu", cut, None, Grid(chips=("loihi2",), placements=grid.placements)
    )
    assert whole.points[0].metrics == short.points[0].metrics
