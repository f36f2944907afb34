"""A decision as one HTML file: page one, the cost page, then the engineers' pages."""

from collections.abc import Iterator
from pathlib import Path

from neurodeploy.decision.decision import Decision
from neurodeploy.decision.render.page_one import page_one
from neurodeploy.decision.render.part import Part
from neurodeploy.decision.render.parts import cost_part, engineers_parts
from neurodeploy.regression.html import html as gate
from neurodeploy.report.render.html.chip_map import chip_section
from neurodeploy.report.render.html.early_exit import early_exit_section
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.energy import energy_sections
from neurodeploy.report.render.html.measured import measured_section
from neurodeploy.report.render.html.models import models_section
from neurodeploy.report.render.html.page import head
from neurodeploy.report.render.html.quantisation import quantisation_section
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.sources import sources_section
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.html.time import time_section

_STYLE = Path(__file__).parent / "page.css"

_IN_SECTIONS = frozenset({"rounding"})
"""Parts that a section of the report shows with more."""

_TEXT = frozenset({"how", "by", "basis"})
"""Columns of words, beside the first."""


def html(decision: Decision) -> str:
    """Return the page."""
    subject = decision.page.subject
    title = f"{subject.target} on {subject.chip}: neurodeploy decision"
    style = tag("style", {}, Html(_STYLE.read_text(encoding="utf-8")))
    body = tag("body", {"class": "decision"}, tag("main", {}, *_sections(decision)))
    return f"<!doctype html>\n{tag('html', {'lang': 'en'}, head(title, style), body)}\n"


def _sections(decision: Decision) -> Iterator[Html]:
    report, cost = decision.evidence.report, cost_part(decision)
    yield page_one(decision.page)
    if cost is not None:
        yield _section(cost, "page")
    for k, verdict in enumerate(decision.evidence.verdicts.values()):
        yield gate(verdict, f"gate-{k}" if k else "gate")
    yield measured_section(report)
    yield quantisation_section(report)
    yield early_exit_section(report)
    for part in engineers_parts(decision):
        if part.anchor not in _IN_SECTIONS:
            yield _section(part)
    yield chip_section(report)
    yield energy_sections(report)
    yield time_section(report)
    yield models_section(report)
    yield sources_section(report)


def _section(part: Part, kind: str = "") -> Html:
    lines = [tag("li", {}, line) for line in part.lines]
    listed = tag("ul", {"class": "binding"}, *lines) if lines else joined()
    columns = [
        Column(title=column, kind="text" if not k or column in _TEXT else "number")
        for k, column in enumerate(part.columns)
    ]
    rows = table(part.title, columns, part.rows) if part.rows else joined()
    found = section(part.anchor, part.title, "", listed, rows)
    return tag("div", {"class": kind}, found) if kind else found
