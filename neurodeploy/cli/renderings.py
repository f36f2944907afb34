"""Options that name the files a report is rendered into, and their writing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.report.report import Report

Html = Annotated[
    Path | None, typer.Option("--html", help="Write one HTML page that needs no network.")
]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write a table, one row a layer.")]
Markdown = Annotated[
    Path | None, typer.Option("--markdown", help="Write a summary for a CI job or pull request.")
]
Trace = Annotated[
    Path | None, typer.Option("--trace", help="Write the first sample as a trace for Perfetto.")
]


def write(
    report: "Report",
    *,
    html: Path | None,
    csv: Path | None,
    markdown: Path | None,
    trace: Path | None,
    budget: Path | None = None,
) -> tuple[Path, ...]:
    """Write what is asked for and return the paths written; `budget` adds a verdict to the page."""
    from neurodeploy import toolchain

    wanted = (
        (html, lambda path: toolchain.write_page(report, path, budget)),
        (csv, report.to_csv),
        (markdown, report.to_markdown),
        (trace, report.to_trace),
    )
    for path, render in wanted:
        if path is not None:
            render(path)
    return tuple(path for path, _ in wanted if path is not None)


def say_written(paths: tuple[Path, ...]) -> None:
    """Print the paths written."""
    for path in paths:
        output.say(f"Wrote {path}")
