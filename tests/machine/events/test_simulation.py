"""The event simulation equals a naive one on random programs, placements and chips."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.naive_events import NaiveMachine
from support.random_programs import KINDS, random_case
from support.simulated import activity_of, random_chip, random_placement, times_of

from neurodeploy.machine.fidelity import Fidelity

STEPS = 6
"""Steps of a case that the naive simulation goes through."""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_equals_the_naive_simulation(kind: str, seed: int) -> None:
    compare(kind, seed)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(KINDS), st.integers(3, 2**16))
def test_full_queues_and_messages_that_take_no_time_change_nothing(kind: str, seed: int) -> None:
    compare(kind, seed)


def compare(kind: str, seed: int) -> None:
    case, rng = random_case(kind, seed), np.random.default_rng([seed, KINDS.index(kind)])
    placement, hardware = random_placement(rng, case.program), random_chip(rng)
    activity = activity_of(case.program, case.stimulus, case.n_steps)
    times = times_of(hardware, case.program, placement, activity, Fidelity.L3)
    naive = NaiveMachine(hardware, case.program, placement)
    steps = rng.choice(case.n_steps - 1, min(STEPS, case.n_steps - 1), replace=False)
    fixed = hardware.ticks(hardware.sync_s[0][1].value) + naive.price("management_step")
    found = [int(times.ticks[1, step]) for step in steps]
    wanted = [naive.step_ticks(activity.rasters, activity.active, s) + fixed for s in steps]
    assert found == wanted
