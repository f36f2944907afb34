"""What the bench says of its measurements: noise is never a pass, nor is what was not measured."""

import json
from pathlib import Path

import pytest

from tools.bench import document
from tools.bench.lines import LINES, Line, verdict
from tools.bench.pairs import MOST_ROUNDS, Paired, paired

LINE = Line(name="a promise", where=("work", "x"), limit=10)


def results(*ratios: float, load: float = 0.0) -> dict[str, object]:
    found = Paired(ours_s=(1.0,) * len(ratios), theirs_s=ratios, load=load)
    return {"work": {"x": found.as_dict()}}


def test_sides_take_turns_and_short_ones_are_repeated_within_a_pair() -> None:
    turns: list[str] = []

    def side(name: str, seconds: float) -> float:
        turns.append(name)
        return seconds

    found = paired(lambda: side("a", 2.0), lambda: side("b", 6.0), 0.0, 3)
    assert turns[:4] == ["a", "b"] * 2
    n = turns.index("b", 4) - 4
    assert turns[4:] == (["a"] * n + ["b"] + ["a"] * n) * (3 * MOST_ROUNDS)
    assert (found.ratio, found.spread, len(found.ratios)) == (3.0, 0.0, 3)


def test_median_at_the_limit_keeps_the_promise() -> None:
    assert verdict(LINE, results(9.8, 10, 10.2))[1] == "kept"
    assert verdict(LINE, results(9.7, 9.9, 10.0))[1] == "missed"


def test_noise_is_never_a_pass() -> None:
    assert verdict(LINE, results(20, 50, 90)) == ("50 times, spread 70 %", "too noisy")


def test_busy_machine_compares_no_threads() -> None:
    threads = Line(name="threads", where=("work", "x"), limit=1.85, needs_idle=True)
    assert verdict(threads, results(1.9, 1.9, load=2.0))[1] == "not measurable: load 2.0"
    assert verdict(threads, results(1.9, 1.9, load=0.1))[1] == "kept"


@pytest.mark.parametrize("found", [{}, {"work": {}}, {"work": {"x": {"skipped": "no torch"}}}])
def test_what_is_not_measured_is_not_kept(found: dict[str, object]) -> None:
    assert verdict(LINE, found)[1].startswith("not measured")


def test_limit_from_above_is_kept_below() -> None:
    line = Line(name="memory", where=("work", "x"), limit=10, at_most=True)
    assert verdict(line, results(9, 9, 9))[1] == "kept"
    assert verdict(line, results(11, 11, 11))[1] == "missed"


def test_page_is_written_of_whatever_there_is(tmp_path: Path) -> None:
    machine = {"processor": "P", "cores": 2}
    part = {"commit": "abc", "date": "2026-01-01", "load": 0.0, "seconds": 1.0}
    bound = {"seconds": 2e-4, "by": "adds"}
    peer = {**Paired(ours_s=(1.0,), theirs_s=(2.0,), load=0.0).as_dict(), "rules": "the same"}
    peer |= {"equal_outputs": 1.0}
    work = {
        "title": "a network",
        "synops": 1e6,
        "one_thread_s": 1e-3,
        "bound": bound,
        "peers": {"peer": peer},
    }
    gone = {"title": "another", "skipped": "no data", "peers": {"other": {"skipped": "no torch"}}}
    found = {
        "toy": False,
        "machine": machine,
        "parts": {"a": part},
        "work": {"a": work, "b": gone},
        "bound": {},
        "starting": {},
    }
    document.write_page(json.loads(json.dumps(found)), tmp_path / "bench.md")
    text = (tmp_path / "bench.md").read_text()
    assert "| a | peer | 2,000,000 | 1,000,000.0 | 2.0 | 100.0 % of the output counts |" in text
    assert "| a network | 1e+06 | 1,000 | 1.00 | 200.0, adds | 20.0 % |" in text
    assert "| a | abc | 0.00 | 1 s |" in text
    assert "| b | other | not measured |  |  | no torch |" in text
    assert text.count("not measured") == len(LINES) + 1
