"""Where the time goes: which units set the steps' time, and how long the busiest cores work."""

from collections.abc import Sequence

from neurodeploy.report.bottleneck import role
from neurodeploy.report.core import CoreReport, CoreTime
from neurodeploy.report.render.html.bar import Scale, length
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain, share
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import few, percent
from neurodeploy.report.report import Report

_MOST_CORES = 16
_MOST_UNITS = 8
_LEAD = (
    "A step lasts as long as the unit that is done last, and what follows it: barrier, management. "
    "At L3 a unit's time includes its waiting for messages. Layers share cores and work at the "
    "same time, so time belongs to units of the chip and not to layers."
)
_UNITS = (
    Column(title="unit", kind="text"),
    Column(title="", kind="chart"),
    Column(title="of all steps"),
)
_COLUMNS = (
    Column(title="core", kind="text"),
    Column(title="layers", kind="text"),
    Column(title="", kind="chart half"),
    Column(title="neurons"),
    Column(title="", kind="chart half"),
    Column(title="synapses"),
)


def time_section(report: Report) -> Html:
    """Return what set the time, and the working times of the busiest cores; nothing without."""
    parts = (*_bottlenecks(report), *_cores(report))
    if not parts:
        return joined()
    return section("time", "Time", _LEAD, *parts)


def _bottlenecks(report: Report) -> tuple[Html, ...]:
    found = report.bottlenecks
    if not found:
        return ()
    scale = Scale(full=found[0].share)
    rows = [
        (b.unit, length(b.share, scale), share(b.share, f"bottlenecks.{k}.share"))
        for k, b in enumerate(found[:_MOST_UNITS])
    ]
    left = len(found) - len(rows)
    rest = sum(b.share for b in found[_MOST_UNITS:])
    more = (
        [
            tag(
                "p",
                {"class": "faint"},
                f"{left} other units take longest in {percent(rest)} of the steps.",
            )
        ]
        if left
        else []
    )
    heading = tag("h3", {}, role(report.fidelity).capitalize())
    return heading, table("Units that take longest in the steps", _UNITS, rows), *more


def _cores(report: Report) -> tuple[Html, ...]:
    cores = [(k, core, core.time) for k, core in enumerate(report.cores) if core.time is not None]
    if not cores:
        return ()
    busiest = sorted(cores, key=lambda entry: -entry[2].busy_s)[:_MOST_CORES]
    left = len(cores) - len(busiest)
    rest = f" The table of the cores has the other {left}." if left else ""
    return (
        tag("h3", {}, "By core"),
        tag(
            "p",
            {"class": "lead"},
            "How long a core's neurons and its synapses work in one inference: mean over samples, "
            f"nominal estimate, waiting not counted. Both can work at once.{rest}",
        ),
        table("Working time of the busiest cores", _COLUMNS, _rows(busiest)),
    )


def _rows(busiest: Sequence[tuple[int, CoreReport, CoreTime]]) -> list[tuple[str, ...]]:
    scale = Scale(full=max(time.busy_s for _, _, time in busiest))
    return [
        (
            str(core.core),
            few(core.layers),
            length(time.neurons_s, scale),
            plain(time.neurons_s, "s", f"cores.{k}.time.neurons_s"),
            length(time.synapses_s, scale),
            plain(time.synapses_s, "s", f"cores.{k}.time.synapses_s"),
        )
        for k, core, time in busiest
    ]
