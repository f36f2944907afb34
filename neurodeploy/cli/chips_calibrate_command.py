"""`neurodeploy chips calibrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.calibration.calibrate import Calibration, Coefficient

_UNITS = {"energy": "J", "power": "W", "latency": "s", "sync": "s"}


def calibrate(
    chip: Annotated[str, typer.Argument(help="A chip's name, alias or .toml page.")],
    measured: Annotated[
        Path,
        typer.Option(
            "--measured",
            help="CSV, a row a run: run (report.json or deployment), data, energy_j or power_w, "
            "step_time_s, and their standard deviations.",
        ),
    ],
    out: Annotated[Path, typer.Option("--output", "-o", help="The page to write, NAME.toml.")],
    hold: Annotated[
        list[str] | None,
        typer.Option("--hold", help="Keep this coefficient, as power.management; may be repeated."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Fit a chip's coefficients to runs that you measured on it, and write a page with them.

    Only coefficients that the runs identify are replaced; the others are refused by name and keep
    the page's figures. Residuals stand in the page.
    """
    from neurodeploy.toolchain.chip_calibration import calibrate_chip, write_page

    result = calibrate_chip(chip, measured, name=options.page_name(out), hold=hold or ())
    write_page(result.page, out)
    if json:
        output.print_json(options.as_plain(result.calibration))
        return
    _print(result.calibration)
    output.say(f"\nWrote {out}")
    output.next_command(f"neurodeploy chips check {out}")


def _print(calibration: "Calibration") -> None:
    output.heading(f"Fitted to {calibration.n_runs} runs, with 95 % intervals")
    output.table(
        ("coefficient", "low", "value", "high", "before"),
        [_row(coefficient) for coefficient in calibration.fitted],
    )
    output.heading("Not identified, kept as they were")
    for coefficient in calibration.coefficients:
        if coefficient.estimate is None:
            output.say(f"{coefficient.name}: {coefficient.kept}")
    output.heading("Left over")
    for unit, what in (("J", "energy"), ("s", "time")):
        errors = [abs(r.fitted / r.measured - 1) for r in calibration.residuals if r.unit == unit]
        if errors:
            mean, worst = 100 * sum(errors) / len(errors), 100 * max(errors)
            output.say(f"{what}: {mean:.2f} % on average, {worst:.2f} % at most")


def _row(coefficient: "Coefficient") -> tuple[str, str, str, str, str]:
    unit = _UNITS[coefficient.name.partition(".")[0]]
    estimate = coefficient.estimate
    assert estimate is not None
    return (
        coefficient.name,
        output.si(estimate.low, unit),
        output.si(estimate.value, unit),
        output.si(estimate.high, unit),
        output.si(coefficient.before.value, unit),
    )
