"""Every way in which a Report becomes text; a new renderer is covered by listing it here."""

import dataclasses
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from html.parser import HTMLParser
from pathlib import Path

from neurodeploy.cli.demo_command import _print as print_demo
from neurodeploy.cli.profile_command import print_report
from neurodeploy.demo import Demo
from neurodeploy.report.json_file import write_report
from neurodeploy.report.render.html.page import html_page
from neurodeploy.report.render.markdown import markdown_text
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


def html(report: Report, folder: Path) -> str:
    """What a reader sees of the page, and what it says of a figure on hover.

    Series over samples and steps are left out: they are nominal, and their section says so.
    """
    steps = dataclasses.replace(report.steps, time_s=None)
    page = _Page()
    page.feed(html_page(dataclasses.replace(report, distributions=(), steps=steps)))
    return " ".join(page.texts).replace("\N{NARROW NO-BREAK SPACE}", " ")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name == "data-tip"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def markdown(report: Report, folder: Path) -> str:
    return markdown_text(report).replace("\N{NARROW NO-BREAK SPACE}", " ")


RENDERERS: dict[str, Renderer] = {
    "profile": profile_text,
    "demo": demo_text,
    "report.json": report_json,
    "html": html,
    "markdown": markdown,
}
