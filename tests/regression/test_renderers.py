"""JUnit, Markdown, annotations and JSON say the same of one verdict."""

import json
from xml.etree import ElementTree as ET

import pytest
from support.gate import denser, network, report_of
from support.golden_text import assert_golden, without_digests

from neurodeploy.regression import (
    Budget,
    Finding,
    Limit,
    Origin,
    Status,
    Verdict,
    check,
    figures_of,
    parse_rules,
)
from neurodeploy.regression.annotations import annotations
from neurodeploy.regression.junit import junit
from neurodeploy.regression.markdown import markdown
from neurodeploy.regression.verdict_json import as_json
from neurodeploy.regression.words import headline


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    limits = (
        Limit(name="synops_effective", value=2600.0),
        Limit(name="energy_total_j", value=1e-3),
        Limit(name="spikes", value=3.0, layer="absent"),
    )
    return check(
        figures_of(report_of(denser(network(), "w2"))),
        Budget(limits=limits),
        figures_of(report_of(network())),
        parse_rules(("synops_hw=+5%", "layers.fc2.synops_effective=+0")),
    )


def test_junit_counts_its_own_cases(verdict: Verdict) -> None:
    (suite,) = ET.fromstring(junit(verdict))
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases)) == "5"
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert suite.get("failures") == str(len(failed))
    assert failed == ["synops_effective", "layers.fc2.synops_effective"]
    skipped = [case.get("name") for case in cases if case.find("skipped") is not None]
    assert suite.get("skipped") == str(len(skipped))
    assert skipped == ["layers.absent.spikes"]


def test_text_of_junit(request: pytest.FixtureRequest, verdict: Verdict) -> None:
    assert_golden(request, "check_junit.xml", without_digests(junit(verdict)))


def test_text_of_markdown(request: pytest.FixtureRequest, verdict: Verdict) -> None:
    assert_golden(request, "check_markdown.md", without_digests(markdown(verdict)))


def test_text_of_annotations(request: pytest.FixtureRequest, verdict: Verdict) -> None:
    assert_golden(request, "check_annotations.txt", "\n".join(annotations(verdict)) + "\n")


def test_json_says_of_each_line_whether_it_fails(verdict: Verdict) -> None:
    document = json.loads(json.dumps(as_json(verdict)))
    assert document["passed"] is False
    failing = [f["path"] for f in document["findings"] if f["fails"]]
    assert failing == [f.path for f in verdict.failures]


def test_marks_of_each_format_are_escaped() -> None:
    finding = Finding(
        origin=Origin.BUDGET,
        status=Status.FAILED,
        path="layers.a|b, <c>.spikes",
        unit="1",
        allowed="<= 1",
        figure=2.0,
        remark="50 %\nof it",
    )
    verdict = Verdict(findings=(finding,))
    (command,) = annotations(verdict)
    assert command == (
        "::error title=neurodeploy%3A layers.a|b%2C <c>.spikes::layers.a|b, <c>.spikes is 2, "
        "allowed <= 1; 50 %25%0Aof it"
    )
    assert "| FAIL | layers.a\\|b, &lt;c&gt;.spikes | 2 | &lt;= 1 |  |" in markdown(verdict)
    assert ET.fromstring(junit(verdict)).find(".//failure") is not None


def test_unknown_fails_under_strict_in_every_format() -> None:
    finding = Finding(
        origin=Origin.BUDGET, status=Status.UNKNOWN, path="latency_s", unit="s", allowed="<= 1 s"
    )
    verdict = Verdict(findings=(finding,), strict=True)
    assert ET.fromstring(junit(verdict)).find(".//failure") is not None
    assert next(annotations(verdict)).startswith("::error ")
    assert "| unknown (strict) | latency_s | unknown |" in markdown(verdict)
    assert as_json(verdict)["findings"][0]["fails"] is True


def test_the_headline_counts_its_lines(verdict: Verdict) -> None:
    one = next(f for f in verdict.findings if f.status is Status.PASSED)
    assert headline(Verdict(findings=(one,))) == "PASSED: 1 line"
    assert headline(Verdict(findings=(one, one))) == "PASSED: 2 lines"
    assert headline(verdict) == "FAILED: 2 of 5 lines"
