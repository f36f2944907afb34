"""The traffic on the links between tiles: lines on the map, and the table behind them."""

from collections.abc import Iterator

from neurodeploy.report.link import LinkReport
from neurodeploy.report.render.html.bar import Scale, length
from neurodeploy.report.render.html.element import Html, tag
from neurodeploy.report.render.html.frame import TILE_GAP, Frame
from neurodeploy.report.render.html.shown import plain
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import count
from neurodeploy.report.report import Report

_WIDEST = 7.0
_NARROWEST = 0.75
_APART = 9
"""Pixels between the two links of two neighbours."""

_COLUMNS = (
    Column(title="from tile", kind="text"),
    Column(title="to tile", kind="text"),
    Column(title="", kind="chart"),
    Column(title="messages an inference"),
)


def links(report: Report, frame: Frame) -> Iterator[Html]:
    """Yield a line for each link, as wide as its share of the busiest link's messages."""
    most = max((link.messages for link in report.links), default=0.0)
    for link in report.links:
        yield _line(link, frame, link.messages / most)


def link_table(report: Report) -> Html:
    """Return every link that carried messages, the busiest first."""
    scale = Scale(full=max(link.messages for link in report.links))
    order = sorted(range(len(report.links)), key=lambda k: -report.links[k].messages)
    rows = []
    for k in order:
        link = report.links[k]
        rows.append(
            (
                f"{link.source[0]}, {link.source[1]}",
                f"{link.target[0]}, {link.target[1]}",
                length(link.messages, scale),
                plain(link.messages, "1", f"links.{k}.messages"),
            )
        )
    return table("Links", _COLUMNS, rows)


def _line(link: LinkReport, frame: Frame, share: float) -> Html:
    (x0, y0), (x1, y1) = _ends(link, frame)
    (fx, fy), (tx, ty) = link.source, link.target
    return tag(
        "line",
        {
            "class": "link",
            "x1": x0,
            "y1": y0,
            "x2": x1,
            "y2": y1,
            "stroke-width": max(_WIDEST * share, _NARROWEST),
        },
        tag("title", {}, f"tile {fx}, {fy} to tile {tx}, {ty}: {count(link.messages)} messages"),
    )


def _ends(link: LinkReport, frame: Frame) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return both ends in the gap between the tiles; the link back lies beside it."""
    corner_x, corner_y = frame.corner(
        (min(link.source[0], link.target[0]), min(link.source[1], link.target[1]))
    )
    width, height = frame.tile_width - TILE_GAP, frame.tile_height - TILE_GAP
    forward = link.target > link.source
    shift = _APART / 2 if forward else -_APART / 2
    if link.source[1] == link.target[1]:
        x, y = float(corner_x + width), corner_y + height / 2 + shift
        ends = (x, y), (x + TILE_GAP, y)
    else:
        x, y = corner_x + width / 2 + shift, float(corner_y + height)
        ends = (x, y), (x, y + TILE_GAP)
    return ends if forward else (ends[1], ends[0])
