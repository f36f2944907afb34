import pytest

pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[tune]'")

from neurodeploy.errors import InputError
from neurodeploy.learning.tuning.front import tuned
from neurodeploy.learning.tuning.objectives import limits_of, objectives_of
from neurodeploy.learning.tuning.point import Point
from neurodeploy.report.metric import exact


def point(number: int, accuracy: float, synops: float, excess: float = -1.0) -> Point:
    return Point(
        number=number,
        settings={},
        metrics={
            "accuracy": exact("accuracy", accuracy),
            "synops_hw": exact("synops_hw", synops),
        },
        excess={"synops_hw": excess},
    )


def test_the_front_is_of_points_within_the_budget_best_first() -> None:
    refused = Point(number=4, settings={}, metrics={}, excess={}, refusal="too large")
    points = [
        point(0, 0.5, 10.0),
        point(1, 0.9, 30.0),
        point(2, 0.9, 20.0),
        point(3, 0.99, 90.0, excess=0.1),
        refused,
        point(5, 0.5, 10.0),
        point(6, 0.4, 5.0),
    ]
    search = tuned(points, objectives_of(()))
    assert search.front == (2, 0, 6)
    assert search.best is points[2]


def test_nothing_within_the_budget_has_no_front() -> None:
    search = tuned([point(0, 0.9, 1.0, excess=0.5)], objectives_of(()))
    assert (search.front, search.best) == ((), None)


def test_directions_are_those_of_the_registry() -> None:
    found = objectives_of(["throughput_hz", "energy_total_j"])
    assert [objective.minimise for objective in found] == [False, True]


@pytest.mark.parametrize("name", ["speed", "input_events"])
def test_what_cannot_be_better_is_no_objective(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        objectives_of([name])
    assert refusal.value.problems == (
        f"--objective {name}: is no metric that can be better or worse; `neurodeploy budget "
        "schema` lists the metrics",
    )


def test_limits_take_units() -> None:
    [synops, energy] = limits_of(["synops_hw=1e6", "energy_total_j=40 uJ"])
    assert (synops.value, energy.value) == (1e6, pytest.approx(40e-6, rel=1e-12))


def test_limits_that_say_nothing_are_refused_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        limits_of(["synops_hw", "speed=3", "accuracy=0.9", "energy_total_j=4 V"])
    assert refusal.value.problems == (
        "--max synops_hw: expected NAME=VALUE, e.g. synops_hw=1e6",
        "--max speed=3: no such metric; `neurodeploy budget schema` lists them",
        "--max accuracy=0.9: more of it is better; limit it from below in a --budget file",
        "--max energy_total_j=4 V: has the unit 'V'; expected a finite number of J, or a text "
        'such as "40 uJ"',
    )
