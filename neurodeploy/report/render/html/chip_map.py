"""The chip as a map: tiles in their mesh, cores tinted and labelled by their load."""

import math
from collections.abc import Sequence

from neurodeploy.report.core import CoreReport
from neurodeploy.report.render.html.bar import Scale, length
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.frame import CORE, GAP, TILE_GAP, Frame
from neurodeploy.report.render.html.link_map import link_table, links
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain, shown, whole
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import few, limit_label, plural
from neurodeploy.report.report import Report

_MOST_TILES = 64
_MOST_TINT = 0.5
"""Of the accent in a core's tint, so that its label keeps its contrast."""

_LOADS = {"busy_s": "busy time", "synops_hw": "synaptic operations"}


def chip_section(report: Report) -> Html:
    """Return the map, with the table of cores behind it."""
    frame = frame_of(report)
    load = report.binding.load
    n_tiles = len({core.tile for core in report.cores})
    mesh = report.mesh
    shown_all = (frame.width, frame.height) == (mesh.width, mesh.height)
    part = "" if shown_all else " Only the tiles around those in use are drawn."
    return section(
        "chip",
        "Load of the cores",
        f"{len(report.cores)} {plural('core', len(report.cores))} on {n_tiles} of "
        f"{mesh.width * mesh.height} tiles. A core's number stands above its {_LOADS[load]} in "
        f"percent of the busiest core's; the tint says the same.{part}{_traffic(report)}",
        tag(
            "div",
            {"class": "scroll", "role": "region", "aria-label": "Map of the chip", "tabindex": "0"},
            _map(report, frame),
        ),
        folded("Table of the cores", _table(report)),
        *([folded("Table of the links", link_table(report))] if report.links else []),
    )


def _traffic(report: Report) -> str:
    if not report.links:
        return ""
    most = max(report.links, key=lambda link: link.messages)
    return (
        " A line between tiles is as wide as its link carries messages, and of two neighbours the "
        "lower or right one leads away from tile 0, 0; the busiest leads from "
        f"tile {most.source[0]}, {most.source[1]} to tile {most.target[0]}, {most.target[1]}."
    )


def frame_of(report: Report) -> Frame:
    """Return the whole mesh, or of a large one the rectangle in use."""
    mesh = report.mesh
    across = math.ceil(math.sqrt(mesh.cores_per_tile))
    down = math.ceil(mesh.cores_per_tile / across)
    left, top, width, height = 0, 0, mesh.width, mesh.height
    xs, ys = ([core.tile[axis] for core in report.cores] for axis in (0, 1))
    if mesh.width * mesh.height > _MOST_TILES:
        left, top = min(xs), min(ys)
        width, height = max(xs) - left + 1, max(ys) - top + 1
    return Frame(left=left, top=top, width=width, height=height, across=across, down=down)


def _map(report: Report, frame: Frame) -> Html:
    width = frame.width * frame.tile_width - TILE_GAP
    height = frame.height * frame.tile_height - TILE_GAP
    tiles = {core.tile: [c for c in report.cores if c.tile == core.tile] for core in report.cores}
    most = max((_load(report, core) for core in report.cores), default=0.0)
    drawn = [
        _tile(report, frame, (x, y), tiles.get((x, y), []), most)
        for y in range(frame.top, frame.top + frame.height)
        for x in range(frame.left, frame.left + frame.width)
    ]
    return tag(
        "svg",
        {
            "class": "map",
            "viewBox": f"-1 -1 {width + 2} {height + 2}",
            "width": str(width + 2),
            "height": str(height + 2),
            "role": "img",
            "aria-label": "Map of the chip; the table of the cores below has the same figures",
        },
        *drawn,
        *links(report, frame),
    )


def _tile(
    report: Report, frame: Frame, tile: tuple[int, int], cores: Sequence[CoreReport], most: float
) -> Html:
    left = (tile[0] - frame.left) * frame.tile_width
    top = (tile[1] - frame.top) * frame.tile_height
    box = tag(
        "rect",
        {
            "class": "tile" if cores else "tile idle",
            "x": str(left),
            "y": str(top),
            "width": str(frame.tile_width - TILE_GAP),
            "height": str(frame.tile_height - TILE_GAP),
            "rx": "4",
        },
    )
    return joined(
        box,
        *(
            _core(
                core,
                _load(report, core) / most if most else 0.0,
                left + GAP + (k % frame.across) * (CORE + GAP),
                top + GAP + (k // frame.across) * (CORE + GAP),
            )
            for k, core in enumerate(cores)
        ),
    )


def _core(core: CoreReport, share: float, x: int, y: int) -> Html:
    layers = few([f"{part.layer} {part.start}:{part.stop}" for part in core.parts])
    middle = str(x + CORE // 2)
    return tag(
        "g",
        {"class": "core"},
        tag("title", {}, f"core {core.core}, tile {core.tile[0]}, {core.tile[1]}: {layers}"),
        tag(
            "rect",
            {"class": "empty", "x": str(x), "y": str(y), "width": str(CORE), "height": str(CORE)},
        ),
        tag(
            "rect",
            {
                "class": "load",
                "x": str(x),
                "y": str(y),
                "width": str(CORE),
                "height": str(CORE),
                "fill-opacity": _MOST_TINT * share,
            },
        ),
        tag("text", {"class": "number", "x": middle, "y": str(y + 15)}, str(core.core)),
        tag("text", {"class": "share", "x": middle, "y": str(y + 30)}, f"{100 * share:.0f}"),
    )


def _load(report: Report, core: CoreReport) -> float:
    return core.load(report.binding.load)


def _table(report: Report) -> Html:
    limits = sorted(report.cores[0].usage)
    timed = all(core.time is not None for core in report.cores)
    columns = [
        Column(title="core", kind="text"),
        Column(title="tile", kind="text"),
        Column(title="layers", kind="text"),
        Column(title="", kind="chart"),
        *([Column(title="neurons"), Column(title="synapses")] if timed else []),
        Column(title="SOPs"),
        Column(title="messages out"),
        Column(title="messages in"),
        *(Column(title=limit_label(name)) for name in limits),
    ]
    scale = Scale(full=max((_load(report, core) for core in report.cores), default=0.0))
    rows = []
    for k, core in enumerate(report.cores):
        metrics, path = core.metrics, f"cores.{k}"
        names = ("synops_hw", "messages", "messages_in")
        rows.append(
            (
                str(core.core),
                f"{core.tile[0]}, {core.tile[1]}",
                few(core.layers),
                length(_load(report, core), scale),
                *(_times(core, path) if timed else ()),
                *(shown(metrics[name], f"{path}.{name}", focus=False) for name in names),
                *(_usage(core, name, f"{path}.usage.{name}") for name in limits),
            )
        )
    return table("Cores", columns, rows)


def _times(core: CoreReport, path: str) -> tuple[Html, Html]:
    assert core.time is not None
    return (
        plain(core.time.neurons_s, "s", f"{path}.time.neurons_s"),
        plain(core.time.synapses_s, "s", f"{path}.time.synapses_s"),
    )


def _usage(core: CoreReport, name: str, path: str) -> Html:
    usage = core.usage[name]
    used = whole(usage.used, f"{path}.used")
    if usage.limit is None:
        return used
    return joined(used, " of ", whole(usage.limit, f"{path}.limit"))
