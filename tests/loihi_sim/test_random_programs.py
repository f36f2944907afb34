"""Lava computes random programs of every kind as the reference does: states, spikes, counts.

Three samples a program, the outer ones equal, so that what leaks from one into the next shows.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from support import lava
from support.random_programs import KINDS, Case, random_case, random_slices

from neurodeploy_loihi_sim.job import Network
from neurodeploy_loihi_sim.layout import Lif
from neurodeploy_loihi_sim.mapping import layout_of
from neurodeploy_loihi_sim.violations import violations_of

N_EACH = 7
SLOW_SEEDS = range(1000, 1040)


def runnable(kind: str, seed: int) -> Case:
    case = random_case(kind, seed)
    return replace(case, program=lava.as_stored(case.program))


def samples(case: Case) -> dict[str, np.ndarray]:
    def fitted(x: np.ndarray) -> np.ndarray:
        kept = np.zeros((case.n_steps, *x.shape[1:]), np.int32)
        kept[: len(x)] = x[: case.n_steps]
        return kept

    given = {name: fitted(x) for name, x in case.stimulus.items()}
    return {name: np.stack([x, x[::-1], x]) for name, x in given.items()}


def check(cases: list[Case]) -> None:
    """Run all cases in one worker."""
    cuts = [random_slices(np.random.default_rng(case.seed), case.program) for case in cases]
    networks: list[Network] = [
        lava.network(case.program, samples(case), case.n_steps, slices)
        for case, slices in zip(cases, cuts, strict=True)
    ]
    for case, slices, found in zip(cases, cuts, lava.computed(networks), strict=True):
        where = f"{case.kind} {case.seed}"
        lava.assert_equals_reference(
            case.program, samples(case), case.n_steps, found, slices, where
        )


def test_a_hundred_programs_are_run() -> None:
    assert len(KINDS) * N_EACH >= 100


@pytest.mark.parametrize("kind", KINDS)
def test_random_programs_equal_reference(kind: str) -> None:
    cases = [runnable(kind, seed) for seed in range(N_EACH)]
    assert not [violations_of(case.program) for case in cases if violations_of(case.program)]
    check(cases)


@pytest.mark.slow
def test_six_hundred_random_programs_equal_reference(capsys: pytest.CaptureFixture[str]) -> None:
    done: Counter[str] = Counter()
    for kind in KINDS:
        cases = [runnable(kind, seed) for seed in SLOW_SEEDS]
        cases = [case for case in cases if not violations_of(case.program)]
        check(cases)
        done[kind] += len(cases)
    with capsys.disabled():
        print(f"\n{done.total()} random programs in Lava equal the reference: {dict(done)}")  # noqa: T201
    assert done.total() >= 550


def test_lavas_own_lif_and_ours_are_both_used() -> None:
    layouts = [layout_of(runnable(kind, seed).program) for kind in KINDS for seed in range(N_EACH)]
    stock = sum(isinstance(cells, Lif) for layout in layouts for cells in layout.neurons)
    total = sum(len(layout.neurons) for layout in layouts)
    assert 20 <= stock <= total - 20
