"""A rate above a core's limit is a failure, one at the limit is none."""

from dataclasses import replace

import numpy as np
import pytest

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.demo import DEMO_NETWORK
from neurodeploy.frontends.samples import samples_of
from neurodeploy.report.report import Report
from neurodeploy.toolchain import (
    CompileOptions,
    compile_network,
    load_model,
    profile,
    stimulus_of,
)

N_STEPS, N_LINES, N_HIDDEN = 10, 64, 96


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    model, _ = load_model(DEMO_NETWORK)
    return compile_network(model, "cpu-emu", CompileOptions(chip="speck2"))


def report_at(deployment: Deployment, dt_s: float | None) -> Report:
    """Return the report of two samples, one without spikes and one with all, at this time step."""
    x = np.zeros((2, N_STEPS, N_LINES))
    x[1] = 1
    model = deployment.model
    assert model is not None
    changed = None if dt_s is None else replace(model, dt_s=dt_s)
    stimulus = stimulus_of(deployment, samples_of(x, None, "x"))
    return profile(replace(deployment, model=changed), stimulus)


def test_rate_is_that_of_the_busiest_sample_over_the_time_it_lasts(deployment: Deployment) -> None:
    report = report_at(deployment, 1e-3)
    rate = report.metrics["synops_busiest_core_hz"]
    hidden = deployment.program.populations[0].size
    # the first layer hears every line in every step; the second's steps include a drained one
    assert rate.value == pytest.approx(
        N_STEPS * N_LINES * hidden / (report.n_steps * 1e-3), rel=1e-12
    )
    assert rate.note == "core 0, which allows 100 M"
    assert report.failures == ()


def test_rate_above_the_limit_of_its_core_is_a_failure(deployment: Deployment) -> None:
    calm = report_at(deployment, 1e-3).metrics["synops_busiest_core_hz"].value
    assert calm is not None
    at_limit = 1e-3 * calm / 100e6
    assert report_at(deployment, at_limit * (1 + 1e-9)).failures == ()
    (failure,) = report_at(deployment, at_limit / 2).failures
    assert failure == (
        "speck2: core 0 with 'hidden': 200 M synaptic operations a second, allowed 100 M; the "
        "chip would stall; make spikes or the layer's kernels fewer, or the time step longer"
    )


def test_without_a_model_the_rate_is_unknown_and_says_why(deployment: Deployment) -> None:
    report = report_at(deployment, None)
    rate = report.metrics["synops_busiest_core_hz"]
    assert rate.value is None
    assert rate.note == (
        "the deployment has no model, so the time that a step stands for is not known"
    )


def test_chip_without_such_a_limit_has_no_such_metric() -> None:
    model, _ = load_model(DEMO_NETWORK)
    loihi2 = compile_network(model, "cpu-emu", CompileOptions(chip="loihi2"))
    assert "synops_busiest_core_hz" not in report_at(loihi2, 1e-3).metrics
