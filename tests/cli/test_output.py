"""Figures as the terminal shows them."""

import pytest

from neurodeploy.cli.output import si


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (0.0, "0 s"),
        (999.4e-6, "999 us"),
        (999.9e-6, "1 ms"),
        (-2.5e-9, "-2.5 ns"),
        (4e-15, "0.004 ps"),
    ],
)
def test_figure_has_three_digits_and_the_prefix_that_they_need(
    value: float | None, text: str
) -> None:
    assert si(value, "s") == text
