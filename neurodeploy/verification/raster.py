"""Two rasters of one layer side by side, as inline SVG."""

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

MOST_ROWS = 256
"""Neurons that are drawn: those that differ come first, then those that spike most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterPair:
    """What two executors show of a layer in one sample: (step, neuron), in equal steps.

    Parameters
    ----------
    first : (step, neuron) that is marked, or None.
    first_step : the program's number of the first step shown.
    """

    names: tuple[str, str]
    left: Bools
    right: Bools
    first: tuple[int, int] | None
    first_step: int = 0


def rasters(pair: RasterPair) -> str:
    """Return two figures and their key."""
    rows = _rows(pair)
    both, left = pair.left & pair.right, pair.left & ~pair.right
    right = pair.right & ~pair.left
    names = [escape(name) for name in pair.names]
    figures = (
        _figure(names[0], pair, rows, {"both": both[:, rows], "left": left[:, rows]}),
        _figure(names[1], pair, rows, {"both": both[:, rows], "right": right[:, rows]}),
    )
    return (
        f'<div class="rasters">{"".join(figures)}</div>\n'
        '<p class="key"><span><i class="both"></i>in both</span>'
        f'<span><i class="left"></i>only in {names[0]}: {int(left.sum()):,}</span>'
        f'<span><i class="right"></i>only in {names[1]}: {int(right.sum()):,}</span></p>\n'
        f'<p class="faint">{_said(pair, rows)}</p>'
    )


def _rows(pair: RasterPair) -> NDArray[np.int64]:
    n_neurons = pair.left.shape[1]
    if n_neurons <= MOST_ROWS:
        return np.arange(n_neurons)
    differing, spikes = (pair.left != pair.right).sum(axis=0), pair.left.sum(axis=0)
    order = np.lexsort((-spikes, -differing))
    marked = [] if pair.first is None else [pair.first[1]]
    kept = list(dict.fromkeys([*marked, *order.tolist()]))[:MOST_ROWS]
    return np.sort(np.asarray(kept))


def _said(pair: RasterPair, rows: NDArray[np.int64]) -> str:
    n_neurons = pair.left.shape[1]
    if len(rows) == n_neurons:
        return f"All {n_neurons:,} neurons, one a row."
    return (
        f"{len(rows):,} of {n_neurons:,} neurons, one a row: those that differ first, "
        "then those that spike most."
    )


def _figure(name: str, pair: RasterPair, rows: NDArray[np.int64], parts: dict[str, Bools]) -> str:
    n_steps = len(pair.left)
    paths = "".join(
        f'<path class="{kind}" stroke-width=".8" d="{_path(spikes)}"/>'
        for kind, spikes in parts.items()
    )
    last = pair.first_step + n_steps - 1
    return (
        f"<figure><figcaption>{name}</figcaption>"
        f'<div class="plot"><div class="axis rows"><span>{rows[0]}</span><span>neuron</span>'
        f"<span>{rows[-1]}</span></div>"
        f'<svg viewBox="0 0 {n_steps} {len(rows)}" preserveAspectRatio="none" role="img" '
        f'aria-label="raster of {name}">{paths}{_mark(pair, rows)}</svg>'
        f'<div class="axis columns"><span>{pair.first_step}</span><span>step</span>'
        f"<span>{last}</span></div></div></figure>"
    )


def _path(spikes: Bools) -> str:
    """Return a stroke in each cell (step, row) that is true."""
    return "".join(f"M{step} {row + 0.5:g}h1" for step, row in np.argwhere(spikes).tolist())


def _mark(pair: RasterPair, rows: NDArray[np.int64]) -> str:
    if pair.first is None:
        return ""
    step, row = pair.first[0], int(np.flatnonzero(rows == pair.first[1])[0])
    n_steps, n_rows = len(pair.left), len(rows)
    width, height = max(1.0, n_steps / 40), max(1.0, n_rows / 40)
    x, y = step + 0.5 - width / 2, row + 0.5 - height / 2
    return (
        f'<rect class="first" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}">'
        "<title>the first difference</title></rect>"
    )
