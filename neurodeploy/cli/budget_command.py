"""`neurodeploy budget`."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.cli.new_files import refuse_existing
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.regression import Estimate

app = typer.Typer(help="The limits that `check` holds.", no_args_is_help=True)

Margin = Annotated[
    str, typer.Option("--margin", help="Room above each figure, e.g. 10%; 0% leaves none.")
]
EstimateName = Annotated[
    str,
    typer.Option("--estimate", help="What is held of an interval: low, nominal or high (worse)."),
]


@app.callback()
def budget() -> None:
    """Write a `budget.toml` from a report (`budget init`), or print its JSON schema."""


@app.command("init")
def init(
    report: Annotated[Path, typer.Argument(help="A report.json, or the folder that holds it.")],
    out: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "budget.toml"
    ),
    margin: Margin = "10%",
    estimate: EstimateName = "high",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: options.Json = False,
) -> None:
    """Write a budget that a report keeps with some margin, each limit beside its figure.

    Reads report.json; writes a TOML file to edit.
    """
    from neurodeploy import toolchain

    text = toolchain.draft_budget(report, share(margin), estimate_of(estimate))
    refuse_existing([out], force=force)
    toolchain.write_text(out, text)
    n_limits = len(toolchain.read_budget(out).limits)
    if json:
        output.print_json({"file": str(out), "limits": n_limits})
        return
    output.say(f"Wrote {out}: {n_limits} limits with a margin of {margin}; lower those you can")
    output.next_command(f"neurodeploy check {report} --budget {out}")


@app.command("schema")
def schema() -> None:
    """Print the JSON schema of budget.toml: sections, names, units, which way each limit holds."""
    from neurodeploy.regression.budget_schema import json_schema

    output.print_json(json_schema())


def share(margin: str) -> Decimal:
    """Return a margin as a share."""
    number, percent, rest = margin.strip().partition("%")
    try:
        found = Decimal(number.strip()) / 100
    except InvalidOperation:
        found = Decimal(-1)
    if not percent or rest or not found.is_finite() or found < 0:
        raise InputError("ND2601", f"--margin is {margin!r}, expected a share such as 10%")
    return found


def estimate_of(name: str) -> "Estimate":
    """Return the end of an interval that is meant."""
    from neurodeploy.regression import Estimate

    refuse_unknown("--estimate", name, Estimate)
    return Estimate(name)
