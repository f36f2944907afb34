"""A training's log as curves: one self-contained HTML page that needs no network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.learning.log import Epoch
from neurodeploy.storage.atomic import new_file

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def write_log_page(epochs: Sequence[Epoch], title: str, path: Path) -> None:
    """Write loss, accuracies and firing rates over the epochs."""
    with new_file(path) as temporary:
        figure(epochs, title).write_html(
            temporary, include_plotlyjs=True, full_html=True, div_id="training"
        )


def figure(epochs: Sequence[Epoch], title: str) -> "Figure":
    """Return three plots, one over the other."""
    from plotly.subplots import make_subplots  # only here: nothing else needs it

    rows = curves(epochs)
    plot = make_subplots(rows=len(rows), shared_xaxes=True, subplot_titles=list(rows))
    numbers = [epoch.number for epoch in epochs]
    for row, lines in enumerate(rows.values(), start=1):
        for name, values in lines.items():
            line = {"type": "scatter", "mode": "lines+markers", "name": name}
            plot.add_trace({**line, "x": numbers, "y": list(values)}, row=row, col=1)
    plot.update_xaxes(title_text="epoch", row=len(rows), col=1)
    plot.update_layout(title=title, template="plotly_white", height=300 * len(rows))
    return plot


def curves(epochs: Sequence[Epoch]) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return the values to draw, by plot and line."""
    populations = epochs[0].rates if epochs else {}
    return {
        "loss": {"training": [epoch.loss for epoch in epochs]},
        "accuracy": {
            "training": [epoch.train_accuracy for epoch in epochs],
            "validation": [epoch.validation_accuracy for epoch in epochs],
        },
        "spikes a neuron and step, on the validation part": {
            name: [epoch.rates[name] for epoch in epochs] for name in populations
        },
    }
