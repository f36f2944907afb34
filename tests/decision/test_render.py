"""The decision as Markdown, HTML and JSON: the same figures, the same bytes, nothing from afar."""

import json
import re
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from support.golden_text import assert_golden
from support.reports import report_of

from neurodeploy import api
from neurodeploy.decision import Decision, Evidence, Use, decide, read_evidence
from neurodeploy.decision.render.html import html
from neurodeploy.decision.render.json_file import decision_text, schema_text
from neurodeploy.decision.render.markdown import markdown

USE = Use(
    per_second=10,
    price_kwh=0.30,
    battery_wh=37,
    units=1000,
    replaces_w=2,
    unit_cost=5,
    development_cost=100,
)
PUBLISHED = Path(__file__).resolve().parents[2] / "schemas" / "decision.schema.json"


@pytest.fixture(scope="module")
def decision(patterns: Path) -> Decision:
    return decide(read_evidence(patterns), USE)


def test_markdown_of_a_small_deployment(request: pytest.FixtureRequest, decision: Decision) -> None:
    text = re.sub(r"sha256:[0-9a-f]{64}", "<digest>", markdown(decision))
    assert_golden(request, "decision.md", text)


def test_equal_inputs_give_equal_bytes(patterns: Path, decision: Decision) -> None:
    again = decide(read_evidence(patterns), USE)
    assert html(again) == html(decision)
    assert markdown(again) == markdown(decision)
    assert decision_text(again.page) == decision_text(decision.page)


def test_page_needs_no_script_and_no_other_file(decision: Decision) -> None:
    page = html(decision)
    assert not re.search(r"<script|<link|@import|url\(|src=", page)
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))


def test_page_says_what_the_markdown_says(decision: Decision) -> None:
    shown = unescape(re.sub(r"<[^>]*>", "", html(decision)))
    for part in (*decision.page.judged.reasons, *(one.finding for one in decision.page.tested)):
        assert part in shown
    for missing in decision.page.untested:
        assert missing.reason in shown


def test_json_is_what_the_published_schema_says(decision: Decision) -> None:
    text = decision_text(decision.page)
    jsonschema.validate(json.loads(text), json.loads(schema_text()))
    assert PUBLISHED.read_text() == schema_text(), "run: python tools/schemas.py"


@pytest.mark.parametrize("size", ["one_core", "sixty_layers", "many_cores"])
def test_a_lone_report_is_a_decision_too(size: str) -> None:
    found = decide(Evidence(report=report_of(size)))
    assert found.page.cost is None
    assert "## Cost" not in markdown(found)
    assert '<section id="cost"' not in html(found)
    assert {one.what for one in found.page.untested} >= {
        "limits",
        "integers bit for bit",
        "attacks",
        "what the network gives away",
        "early exit",
        "the device",
    }


def test_verb_of_python(patterns: Path, tmp_path: Path) -> None:
    found = api.decide(patterns, per_second=10, price_kwh=0.30)
    found.to_html(tmp_path / "d.html")
    found.to_markdown(tmp_path / "d.md")
    found.to_json(tmp_path / "d.json")
    assert (tmp_path / "d.md").read_text() == markdown(found)
    assert api.decide(found.evidence.report).page.judged.answer == "open"
