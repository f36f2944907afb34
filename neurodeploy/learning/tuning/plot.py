"""The plot of a search: one self-contained HTML page that needs no network."""

from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.learning.tuning.apply import as_text
from neurodeploy.learning.tuning.point import Point, Tuned
from neurodeploy.report.metric import REGISTRY
from neurodeploy.storage.atomic import new_file

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

FRONT, OTHERS, OUTSIDE = "#0b6e99", "#777777", "#b5541c"


def write_plot(search: Tuned, path: Path) -> None:
    """Write the plot of the first objective over the second, or over the trials."""
    with new_file(path) as temporary:
        figure(search).write_html(temporary, include_plotlyjs=True, full_html=True, div_id="tune")


def figure(search: Tuned) -> "Figure":
    """Return the plot: the front joined by a line, the others, and those outside the budget."""
    from plotly.graph_objects import Figure  # only here: nothing else needs it

    on_front = [search.points[number] for number in search.front]
    rest = [p for p in search.points if p.number not in search.front and not p.refusal]
    groups = (
        ("front", on_front, FRONT, "lines+markers"),
        ("within the budget", [p for p in rest if p.fits], OTHERS, "markers"),
        ("outside the budget", [p for p in rest if not p.fits], OUTSIDE, "markers"),
    )
    plot = Figure([_series(search, *group) for group in groups if group[1]])
    y, *x = (objective.metric for objective in search.objectives)
    refused = sum(bool(p.refusal) for p in search.points)
    note = f"; {refused} of {len(search.points)} did not compile" if refused else ""
    plot.update_layout(
        title=f"{y} over {x[0] if x else 'trials'}, on validation samples{note}",
        xaxis={"title": _axis(x[0]) if x else "trial", "exponentformat": "SI"},
        yaxis={"title": _axis(y)},
        template="plotly_white",
    )
    return plot


def _series(search: Tuned, name: str, points: list[Point], colour: str, mode: str) -> "Scatter":
    from plotly.graph_objects import Scatter

    y, *x = (objective.metric for objective in search.objectives)
    return Scatter(
        name=name,
        mode=mode,
        x=[p.value(x[0]) if x else p.number for p in points],
        y=[p.value(y) for p in points],
        marker={"color": colour, "size": 9},
        line={"shape": "hv" if x else "linear", "width": 1},
        hovertext=[_hover(point) for point in points],
        hoverinfo="text",
    )


def _hover(point: Point) -> str:
    lines = [f"trial {point.number}: {as_text(point.settings)}"]
    for name, m in point.metrics.items():
        unit = "" if m.unit == "1" else f" {m.unit}"
        if m.value is None:
            lines.append(f"{name}: unknown")
        elif m.low == m.value == m.high:
            lines.append(f"{name}: {m.value:.6g}{unit}, {m.basis}")
        else:
            ends = " to ".join("unknown" if e is None else f"{e:.4g}" for e in (m.low, m.high))
            lines.append(f"{name}: {m.value:.4g}{unit} ({ends}), {m.basis}; source: {m.source}")
    return "<br>".join(lines)


def _axis(metric: str) -> str:
    unit = REGISTRY[metric].unit
    return metric if unit == "1" else f"{metric} in {unit}"
