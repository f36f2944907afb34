"""The front against a plain double loop."""

from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.exploration.pareto import Objective, front

OBJECTIVES = (
    Objective(metric="accuracy", minimise=False),
    Objective(metric="energy_total_j", minimise=True),
)
POINT = st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 5)))


def beats(one: tuple[int, int], other: tuple[int, int]) -> bool:
    as_good = one[0] >= other[0] and one[1] <= other[1]
    return as_good and one != other


@given(st.lists(POINT, max_size=12))
def test_front_is_what_no_other_point_beats(points: list[tuple[int, int | None]]) -> None:
    known = [(k, point) for k, point in enumerate(points) if None not in point]
    wanted = tuple(k for k, own in known if not any(beats(other, own) for _, other in known))
    assert front(points, OBJECTIVES) == wanted
