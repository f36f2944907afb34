"""No bound and no sum of one core's work lies above the event simulation, in any step."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import golden
from support.deploy import deployed, stimulus_of
from support.random_programs import KINDS, random_case
from support.simulated import (
    Activity,
    activity_of,
    random_chip,
    random_placement,
    times_of,
)

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.placement import Placement
from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.program import Program
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy_cpu_emu.target import TARGET

CHIPS = ("loihi1-davies2018", "loihi1-fitted", "loihi2")


def assert_ordered(
    hardware: Hardware, program: Program, placement: Placement, activity: Activity
) -> None:
    """L1 <= L3 and L2 <= L3, and low <= nominal <= high, in every step."""
    levels = (Fidelity.L1, Fidelity.L2, Fidelity.L3)
    bound, sums, events = (
        times_of(hardware, program, placement, activity, level).ticks for level in levels
    )
    assert (bound <= events).all()
    assert (sums <= events).all()
    for ticks in (bound, sums, events):
        assert (np.diff(ticks, axis=0) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 99),
    chip_seed=st.integers(0, 99),
    spread=st.sampled_from([0.0, 0.3]),
)
def test_random_programs(kind: str, seed: int, chip_seed: int, spread: float) -> None:
    case, rng = random_case(kind, seed), np.random.default_rng([seed, chip_seed])
    hardware = random_chip(rng, spread)
    activity = activity_of(case.program, case.stimulus, case.n_steps)
    assert_ordered(hardware, case.program, random_placement(rng, case.program), activity)


@pytest.mark.parametrize("path", golden.paths(), ids=lambda p: p.stem)
def test_golden_networks(path: Path) -> None:
    case, rng = golden.load(path), np.random.default_rng(0)
    activity = activity_of(case.program, case.stimulus, case.n_steps)
    placement = random_placement(rng, case.program)
    for chip in CHIPS:
        assert_ordered(load_chip(chip), case.program, placement, activity)


def demo() -> tuple[Deployment, Stimulus]:
    model, _ = read_nir(DEMO_NETWORK, Conventions())
    deployment = deployed(model)
    images = rate(load_digits().test.x[:12], N_STEPS, CODING_SEED)
    return deployment, stimulus_of(deployment, images)


@pytest.mark.parametrize("chip", CHIPS)
def test_demo_network(chip: str) -> None:
    deployment, stimulus = demo()
    rng = np.random.default_rng(1)
    x = {name: values[0] for name, values in stimulus.x.items()}
    n_steps = stimulus.n_steps + deployment.program.drain_steps
    activity = activity_of(deployment.program, x, n_steps)
    for placement in (deployment.placement, random_placement(rng, deployment.program)):
        assert_ordered(load_chip(chip), deployment.program, placement, activity)


def test_times_do_not_depend_on_threads_order_or_batches() -> None:
    deployment, stimulus = demo()
    rng = np.random.default_rng(2)
    deployment = replace(
        deployment,
        hardware=load_chip("loihi1-fitted"),
        placement=random_placement(rng, deployment.program),
    )

    def run(samples: np.ndarray, workers: int) -> Run:
        chosen = replace(stimulus, x={n: x[samples] for n, x in stimulus.x.items()}, labels=None)
        options = RunOptions(fidelity=Fidelity.L3, workers=workers)
        return next(iter(TARGET.run(deployment, [chosen], options)))

    everything, order = np.arange(12), rng.permutation(12)
    alone = run(everything, 1)
    assert alone.ticks is not None
    assert run(everything, 4).digest == alone.digest
    parts = merge([run(everything[:5], 2), run(everything[5:], 3)])
    assert parts.digest == alone.digest
    shuffled = run(order, 2)
    assert shuffled.ticks is not None
    np.testing.assert_array_equal(shuffled.ticks, alone.ticks[:, order])
    np.testing.assert_array_equal(shuffled.core_ticks, alone.core_ticks)
    np.testing.assert_array_equal(shuffled.link_messages, alone.link_messages)


def test_a_run_keeps_what_a_report_needs_of_its_time() -> None:
    deployment, stimulus = demo()
    options = RunOptions(fidelity=Fidelity.L3)
    run = next(iter(TARGET.run(deployment, [stimulus], options)))
    n_cores = deployment.placement.n_cores
    assert run.ticks is not None
    assert run.core_ticks is not None
    assert run.first_core_ticks is not None
    assert run.bound_by is not None
    assert run.link_messages is not None
    assert run.core_ticks.shape == (n_cores, 2)
    assert run.first_core_ticks.shape == (run.n_steps, n_cores, 2)
    assert run.bound_by.shape == (run.n_samples, run.n_steps, 2)
    assert run.link_messages.shape[2] == 4
    assert (run.first_core_ticks.max(axis=(1, 2)) <= run.ticks[1, 0]).all()
    assert run.core_ticks.max(axis=1).max() <= run.ticks[1].sum()
    sync = run.barrier_ticks // (run.n_samples * run.n_steps)
    assert run.barrier_ticks == sync * run.n_samples * run.n_steps > 0
