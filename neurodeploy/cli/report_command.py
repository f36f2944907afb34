"""`neurodeploy report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import decision_options as asked
from neurodeploy.cli import options, output, renderings
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.decision import Use

_SCHEMA = Path("schema")


def report(
    path: Annotated[
        Path,
        typer.Argument(
            help="A report.json or its folder, the folder of a pilot, or the word schema."
        ),
    ],
    out: asked.Out = None,
    per_second: asked.PerSecond = None,
    price_kwh: asked.PriceKwh = None,
    battery_wh: asked.BatteryWh = None,
    units: asked.Units = None,
    replaces_w: asked.ReplacesW = None,
    unit_cost: asked.UnitCost = None,
    development_cost: asked.DevelopmentCost = None,
    budget: Annotated[
        Path | None,
        typer.Option("--budget", "-b", help="A budget.toml; its verdict comes first."),
    ] = None,
    html: renderings.Html = None,
    csv: renderings.Csv = None,
    markdown: renderings.Markdown = None,
    trace: renderings.Trace = None,
    json: options.Json = False,
) -> None:
    """Render a report that profile wrote; or, of a pilot, one page for who decides and the rest.

    Reads report.json, refuses one that is damaged, and writes what is asked for; without any
    option it prints what profile printed. The folder of a pilot, -o FILE or --per-second make it a
    decision: the answer, accuracy, energy and latency with their ranges, what a year costs, what
    was not tested. The exit code stays 0: `check` is the gate. `report schema` prints the JSON
    schema of report.json.
    """
    from neurodeploy.decision import has_evidence, use_of
    from neurodeploy.report.json_file import json_schema

    if path == _SCHEMA and not path.exists():
        output.print_json(json_schema())
        return
    use = use_of(
        per_second,
        price_kwh=price_kwh,
        battery_wh=battery_wh,
        units=units,
        replaces_w=replaces_w,
        unit_cost=unit_cost,
        development_cost=development_cost,
    )
    files = {"--html": html, "--csv": csv, "--markdown": markdown, "--trace": trace}
    if has_evidence(path) or out or use is not None:
        _decide(path, use, budget, tuple(out or ()), files, json=json)
        return
    if budget is not None and html is None:
        raise InputError(
            "ND2706", "--budget is for the page of --html; `neurodeploy check` prints the verdict"
        )
    _render(path, html, csv, markdown, trace, budget, json=json)


def _render(
    path: Path,
    html: Path | None,
    csv: Path | None,
    markdown: Path | None,
    trace: Path | None,
    budget: Path | None,
    *,
    json: bool,
) -> None:
    from neurodeploy.cli.profile_command import print_report
    from neurodeploy.report.json_file import as_json, read_report

    found = read_report(path)
    written = renderings.write(
        found, html=html, csv=csv, markdown=markdown, trace=trace, budget=budget
    )
    if json:
        output.print_json(as_json(found))
    elif written:
        renderings.say_written(written)
    else:
        print_report(found)
        output.next_command(f"neurodeploy report {path} --html report.html")


def _decide(
    path: Path,
    use: "Use | None",
    budget: Path | None,
    out: tuple[Path, ...],
    files: dict[str, Path | None],
    *,
    json: bool,
) -> None:
    from neurodeploy.cli.decision_text import print_page_one
    from neurodeploy.decision import decide, read_evidence, with_budget, write_decision
    from neurodeploy.decision.render.json_file import as_json

    unfit = [option for option, file in files.items() if file is not None]
    if unfit:
        raise InputError(
            "ND2942",
            f"{', '.join(unfit)} renders a report.json alone; a decision is written with "
            "-o FILE.html, FILE.md or FILE.json",
        )
    evidence = read_evidence(path)
    found = decide(evidence if budget is None else with_budget(evidence, budget), use)
    write_decision(found, out)
    if json:
        output.print_json(as_json(found.page))
    elif out:
        renderings.say_written(out)
    else:
        print_page_one(found.page)
        output.next_command(f"neurodeploy report {path} -o decision.html")
