"""`neurodeploy chips`."""

from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.chips_calibrate_command import calibrate
from neurodeploy.cli.chips_page_commands import check, new, schema

if TYPE_CHECKING:
    from neurodeploy.hardware import Quantity

app = typer.Typer(help="The chips whose limits and costs are known.", invoke_without_command=True)
app.command("check")(check)
app.command("new")(new)
app.command("schema")(schema)
app.command("calibrate")(calibrate)


@app.callback()
def chips(context: typer.Context, json: options.Json = False) -> None:
    """List the chips; `chips show NAME` prints a chip's page with the source of every figure."""
    if context.invoked_subcommand is not None:
        return
    from neurodeploy.hardware.toml_file import chip_names, load_chip

    pages = [load_chip(name) for name in chip_names()]
    if json:
        output.print_json([{"name": p.name, "title": p.title} for p in pages])
        return
    output.table(("chip", "what"), [(p.name, p.title) for p in pages], left=2)
    output.next_command("neurodeploy chips show loihi2")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A chip's name, alias or .toml page.")],
    json: options.Json = False,
) -> None:
    """Print a chip's limits and costs: low, value, high, evidence and source of each."""
    from neurodeploy.hardware.toml_file import load_chip

    chip = load_chip(name)
    if json:
        output.print_json(options.as_plain(chip))
        return
    output.say(f"{chip.name}: {chip.title}")
    own = {
        f"core {core}: {key}": quantity
        for core, limits in chip.core_limits
        for key, quantity in limits.items()
    }
    sections = (
        ("Limits", chip.limits),
        ("Limits of single cores", own),
        ("Latency of an event", chip.latency_s),
        ("Barrier", {f"{tiles}+ tiles": quantity for tiles, quantity in chip.sync_s}),
        ("Energy of an event", chip.energy_j),
        ("Power", chip.power_w),
        ("Measured of whole networks, nothing is computed of it", dict(chip.measured)),
    )
    for title, quantities in sections:
        if not quantities:
            continue
        output.heading(title)
        output.table(
            ("", "low", "value", "high", "evidence", "source"),
            [(key, *_figures(q), q.evidence.value, q.source) for key, q in quantities.items()],
        )
    if chip.all_in:
        output.say("\nIts energy is all-in: one figure includes everything, nothing may be added.")
    output.heading("Sources")
    for key, reference in chip.sources.items():
        output.say(f"{key}: {reference}")
    output.next_command(f"neurodeploy compile model.nir --chip {name} -o build/")


def _figures(quantity: "Quantity") -> tuple[str, str, str]:
    if quantity.unit in ("s", "J", "W", "1/s"):
        unit = quantity.unit.removeprefix("1")
        return (
            output.si(quantity.low, unit),
            output.si(quantity.value, unit),
            output.si(quantity.high, unit),
        )
    return output.number(quantity.low), output.number(quantity.value), output.number(quantity.high)
