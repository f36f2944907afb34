"""The trace is sound in the Trace Event Format, and its slices add up to the report's time."""

import itertools
import json
from typing import Any

import jsonschema
import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes
from support.reports import SIZES, report_of

from neurodeploy import toolchain
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.render.trace import trace_text
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions

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


SIMULATED = "one_core at L3"
"""Whose steps wait for messages, so that they last longer than any core works."""


@pytest.fixture(params=(*SIZES, SIMULATED))
def report(request: pytest.FixtureRequest) -> Report:
    if request.param == SIMULATED:
        return report_of("one_core", fidelity=Fidelity.L3)
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
    assert trace["otherData"]["latency_s"] == report.timeline.latency_s
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


def single_sample() -> Report:
    rng = np.random.default_rng(2)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), chip="loihi1")
    stimulus = stimulus_of(deployment, input_spikes(rng, 1, 12, (20,)))
    return toolchain.profile(deployment, stimulus, RunOptions(fidelity=Fidelity.L3))


def test_trace_of_the_only_sample_lasts_as_long_as_the_report_says() -> None:
    report = single_sample()
    found = json.loads(trace_text(report))
    total_us = sum(step["dur"] for step in slices(found)["steps"])
    assert total_us == pytest.approx(1e6 * (report.metrics["latency_s"].value or 0.0), rel=1e-9)
