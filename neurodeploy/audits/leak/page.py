"""One HTML page of a leak audit, with the images that were recovered; it needs nothing else."""

from html import escape

import numpy as np
from numpy.typing import NDArray

from neurodeploy.audits.leak.audit import LeakReport
from neurodeploy.audits.leak.png import data_uri, mosaic
from neurodeploy.audits.leak.words import COLUMNS, lines, percent, rows

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .9rem .25rem 0; text-align: right; border-bottom: 1px solid #8886; }
th:first-child, td:first-child, td:last-child { text-align: left; }
.grid { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figcaption { max-width: 22rem; }
img { image-rendering: pixelated; width: 22rem; display: block; }
code { overflow-wrap: anywhere; }
"""


def page(found: LeakReport) -> str:
    """Return the page; classes are rows of every picture, from 0 at the top."""
    best = max(found.recoveries, key=lambda entry: entry.hit_rate)
    title = f"{percent(best.hit_rate)} of images recognised, by the attack {best.attack.value}"
    figures = [_figure("real images", found.real)]
    figures += [
        _figure(f"{entry.attack.value}: {percent(entry.hit_rate)} recognised", entry.images)
        for entry in found.recoveries
    ]
    body = [
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in lines(found)),
        "<h2>What the judge recognised</h2>",
        _table(COLUMNS, rows(found)),
        "<h2>By class</h2>",
        _by_class(found),
        "<h2>Images, a row a class</h2>",
        f'<div class="grid">{"".join(figures)}</div>',
        f"<p>network <code>{escape(found.model_digest)}</code>, judge "
        f"<code>{escape(found.judge_digest)}</code>, seed {found.options.seed}</p>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _by_class(found: LeakReport) -> str:
    columns = ("attack", *(str(k) for k in range(found.n_classes)))
    cells = [
        (entry.attack.value, *(f"{100 * rate:.0f} %" for rate in entry.hit_rates))
        for entry in found.recoveries
    ]
    return _table(columns, cells)


def _figure(caption: str, images: NDArray[np.float32]) -> str:
    picture = data_uri(mosaic(images))
    return (
        f'<figure><img src="{picture}" alt="{escape(caption)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _table(columns: tuple[str, ...], cells: "list[tuple[str, ...]]") -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
