"""`neurodeploy report`."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output, renderings
from neurodeploy.errors import InputError


def report(
    path: Annotated[
        Path | None, typer.Argument(help="A report.json, or the folder that holds it.")
    ] = None,
    html: renderings.Html = None,
    csv: renderings.Csv = None,
    markdown: renderings.Markdown = None,
    trace: renderings.Trace = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of report.json instead.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Render a report that profile wrote: as text, HTML, CSV, Markdown or a trace.

    Reads report.json, refuses one that is damaged, and writes what is asked for; without any
    option it prints what profile printed.
    """
    from neurodeploy.cli.profile_command import print_report
    from neurodeploy.report.json_file import as_json, json_schema, read_report

    if schema:
        output.print_json(json_schema())
        return
    if path is None:
        raise InputError(
            "ND2601", "report needs a report.json, e.g. `neurodeploy report report/report.json`"
        )
    found = read_report(path)
    written = renderings.write(found, html=html, csv=csv, markdown=markdown, trace=trace)
    if json:
        output.print_json(as_json(found))
    elif written:
        renderings.say_written(written)
    else:
        print_report(found)
        output.next_command(f"neurodeploy report {path} --html report.html")
