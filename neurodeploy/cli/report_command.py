"""`neurodeploy report`."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output, renderings
from neurodeploy.errors import InputError

_SCHEMA = Path("schema")


def report(
    path: Annotated[
        Path,
        typer.Argument(help="A report.json, the folder that holds it, or the word schema."),
    ],
    html: renderings.Html = None,
    csv: renderings.Csv = None,
    markdown: renderings.Markdown = None,
    trace: renderings.Trace = None,
    budget: Annotated[
        Path | None,
        typer.Option("--budget", "-b", help="A budget.toml; its verdict comes first on the page."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Render a report that profile wrote: as text, HTML, CSV, Markdown or a trace.

    Reads report.json, refuses one that is damaged, and writes what is asked for; without any
    option it prints what profile printed. With --budget the page begins with its verdict, and the
    exit code stays 0: `check` is the gate. `report schema` prints the JSON schema of report.json.
    """
    from neurodeploy.cli.profile_command import print_report
    from neurodeploy.report.json_file import as_json, json_schema, read_report

    if path == _SCHEMA and not path.exists():
        output.print_json(json_schema())
        return
    if budget is not None and html is None:
        raise InputError(
            "ND2706", "--budget is for the page of --html; `neurodeploy check` prints the verdict"
        )
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
