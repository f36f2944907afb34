"""The whole page: one file that needs no script, no network and no other file."""

from pathlib import Path

from neurodeploy.report.render.html.activity import activity_section
from neurodeploy.report.render.html.chip_map import chip_section
from neurodeploy.report.render.html.distributions import distributions_section
from neurodeploy.report.render.html.early_exit import early_exit_section
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.energy import energy_sections
from neurodeploy.report.render.html.measured import measured_section
from neurodeploy.report.render.html.models import models_section
from neurodeploy.report.render.html.neurobench import neurobench_section
from neurodeploy.report.render.html.operations import operations_section
from neurodeploy.report.render.html.quantisation import quantisation_section
from neurodeploy.report.render.html.sources import sources_section
from neurodeploy.report.render.html.time import time_section
from neurodeploy.report.render.html.verdict import verdict_block
from neurodeploy.report.report import Report

_STYLE = Path(__file__).parent / "style.css"

_NOTHING = Html()
_NAVIGATION = (
    ("gate", "Budget"),
    ("measured", "Measured"),
    ("exit", "Early exit"),
    ("energy", "Energy"),
    ("energy-layers", "Energy by layer"),
    ("time", "Time"),
    ("synops", "Operations"),
    ("chip", "Cores"),
    ("steps", "Steps"),
    ("distributions", "Distributions"),
    ("models", "Energy models"),
    ("neurobench", "NeuroBench"),
    ("quantisation", "Quantisation"),
    ("sources", "Provenance"),
)


def html_page(report: Report, gate: Html = _NOTHING) -> str:
    """Return the page; `gate` is the section ``gate`` of a verdict, which then comes first."""
    title = f"{report.target} on {report.chip}: neurodeploy report"
    return f"<!doctype html>\n{tag('html', {'lang': 'en'}, head(title), _body(report, gate))}\n"


def notebook_frame(report: Report) -> str:
    """Return the page in a frame of its own, so that a notebook's style and it stay apart."""
    return tag(
        "iframe",
        {
            "srcdoc": html_page(report),
            "title": "neurodeploy report",
            "sandbox": "",
            "style": "width:100%;height:42rem;border:1px solid #8884",
        },
    )


def head(title: str, *more: Html) -> Html:
    """Return the head of a page: the style that all pages share, and what is `more`."""
    return tag(
        "head",
        {},
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("title", {}, title),
        tag("style", {}, Html(_STYLE.read_text(encoding="utf-8"))),
        *more,
    )


def _body(report: Report, gate: Html) -> Html:
    sections = joined(
        gate,
        verdict_block(report),
        measured_section(report),
        early_exit_section(report),
        energy_sections(report),
        time_section(report),
        operations_section(report),
        chip_section(report),
        activity_section(report),
        distributions_section(report),
        models_section(report),
        neurobench_section(report),
        quantisation_section(report),
        sources_section(report),
    )
    links = [
        tag("a", {"href": f"#{anchor}"}, title)
        for anchor, title in _NAVIGATION
        if f'id="{anchor}"' in sections
    ]
    return tag(
        "body",
        {},
        tag("a", {"class": "skip", "href": "#verdict"}, "Skip to the verdict"),
        tag(
            "header",
            {},
            tag("p", {"class": "kind"}, "neurodeploy report"),
            tag("h1", {}, f"{report.target} on {report.chip_title}"),
            tag(
                "p",
                {"class": "faint"},
                f"{report.n_samples:,} samples of {report.n_steps} steps, {report.stimulus}, "
                f"input {report.input_coding}; time at {report.fidelity}",
            ),
            tag("nav", {"aria-label": "Sections"}, *links),
        ),
        tag("main", {}, sections),
    )
