"""Every rendering of one report: golden CSV and Markdown, a sound trace, notebooks."""

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.golden_text import assert_golden
from support.reports import report_of

from neurodeploy.report.json_file import read_report
from neurodeploy.report.render.csv_file import csv_text
from neurodeploy.report.render.html.page import html_page
from neurodeploy.report.render.markdown import markdown_text
from neurodeploy.report.render.trace import trace_text
from neurodeploy.report.report import Report


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of("one_core")


def test_csv_text(request: pytest.FixtureRequest, report: Report) -> None:
    assert_golden(request, "report.csv", csv_text(report))


def test_markdown_text(request: pytest.FixtureRequest, report: Report) -> None:
    assert_golden(request, "report.md", markdown_text(report))


def test_csv_has_one_row_a_layer_and_every_figure(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(report))))
    assert [row["layer"] for row in rows] == [layer.name for layer in report.layers]
    for row, layer in zip(rows, report.layers, strict=True):
        for name, metric in layer.metrics.items():
            assert row[name] == ("" if metric.value is None else row[name])
            assert metric.value is None or float(row[name]) == metric.value


def test_renderings_need_the_json_alone(report: Report, tmp_path: Path) -> None:
    report.to_json(tmp_path / "report.json")
    read = read_report(tmp_path)
    for render in (csv_text, markdown_text, trace_text, html_page):
        assert render(read) == render(report)


def test_names_of_layers_are_escaped(report: Report, tmp_path: Path) -> None:
    text = (tmp_path / "report.json", report.to_json(tmp_path / "report.json"))[0].read_text()
    (tmp_path / "report.json").write_text(text.replace('"p1"', '"<script>|x"'))
    read = read_report(tmp_path)
    assert "<script" not in html_page(read)
    assert "<script" not in markdown_text(read)
    assert r"\|x" in markdown_text(read)


def test_notebooks_show_the_page_in_a_frame(report: Report) -> None:
    class Frames(HTMLParser):
        pages: tuple[str, ...] = ()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag == "iframe"
            self.pages = (*self.pages, dict(attrs)["srcdoc"] or "")

    frames = Frames()
    frames.feed(report._repr_html_())
    assert frames.pages == (html_page(report),)
    assert report._repr_markdown_() == markdown_text(report)
