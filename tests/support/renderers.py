"""Every way in which a Report becomes text; a new renderer is covered by listing it here."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from neurodeploy.cli.demo_command import _print as print_demo
from neurodeploy.cli.profile_command import print_report
from neurodeploy.demo import Demo
from neurodeploy.report.json_file import write_report
from neurodeploy.report.report import Report

Renderer = Callable[[Report, Path], str]


def profile_text(report: Report, folder: Path) -> str:
    with redirect_stdout(io.StringIO()) as text:
        print_report(report)
    return text.getvalue()


def demo_text(report: Report, folder: Path) -> str:
    """What `neurodeploy demo` prints, and with it the README's first page."""
    with redirect_stdout(io.StringIO()) as text:
        print_demo(Demo(report=report, float_accuracy=1.0, files={}), folder)
    return text.getvalue()


def report_json(report: Report, folder: Path) -> str:
    write_report(report, folder / "report.json")
    return (folder / "report.json").read_text()


RENDERERS: dict[str, Renderer] = {
    "profile": profile_text,
    "demo": demo_text,
    "report.json": report_json,
}
