"""`neurodeploy report` renders what profile wrote, and says what is wrong with other files."""

import json
from pathlib import Path

import pytest
from support.cli import run_cli
from support.golden_text import assert_golden
from support.reports import report_of

from neurodeploy.report.json_file import json_schema, report_text
from neurodeploy.report.render.csv_file import csv_text
from neurodeploy.report.render.html.page import html_page
from neurodeploy.report.render.markdown import markdown_text
from neurodeploy.report.render.trace import trace_text


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    report_of("one_core").to_json("report.json")
    return tmp_path


def test_text_of_report(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli("report", "report.json")
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, "report.txt", text)


def test_every_form_is_written(here: Path) -> None:
    files = {
        "--html": (here / "a.html", html_page),
        "--csv": (here / "a.csv", csv_text),
        "--markdown": (here / "a.md", markdown_text),
        "--trace": (here / "a.json", trace_text),
    }
    options = [part for option, (path, _) in files.items() for part in (option, path.name)]
    result = run_cli("report", ".", *options)
    assert result.code == 0
    assert result.out.splitlines() == [f"Wrote {path.name}" for path, _ in files.values()]
    for path, render in files.values():
        assert path.read_text() == render(report_of("one_core"))


def test_page_begins_with_the_verdict_of_a_budget(here: Path) -> None:
    Path("b.toml").write_text("[budget.activity]\nspikes = 1\nsynops_hw = 1e9\n")
    result = run_cli("report", ".", "--budget", "b.toml", "--html", "a.html")
    assert (result.code, result.out) == (0, "Wrote a.html\n")
    page = Path("a.html").read_text()
    assert page.index("FAILED: 1 of 2 lines") < page.index('id="verdict"')
    assert '<a href="#gate">Budget</a>' in page


def test_budget_without_a_page_is_refused(here: Path) -> None:
    Path("b.toml").write_text("[budget]\n")
    result = run_cli("report", ".", "--budget", "b.toml")
    assert result.code == 2
    assert result.err == (
        "error[ND2706]: --budget is for the page of --html; `neurodeploy check` prints the "
        "verdict\n  what this means: neurodeploy explain ND2706\n"
    )


def test_json_is_the_report(here: Path) -> None:
    assert json.loads(run_cli("report", ".", "--json").out) == json.loads(
        report_text(report_of("one_core"))
    )


def test_schema_is_printed() -> None:
    assert json.loads(run_cli("report", "schema").out) == json_schema()


def test_trace_without_time_is_refused(here: Path) -> None:
    document = json.loads(Path("report.json").read_text())
    Path("report.json").write_text(json.dumps({**document, "timeline": None, "fidelity": "L0"}))
    result = run_cli("report", "report.json", "--trace", "trace.json")
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        "error[ND2712]: the report has no time (fidelity L0, chip loihi2), so there is no trace; "
        "profile with --fidelity L1 on a chip whose page knows latencies"
    )
    assert not Path("trace.json").exists()
