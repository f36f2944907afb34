"""One HTML page of a verification, with the rasters of one layer; it needs nothing else."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.verification.difference import Difference
from neurodeploy.verification.raster import RasterPair, rasters
from neurodeploy.verification.verification import Comparison, Verification
from neurodeploy.verification.words import (
    CAUSE_COLUMNS,
    COMPARISON_COLUMNS,
    DRIFT_COLUMNS,
    cause_rows,
    comparison_rows,
    difference_lines,
    discrepancy_lines,
    drift_rows,
    explanation_lines,
    reading_rows,
)

Numbers = NDArray[np.int64] | NDArray[np.float64]

_STYLE = (Path(__file__).parent / "page.css").read_text()


def page(deployment: Deployment, found: Verification, layer: str | None = None) -> str:
    """Return the page.

    Parameters
    ----------
    layer : whose rasters are shown; None is the first that differs, or the one that drifts most.

    Raises
    ------
    InputError
        If the program has no such layer (ND2607).
    """
    unequal = found.first_unequal
    title = "The integers differ" if unequal else "The integers are equal"
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="faint">{found.n_samples} of {found.n_samples_given} samples, '
        f"{found.n_steps} steps each, {escape(found.stimulus)}</p>",
        "<h2>Held against the reference</h2>",
        _table(COMPARISON_COLUMNS, comparison_rows(found)),
        *(_difference(comparison) for comparison in found.comparisons if not comparison.equal),
        _discrepancies(found),
        _rasters(deployment, found, layer),
        _drift(found),
        f'<p class="faint">deployment <code>{escape(found.deployment_digest)}</code></p>',
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>neurodeploy verify: {title}</title><style>\n{_STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def _difference(comparison: Comparison) -> str:
    difference, explanation = comparison.difference, comparison.explanation
    assert difference is not None
    assert explanation is not None
    lines = [*difference_lines(comparison), *explanation_lines(explanation)]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    readings = _table(("", "s", "u", "v"), reading_rows(comparison.name, difference))
    return f"<h2>Where {escape(comparison.name)} parts</h2>{paragraphs}{readings}"


def _discrepancies(found: Verification) -> str:
    if not found.discrepancies:
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in discrepancy_lines(found))
    return f"<h2>The program is not what its model gives</h2>{lines}"


def _drift(found: Verification) -> str:
    if not found.drift:
        return ""
    return (
        "<h2>The float model against the integers</h2>"
        + _table(DRIFT_COLUMNS, drift_rows(found.drift))
        + "<h2>Differing spikes by cause</h2>"
        + _table(CAUSE_COLUMNS, cause_rows(found.drift))
    )


def _rasters(deployment: Deployment, found: Verification, layer: str | None) -> str:
    names = [p.name for p in deployment.program.populations]
    if layer is not None and layer not in names:
        raise InputError("ND2607", f"--layer names {layer!r}; the layers are {', '.join(names)}")
    pair = _pair(deployment, found, layer)
    if pair is None:
        return ""
    name, sample, rasters_of = pair
    spiking = deployment.program.population(name).spiking
    what = "Spikes" if spiking else "Where voltages differ"
    return f"<h2>{what} of layer {escape(name)}, sample {sample}</h2>\n{rasters(rasters_of)}"


def _pair(
    deployment: Deployment, found: Verification, layer: str | None
) -> tuple[str, int, RasterPair] | None:
    """Return layer, sample and rasters: of the first difference, else of float and integers."""
    unequal = found.first_unequal
    if unequal is not None and unequal.difference is not None:
        return _integers(deployment, found, unequal, unequal.difference, layer)
    if found.floats is None:
        return None
    name = layer or max(found.drift, key=lambda drift: drift.mismatch).population
    if name not in found.floats.outputs:
        return None
    floats, lag = found.floats.outputs[name][0], deployment.program.population(name).t_start
    integers = found.reference.outputs[name][0][lag : lag + len(floats)]
    names = ("float model", "integers")
    return name, 0, _shown(deployment, name, names, floats, integers, None, lag)


def _integers(
    deployment: Deployment,
    found: Verification,
    unequal: Comparison,
    difference: Difference,
    layer: str | None,
) -> tuple[str, int, RasterPair] | None:
    name, sample = layer or difference.population, difference.sample
    other = found.others[unequal.name].outputs.get(name)
    if other is None:
        return None
    first = (difference.step, difference.neuron) if name == difference.population else None
    left, names = found.reference.outputs[name][sample], ("reference", unequal.name)
    return name, sample, _shown(deployment, name, names, left, other[sample], first, 0)


def _shown(
    deployment: Deployment,
    name: str,
    names: tuple[str, str],
    left: Numbers,
    right: Numbers,
    first: tuple[int, int] | None,
    first_step: int,
) -> RasterPair:
    """Return the steps that both have; of a layer without spikes, where the two differ."""
    n_steps = min(len(left), len(right))
    left, right = left[:n_steps], right[:n_steps]
    spiking = deployment.program.population(name).spiking
    return RasterPair(
        names=names,
        left=left != 0 if spiking else left != right,
        right=right != 0 if spiking else left != right,
        first=first,
        first_step=first_step,
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
