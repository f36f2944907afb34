"""NeuroBench's counts, as trained beside as deployed."""

from collections.abc import Iterator

from neurodeploy.report.neurobench.block import Block, flat
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.report import Report

_COLUMNS = (
    Column(title="figure", kind="text"),
    Column(title="as trained"),
    Column(title="as deployed"),
)


def neurobench_section(report: Report) -> Html:
    """Return both blocks; nothing where the report has none."""
    found = report.neurobench
    if found is None:
        return joined()
    return section(
        "neurobench",
        "NeuroBench's counts",
        f"By NeuroBench's names and rules, first {found.n_samples:,} samples: the float model "
        "beside the integers. Footprint in bytes, sparsities as shares of zeros, the rest per "
        "inference.",
        table("NeuroBench's counts", _COLUMNS, _rows(found.as_trained, found.as_deployed)),
        tag("ul", {"class": "remarks faint"}, *(tag("li", {}, note) for note in found.notes)),
    )


def _rows(trained: Block | None, deployed: Block) -> Iterator[tuple[str, ...]]:
    before = {} if trained is None else flat(trained)
    for path, value in flat(deployed).items():
        where = ".".join(path)
        own = before.get(path)
        yield (
            path[-1].replace("_", " "),
            joined() if own is None else _shown(own, f"neurobench.as_trained.{where}"),
            _shown(value, f"neurobench.as_deployed.{where}"),
        )


def _shown(value: float, path: str) -> Html:
    if 0 < abs(value) < 1:  # shares, which NeuroBench gives with four digits
        return tag("span", {"data-metric": path}, f"{value:.4f}")
    return plain(value, "1", path)
