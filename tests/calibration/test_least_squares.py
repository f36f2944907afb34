"""Coefficients come back where the measurements identify them, and are refused where not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from neurodeploy.calibration.least_squares import Fit, fit

NAMES = ("synapse", "neuron", "static")
WIDE = "its 95 % interval is wider than the figure itself, or reaches below 0"
TRUE = np.array([24e-12, 52e-12, 0.03])


def runs(rng: np.random.Generator, n_runs: int) -> NDArray[np.float64]:
    """Return events (run, coefficient) that lie apart."""
    return np.column_stack(
        [
            rng.uniform(1e5, 1e6, n_runs),
            rng.uniform(1e4, 3e5, n_runs),
            rng.uniform(1e-4, 4e-4, n_runs),
        ]
    )


def hits(found: Fit) -> list[bool]:
    truth = dict(zip(NAMES, TRUE, strict=True))
    return [e.low <= truth[name] <= e.high for name, e in found.estimates.items()]


def test_exact_measurements_give_the_coefficients_back() -> None:
    design = runs(np.random.default_rng(0), 12)
    found = fit(NAMES, design, design @ TRUE)
    assert found.refused == {}
    # rounding of a solution with columns of very different size
    values = [found.estimates[name].value for name in NAMES]
    assert values == pytest.approx(list(TRUE), rel=1e-9)


@pytest.mark.parametrize("stated", [False, True], ids=["in proportion", "stated"])
def test_95_percent_intervals_hold_the_truth_in_about_95_of_100(stated: bool) -> None:
    """200 fits of three coefficients: a coverage of 0.95 gives below 0.90 in 1 of 10,000 tries."""
    inside = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        design = runs(rng, 25)
        exact = design @ TRUE
        measured = exact * (1 + 0.05 * rng.standard_normal(25))
        inside += hits(fit(NAMES, design, measured, 0.05 * exact if stated else None))
    assert len(inside) >= 590  # nearly every coefficient is identified
    assert 0.90 <= np.mean(inside) <= 0.99


def test_columns_that_go_together_are_refused_and_bias_nothing() -> None:
    design = runs(np.random.default_rng(1), 12)
    both = np.column_stack([design, 3 * design[:, 2]])
    found = fit((*NAMES, "management"), both, design @ TRUE)
    assert found.refused == {
        "static": "the runs cannot tell it from management",
        "management": "the runs cannot tell it from static",
    }
    values = [found.estimates[name].value for name in NAMES[:2]]
    assert values == pytest.approx(list(TRUE[:2]), rel=1e-9)


def test_event_that_no_run_has_is_refused() -> None:
    design = runs(np.random.default_rng(2), 12)
    design[:, 1] = 0
    found = fit(NAMES, design, design @ TRUE)
    assert found.refused == {"neuron": "no run has such an event"}


def test_as_many_coefficients_as_runs_tell_no_error() -> None:
    design = runs(np.random.default_rng(3), 3)
    found = fit(NAMES, design, design @ TRUE)
    assert set(found.refused) == set(NAMES)
    assert set(found.refused.values()) == {
        "there are no more runs than coefficients, so no error can be told"
    }


def test_fewer_runs_than_coefficients_identify_none() -> None:
    design = runs(np.random.default_rng(4), 2)
    found = fit(NAMES, design, design @ TRUE)
    assert found.estimates == {}
    assert found.refused["synapse"] == "the runs cannot tell it from neuron, static"


def test_coefficient_below_0_is_refused_and_not_made_0() -> None:
    rng = np.random.default_rng(5)
    design = runs(rng, 30)
    measured = design[:, 0] * TRUE[0] + design[:, 1] * TRUE[1] - design[:, 2] * 0.005
    found = fit(NAMES, design, measured)
    assert found.refused == {"static": WIDE}
    # had it been held at 0, the others would be off
    values = [found.estimates[name].value for name in NAMES[:2]]
    assert values == pytest.approx(list(TRUE[:2]), rel=1e-9)


def test_coefficient_lost_in_the_noise_is_refused() -> None:
    rng = np.random.default_rng(6)
    design = runs(rng, 10)
    weak = np.array([24e-12, 1e-14, 0.03])
    measured = design @ weak * (1 + 0.05 * rng.standard_normal(10))
    assert fit(NAMES, design, measured).refused["neuron"] == WIDE


def test_stated_errors_are_widened_by_residuals_and_never_narrowed() -> None:
    rng = np.random.default_rng(7)
    design = runs(rng, 25)
    exact = design @ TRUE
    measured = exact * (1 + 0.05 * rng.standard_normal(25))

    def width(sigma: NDArray[np.float64] | None) -> float:
        estimate = fit(NAMES, design, measured, sigma).estimates["synapse"]
        return estimate.high - estimate.low

    assert width(1e-6 * exact) > 0.5 * width(0.05 * exact)
    assert width(0.2 * exact) > 2 * width(0.05 * exact)


def test_what_was_taken_off_counts_as_part_of_the_measurement() -> None:
    rng = np.random.default_rng(8)
    inside = []
    for _ in range(100):
        design = runs(rng, 25)
        held = design[:, 2] * TRUE[2]
        exact = design @ TRUE
        measured = exact * (1 + 0.05 * rng.standard_normal(25)) - held
        inside += hits(fit(NAMES[:2], design[:, :2], measured, offset=held))
    assert 0.89 <= np.mean(inside) <= 0.99
