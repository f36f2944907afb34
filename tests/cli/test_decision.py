"""`report` of a pilot's folder, as a user types it."""

import json
import shutil
from pathlib import Path

import pytest
from support.cli import run_cli
from support.golden_text import assert_golden

USE = ("--per-second", "10", "--price-kwh", "0.30", "--battery-wh", "37", "--units", "1000")


@pytest.fixture
def here(patterns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(patterns, tmp_path / "pilot")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text_of_page_one(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli("report", "pilot", *USE)
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, "decision.txt", text)


def test_every_form_is_written(here: Path) -> None:
    files = ("d.html", "d.md", "d.json")
    result = run_cli("report", "pilot", *USE, *(part for f in files for part in ("-o", f)))
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [f"Wrote {file}" for file in files]
    assert Path("d.md").read_text().startswith("# Does not pass: ")
    assert "Does not pass" in Path("d.html").read_text()
    assert json.loads(Path("d.json").read_text()) == json.loads(
        run_cli("report", "pilot", *USE, "--json").out
    )


def test_a_report_alone_becomes_a_decision_when_asked(here: Path) -> None:
    plain = run_cli("report", "pilot/profile")
    assert "Not tested" not in plain.out
    result = run_cli("report", "pilot/profile", "--per-second", "10")
    assert "Not tested" in result.out
    assert "-- limits: no budget was given" in result.out


def test_a_budget_is_judged_on_the_spot(here: Path) -> None:
    shutil.rmtree("pilot/check")
    Path("b.toml").write_text("[budget.activity]\nspikes = 1e9\n")
    result = run_cli("report", "pilot", "--budget", "b.toml")
    assert "Passes: 1 limit kept" in result.out


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--html", "a.html"),
            "error[ND2942]: --html renders a report.json alone; a decision is written with -o "
            "FILE.html, FILE.md or FILE.json",
        ),
        (("-o", "a.pdf"), "error[ND2943]: a.pdf: expected .html, .md or .json"),
        (
            ("--battery-wh", "37"),
            "error[ND2940]: battery_wh: give per_second, inferences a second, too",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(here: Path, options: tuple[str, ...], line: str) -> None:
    result = run_cli("report", "pilot", *options)
    assert result.code == 2
    assert result.err.splitlines()[0] == line
    assert not list(here.glob("a.*"))
