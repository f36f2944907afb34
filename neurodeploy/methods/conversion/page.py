"""A diagnosis as one self-contained HTML page that needs no network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.methods.conversion.diagnosis import Diagnosis
from neurodeploy.storage.atomic import new_file

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def write_diagnosis_page(found: Diagnosis, title: str, path: Path) -> None:
    """Write errors, correlations and rates of every layer, and accuracy over the steps."""
    with new_file(path) as temporary:
        figure(found, title).write_html(
            temporary, include_plotlyjs=True, full_html=True, div_id="conversion"
        )


def figure(found: Diagnosis, title: str) -> "Figure":
    """Return the plots, one over the other: the steps first, then the layers."""
    from plotly.subplots import make_subplots  # only here: nothing else needs it

    over_steps, by_layer = steps_of(found), layers_of(found)
    names = [layer.name for layer in found.layers]
    rows = [*over_steps.items(), *by_layer.items()]
    plot = make_subplots(rows=len(rows), subplot_titles=[name for name, _ in rows])
    for row, (_, lines) in enumerate(rows, start=1):
        for name, values in lines.items():
            x = list(range(1, len(values) + 1)) if row <= len(over_steps) else names
            line = {"type": "scatter", "mode": "lines+markers", "name": name}
            plot.add_trace({**line, "x": x, "y": list(values)}, row=row, col=1)
    plot.update_xaxes(title_text="steps", row=len(over_steps), col=1)
    plot.update_layout(title=title, template="plotly_white", height=320 * len(rows))
    return plot


def steps_of(found: Diagnosis) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return what is drawn over the steps, by plot and line."""
    lines: dict[str, Sequence[float]] = {"same answer as the artificial network": found.agreement}
    if found.accuracy is not None and found.ann_accuracy is not None:
        lines["right"] = found.accuracy
        lines["right, artificial network"] = [found.ann_accuracy] * found.n_steps
    if found.integers is not None and found.integers.accuracy is not None:
        lines[f"right, integers of {found.integers.chip}"] = found.integers.accuracy
    return {f"share of {found.n_samples} samples of {found.data}": lines}


def layers_of(found: Diagnosis) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return what is drawn over the layers, by plot and line."""
    layers = found.layers
    errors: dict[str, Sequence[float]] = {
        "of rates beside activations": [layer.error for layer in layers],
        "that the layer adds": [layer.own_error for layer in layers],
    }
    correlations: dict[str, Sequence[float]] = {"floats": [layer.correlation for layer in layers]}
    if found.integers is not None:
        whole = found.integers.layers
        errors["of rates in integers beside floats"] = [layer.rounding for layer in whole]
        correlations["integers"] = [layer.correlation for layer in whole]
    return {
        "error, over the root mean square": errors,
        "correlation of rates and activations": correlations,
        "spikes a neuron and step": {"rate": [layer.rate for layer in layers]},
        "neurons": {
            "dead": [layer.dead for layer in layers],
            "saturated": [layer.saturated for layer in layers],
        },
    }
