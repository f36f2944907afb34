"""The first sample as a trace that Perfetto and chrome://tracing open.

JSON object format of the Trace Event Format: ``traceEvents`` with complete events (``X``),
counters (``C``) and names (``M``); ``ts`` and ``dur`` in microseconds.
"""

import json
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from neurodeploy.errors import InputError
from neurodeploy.report.render.words import provenance
from neurodeploy.report.report import Report
from neurodeploy.report.timeline import Timeline

Event = dict[str, Any]

CHIP, STEPS = 0, 0

_US_PER_PS = 1e-6


def trace_text(report: Report) -> str:
    """Return the trace.

    Raises
    ------
    InputError
        If the report has no time (ND2712).
    """
    if report.timeline is None:
        raise InputError(
            "ND2712",
            f"the report has no time (fidelity {report.fidelity}, chip {report.chip}), so there is "
            "no trace; profile with --fidelity L1 on a chip whose page knows latencies",
        )
    document = {
        "displayTimeUnit": "ns",
        "otherData": {
            "chip": report.chip,
            "target": report.target,
            "deployment": report.deployment_digest,
            "sample": report.timeline.sample,
            "latency_s": report.timeline.latency_s,
            "estimate": "nominal",
            "basis": provenance(report.metrics["latency_s"]),
        },
        "traceEvents": list(_events(report, report.timeline)),
    }
    return json.dumps(document, sort_keys=True, allow_nan=False) + "\n"


def _events(report: Report, timeline: Timeline) -> Iterator[Event]:
    yield _name("process_name", f"{report.target} on {report.chip}")
    yield from _track(timeline, STEPS, "steps", "step", timeline.step_ticks)
    for k, core in enumerate(timeline.cores):
        first = STEPS + 1 + 2 * k
        where = f"core {core.core}"
        yield from _track(timeline, first, f"{where}, neurons", "neurons", core.neuron_ticks)
        yield from _track(timeline, first + 1, f"{where}, synapses", "synapses", core.synapse_ticks)
    for start, synops in zip(_starts(timeline), report.steps.synops_hw.mean, strict=True):
        yield _counter("synaptic operations a step, mean over samples", start, synops, timeline)
    for link in report.links:
        (x, y), (to_x, to_y) = link.source, link.target
        name = f"link ({x}, {y}) to ({to_x}, {to_y}), messages an inference, mean over samples"
        for start in (0, sum(timeline.step_ticks)):
            yield _counter(name, start, link.messages, timeline)


def _track(
    timeline: Timeline, track: int, name: str, kind: str, durations: tuple[int, ...]
) -> Iterator[Event]:
    """Yield a track with one slice a step, each beginning with its step; no slice for no work."""
    yield _name("thread_name", name, track)
    yield {**_name("thread_sort_index", name, track), "args": {"sort_index": track}}
    for step, (start, ticks) in enumerate(zip(_starts(timeline), durations, strict=True)):
        if ticks:
            yield {
                "name": f"{kind} {step}" if track == STEPS else kind,
                "cat": kind,
                "ph": "X",
                "pid": CHIP,
                "tid": track,
                "ts": _us(start, timeline),
                "dur": _us(ticks, timeline),
                "args": {"step": step, "ticks": ticks},
            }


def _starts(timeline: Timeline) -> list[int]:
    return list(accumulate(timeline.step_ticks, initial=0))[:-1]


def _counter(name: str, start: int, value: float, timeline: Timeline) -> Event:
    return {
        "name": name,
        "ph": "C",
        "pid": CHIP,
        "ts": _us(start, timeline),
        "args": {"value": value},
    }


def _name(kind: str, name: str, track: int = STEPS) -> Event:
    return {"name": kind, "ph": "M", "pid": CHIP, "tid": track, "args": {"name": name}}


def _us(ticks: int, timeline: Timeline) -> float:
    return ticks * timeline.tick_ps * _US_PER_PS
