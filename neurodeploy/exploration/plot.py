"""A sweep's Pareto plot: one self-contained HTML page that needs no network."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurodeploy.exploration.sweep import Point, Sweep
from neurodeploy.report.metric import REGISTRY, Metric
from neurodeploy.storage.atomic import new_file

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
_COLOURS = ("#0b6e99", "#b5541c", "#5b3fa0", "#2d7d46", "#a03355", "#6b6b00")
_CAPTION = (
    "filled: no other setting is better in every objective; numbers: steps; costs are modelled, "
    "bars from low to high, sources on hover"
)


def write_plot(sweep: Sweep, path: Path) -> None:
    """Write the plot of the first objective over the second (accuracy over energy).

    Points on the front are filled, the others hollow; a point that has an unknown value or did not
    compile is not drawn, and counted in the caption.
    """
    with new_file(path) as temporary:
        figure(sweep).write_html(temporary, include_plotlyjs=True, full_html=True)


def figure(sweep: Sweep) -> "Figure":
    """Return the plot; a colour a chip, a symbol a placement, filled where on the front."""
    from plotly.graph_objects import Figure  # only here: nothing else needs it

    y, x = (objective.metric for objective in sweep.objectives[:2])
    drawn = [k for k, p in enumerate(sweep.points) if None not in (p.value(x), p.value(y))]
    series = dict.fromkeys((sweep.points[k].chip, sweep.points[k].placement) for k in drawn)
    chips = list(dict.fromkeys(chip for chip, _ in series))
    placements = list(dict.fromkeys(placement for _, placement in series))
    traces = [
        _series(
            sweep,
            [k for k in drawn if (sweep.points[k].chip, sweep.points[k].placement) == key],
            (x, y),
            colour=_COLOURS[chips.index(key[0]) % len(_COLOURS)],
            symbol=_SYMBOLS[placements.index(key[1]) % len(_SYMBOLS)],
        )
        for key in series
    ]
    plot = Figure(traces)
    left_out = len(sweep.points) - len(drawn)
    plot.update_layout(
        title={"text": f"{y} over {x}", "subtitle": {"text": _CAPTION}},
        xaxis=_axis(x),
        yaxis=_axis(y),
        legend={"orientation": "h", "yref": "container", "y": 0.0, "yanchor": "bottom"},
        template="plotly_white",
    )
    if left_out:
        caption = f"{left_out} of {len(sweep.points)} points have no figure here"
        plot.add_annotation(text=caption, xref="paper", yref="paper", x=0, y=1.06, showarrow=False)
    return plot


def _series(
    sweep: Sweep, indices: list[int], axes: tuple[str, str], *, colour: str, symbol: str
) -> "Scatter":
    from plotly.graph_objects import Scatter

    points = [sweep.points[k] for k in indices]
    x, y = ([point.metrics[axis] for point in points] for axis in axes)
    symbols = [symbol if k in sweep.front else f"{symbol}-open" for k in indices]
    return Scatter(
        name=f"{points[0].chip}, {points[0].placement}",
        mode="markers+text",
        text=[str(point.n_steps) for point in points],
        textposition="top center",
        x=[metric.value for metric in x],
        y=[metric.value for metric in y],
        error_x=_bars(x),
        error_y=_bars(y),
        marker={"color": colour, "symbol": symbols, "size": 11, "line": {"width": 2}},
        hovertext=[_hover(point, axes) for point in points],
        hoverinfo="text",
    )


def _bars(metrics: list[Metric]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(m.high or 0.0) - (m.value or 0.0) for m in metrics],
        "arrayminus": [(m.value or 0.0) - (m.low or 0.0) for m in metrics],
        "thickness": 1,
    }


def _hover(point: Point, axes: tuple[str, str]) -> str:
    lines = [f"{point.chip}, {point.placement}, {point.n_steps} steps"]
    for axis in axes:
        m = point.metrics[axis]
        lines.append(f"{axis}: {m.value:.4g} {m.unit} ({m.low:.4g} to {m.high:.4g}), {m.basis}")
        lines.append(f"source: {m.source}")
    return "<br>".join(lines)


def _axis(metric: str) -> dict[str, Any]:
    """Return an axis; costs span decades, so theirs is logarithmic."""
    unit = REGISTRY[metric].unit
    if unit == "1":
        return {"title": metric}
    return {"title": f"{metric} in {unit}", "exponentformat": "SI", "type": "log"}
