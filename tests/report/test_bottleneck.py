"""The units that set the time of steps are named, the most frequent first."""

from dataclasses import replace

import numpy as np
from support.deploy import deployed, run, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy.machine.times import Unit
from neurodeploy.report.bottleneck import bottlenecks_of, role
from neurodeploy.target import Run


def bounded(whose: list[tuple[Unit, int]]) -> Run:
    """A run of one sample whose steps these units set, on tiles 3 by 2."""
    rng = np.random.default_rng(0)
    deployment = deployed(dense_if_model(rng, sizes=(4, 5, 3)))
    found = run(deployment, stimulus_of(deployment, input_spikes(rng, 1, 4, (4,))))
    links = np.zeros((2, 3, 4), np.int64)
    return replace(found, bound_by=np.asarray([whose]), link_messages=links)


def test_units_are_named_and_ordered_by_their_share() -> None:
    link = (1 * 3 + 2) * 4 + 1
    steps = [(Unit.LINK, link), (Unit.SYNAPSES, 7), (Unit.SYNAPSES, 7), (Unit.BARRIER, -1)]
    assert [str(found) for found in bottlenecks_of(bounded(steps))] == [
        "the synapses of core 7 in 50.0 % of the steps",
        "the link west of tile (2, 1) in 25.0 % of the steps",
        "the barrier in 25.0 % of the steps",
    ]


def test_a_run_without_time_has_none() -> None:
    run_ = bounded([(Unit.HOST, -1)])
    assert [b.unit for b in bottlenecks_of(run_)] == ["the host"]
    assert bottlenecks_of(replace(run_, bound_by=None)) == ()


def test_where_messages_queue_the_longest_unit_may_have_waited() -> None:
    """Then it does not set the time by itself, and is not said to."""
    said = {level: role(level) for level in ("L1", "L2", "L3")}
    assert said == {"L1": "time set by", "L2": "time set by", "L3": "longest, waiting included"}
