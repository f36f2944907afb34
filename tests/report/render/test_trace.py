"""The trace is sound in the Trace Event Format, and its slices add up to the report's time."""

import itertools
import json
from typing import Any

import jsonschema
import pytest
from support.reports import SIZES, report_of

from neurodeploy.report.render.trace import trace_text
from neurodeploy.report.report import Report

# The parts of the Trace Event Format that complete events, counters and names need.
NUMBER = {"type": "number", "minimum": 0}
IDS = {"pid": {"type": "integer"}, "tid": {"type": "integer"}, "name": {"type": "string"}}
FORMAT = {
    "type": "object",
    "required": ["traceEvents"],
    "properties": {
        "displayTimeUnit": {"enum": ["ms", "ns"]},
        "traceEvents": {
            "type": "array",
            "items": {
                "oneOf": [
                    {
                        "required": ["ph", "name", "cat", "pid", "tid", "ts", "dur"],
                        "properties": {"ph": {"const": "X"}, "ts": NUMBER, "dur": NUMBER, **IDS},
                    },
                    {
                        "required": ["ph", "name", "pid", "ts", "args"],
                        "properties": {
                            "ph": {"const": "C"},
                            "ts": NUMBER,
                            "args": {"additionalProperties": {"type": "number"}},
                            **IDS,
                        },
                    },
                    {
                        "required": ["ph", "name", "pid", "args"],
                        "properties": {
                            **IDS,
                            "ph": {"const": "M"},
                            "name": {"enum": ["process_name", "thread_name", "thread_sort_index"]},
                        },
                    },
                ]
            },
        },
    },
}


@pytest.fixture(params=SIZES)
def report(request: pytest.FixtureRequest) -> Report:
    return report_of(request.param)


@pytest.fixture
def trace(report: Report) -> dict[str, Any]:
    found = json.loads(trace_text(report))
    assert isinstance(found, dict)
    return found


def slices(trace: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the slices by the name of their track."""
    events = trace["traceEvents"]
    names = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
    return {
        name: [e for e in events if e["ph"] == "X" and e["tid"] == track]
        for track, name in names.items()
    }


def test_trace_has_the_trace_event_format(trace: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(FORMAT).validate(trace)


def test_steps_add_up_to_the_time_of_the_sample(trace: dict[str, Any], report: Report) -> None:
    assert report.timeline is not None
    steps = slices(trace)["steps"]
    assert sum(step["args"]["ticks"] for step in steps) == sum(report.timeline.step_ticks)
    total_us = sum(step["dur"] for step in steps)
    assert total_us == pytest.approx(1e6 * report.timeline.latency_s, rel=1e-12)


def test_steps_follow_each_other_without_gap(trace: dict[str, Any], report: Report) -> None:
    steps = slices(trace)["steps"]
    assert len(steps) == report.n_steps
    assert steps[0]["ts"] == 0
    for before, after in itertools.pairwise(steps):
        assert after["ts"] == pytest.approx(before["ts"] + before["dur"], rel=1e-12)


def test_every_core_has_tracks_within_the_steps(trace: dict[str, Any], report: Report) -> None:
    assert report.timeline is not None
    tracks = slices(trace)
    steps = {step["args"]["step"]: step for step in tracks.pop("steps")}
    cores = [core.core for core in report.timeline.cores]
    assert list(tracks) == [f"core {c}, {part}" for c in cores for part in ("neurons", "synapses")]
    for events in tracks.values():
        for event in events:
            step = steps[event["args"]["step"]]
            assert event["ts"] == step["ts"]
            assert event["dur"] <= step["dur"]


def test_links_are_counters(trace: dict[str, Any], report: Report) -> None:
    counters = [e for e in trace["traceEvents"] if e["ph"] == "C" and e["name"].startswith("link")]
    assert [e["args"]["value"] for e in counters[::2]] == [link.messages for link in report.links]
    assert (report.links != ()) == (counters != [])


def test_one_report_has_cores_and_links() -> None:
    report = report_of("many_cores")
    assert report.timeline is not None
    assert len(report.timeline.cores) == len(report.cores) == 128
    assert report.links
