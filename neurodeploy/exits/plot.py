"""Exit policies as plots: one self-contained HTML page that needs no network."""

from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.exits.calibrate import Chosen, Curve, Sweep
from neurodeploy.storage.atomic import new_file

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

_COLOURS = ("#0b6e99", "#b5541c", "#5b3fa0", "#2d7d46", "#a03355", "#6b6b00")
_DASHES = ("solid", "dash", "dot", "dashdot")


def write_plot(swept: Sweep, chosen: Chosen | None, path: Path) -> None:
    """Write accuracy over steps of every rule, and of the chosen one thresholds and stops."""
    with new_file(path) as temporary:
        figure(swept, chosen).write_html(
            temporary, include_plotlyjs=True, full_html=True, div_id="exit-policy"
        )


def rule_name(curve: Curve) -> str:
    """Return the rule, its score and its temperature, where that is not 1."""
    policy = curve.policy
    temperature = "" if policy.temperature == 1 else f", temperature {policy.temperature:g}"
    return f"{policy.rule} of the {policy.score}{temperature}"


def figure(swept: Sweep, chosen: Chosen | None) -> "Figure":
    """Return the plots, on the samples that choose; the last two only of a chosen policy."""
    from plotly.subplots import make_subplots  # only here: nothing else needs it

    titles = [f"accuracy over mean steps, {swept.n_samples:,} samples of {swept.where}"]
    if chosen is not None:
        titles += [
            "accuracy over the threshold of the chosen rule",
            "samples by the step they stop",
        ]
    plot = make_subplots(rows=len(titles), cols=1, vertical_spacing=0.09, subplot_titles=titles)
    for k, curve in enumerate(swept.curves):
        plot.add_trace(_line(curve, k), row=1, col=1)
    plot.add_trace(_fixed(swept), row=1, col=1)
    plot.update_xaxes(title="informative steps, mean", row=1, col=1)
    plot.update_yaxes(title="accuracy in %", row=1, col=1)
    if chosen is not None:
        _add_chosen(plot, chosen)
    plot.update_layout(height=420 * len(titles), template="plotly_white", bargap=0.1)
    return plot


def _add_chosen(plot: "Figure", chosen: Chosen) -> None:
    from plotly.graph_objects import Bar, Scatter

    star = {"color": "#000", "symbol": "star", "size": 14}
    accuracy = [100 * chosen.point.accuracy]
    plot.add_trace(
        Scatter(name="chosen", mode="markers", x=[chosen.point.mean_step], y=accuracy, marker=star),
        row=1,
        col=1,
    )
    own = next(curve for curve in chosen.sweep.curves if chosen.point in curve.points)
    plot.add_trace(
        Scatter(
            x=[point.threshold for point in own.points],
            y=[100 * point.accuracy for point in own.points],
            mode="lines",
            showlegend=False,
            hovertext=_hover(own),
        ),
        row=2,
        col=1,
    )
    plot.add_trace(
        Scatter(
            x=[chosen.point.threshold], y=accuracy, mode="markers", marker=star, showlegend=False
        ),
        row=2,
        col=1,
    )
    steps = chosen.outcome.steps
    plot.add_trace(
        Bar(x=list(range(1, len(steps) + 1)), y=list(steps), showlegend=False), row=3, col=1
    )
    plot.update_xaxes(title=f"threshold of {rule_name(own)}", row=2, col=1)
    plot.update_yaxes(title="accuracy in %", row=2, col=1)
    plot.update_xaxes(title="informative step", row=3, col=1)
    plot.update_yaxes(title="samples", row=3, col=1)


def _line(curve: Curve, k: int) -> "Scatter":
    from plotly.graph_objects import Scatter

    return Scatter(
        name=rule_name(curve),
        mode="lines",
        x=[point.mean_step for point in curve.points],
        y=[100 * point.accuracy for point in curve.points],
        hovertext=_hover(curve),
        line={
            "color": _COLOURS[k % len(_COLOURS)],
            "dash": _DASHES[k // len(_COLOURS) % len(_DASHES)],
        },
    )


def _fixed(swept: Sweep) -> "Scatter":
    from plotly.graph_objects import Scatter

    return Scatter(
        name="the same steps for every sample",
        mode="markers",
        x=list(range(1, len(swept.by_step) + 1)),
        y=[100 * share for share in swept.by_step],
        marker={"color": "#555", "symbol": "square-open", "size": 8},
    )


def _hover(curve: Curve) -> list[str]:
    return [
        f"threshold {p.threshold:.6g}: {100 * p.accuracy:.2f} %, {p.mean_step:.2f} steps"
        for p in curve.points
    ]
