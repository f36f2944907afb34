"""Where the time goes: how long the busiest cores work, their neurons and their synapses."""

from collections.abc import Sequence

from neurodeploy.report.core import CoreReport, CoreTime
from neurodeploy.report.render.html.bar import Scale, length
from neurodeploy.report.render.html.element import Html, joined
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import few
from neurodeploy.report.report import Report

_MOST_CORES = 16
_COLUMNS = (
    Column(title="core", kind="text"),
    Column(title="layers", kind="text"),
    Column(title="", kind="chart half"),
    Column(title="neurons"),
    Column(title="", kind="chart half"),
    Column(title="synapses"),
)


def time_section(report: Report) -> Html:
    """Return the working times of the busiest cores; nothing where they are not modelled."""
    cores = [(k, core, core.time) for k, core in enumerate(report.cores) if core.time is not None]
    if not cores:
        return joined()
    busiest = sorted(cores, key=lambda entry: -entry[2].busy_s)[:_MOST_CORES]
    left = len(cores) - len(busiest)
    rest = f" The table of the cores has the other {left}." if left else ""
    return section(
        "time",
        "Time by core",
        "How long a core's neurons and its synapses work in one inference: mean over samples, "
        "nominal estimate, waiting not counted. Both can work at once; a step lasts as long as "
        f"the slowest.{rest}",
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
