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
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _events(report: Report, timeline: Timeline) -> Iterator[Event]:
    yield _name("process_name", f"{report.target} on {report.chip}")
    yield _name("thread_name", "steps")
    starts = accumulate(timeline.step_ticks, initial=0)
    for step, (start, ticks) in enumerate(zip(starts, timeline.step_ticks, strict=False)):
        yield {
            "name": f"step {step}",
            "cat": "step",
            "ph": "X",
            "pid": CHIP,
            "tid": STEPS,
            "ts": _us(start, timeline),
            "dur": _us(ticks, timeline),
            "args": {"step": step, "ticks": ticks},
        }


def _name(kind: str, name: str) -> Event:
    return {"name": kind, "ph": "M", "pid": CHIP, "tid": STEPS, "args": {"name": name}}


def _us(ticks: int, timeline: Timeline) -> float:
    return ticks * timeline.tick_ps * _US_PER_PS
