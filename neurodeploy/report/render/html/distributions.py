"""How samples differ: histograms with their percentiles."""

from collections.abc import Iterator

from neurodeploy.report.distribution import Distribution
from neurodeploy.report.metric import STATISTICS, statistic_name
from neurodeploy.report.render.html.element import Html, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain, shown, whole
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import figure, label
from neurodeploy.report.report import Report

_MARKS = ("p50", "p95", "p99")
_COLUMNS = (
    Column(title="per inference", kind="text"),
    Column(title="least"),
    Column(title="mean"),
    Column(title="p50"),
    Column(title="p95"),
    Column(title="p99"),
    Column(title="max"),
)


def distributions_section(report: Report) -> Html:
    """Return histograms of latency, energy and operations, and the statistics of all figures."""
    plots = [_histogram(found) for found in report.distributions]
    return section(
        "distributions",
        "Distribution over samples",
        f"{report.n_samples:,} samples, nominal estimate. A percentile is an observed value: the "
        "least that this share of the samples does not exceed.",
        tag("div", {"class": "plots"}, *plots),
        table(
            "Distribution over samples",
            _COLUMNS,
            [_row(report, k, found) for k, found in enumerate(report.distributions)],
        ),
        folded(
            "Tables of the histograms",
            *(_bins(k, found) for k, found in enumerate(report.distributions)),
        ),
    )


def _row(report: Report, k: int, found: Distribution) -> tuple[str, ...]:
    values = {
        "least": found.least,
        "mean": found.mean,
    }
    cells = [plain(v, found.unit, f"distributions.{k}.{name}") for name, v in values.items()]
    names = [statistic_name(found.metric, statistic) for statistic in STATISTICS]
    cells += [shown(report.metrics[n], f"metrics.{n}", focus=False) for n in names]
    return (label(found.metric), *cells)


def _histogram(found: Distribution) -> Html:
    name = label(found.metric)
    return tag(
        "figure",
        {"class": "plot"},
        tag("figcaption", {}, name[0].upper() + name[1:]),
        tag("div", {"class": "marks", "aria-hidden": "true"}, *_marks(found)),
        tag("svg", {"class": "histogram", "aria-hidden": "true"}, *_bars(found), *_lines(found)),
        tag(
            "div",
            {"class": "ends faint"},
            tag("span", {}, figure(found.least, found.unit)),
            tag("span", {}, figure(found.largest, found.unit)),
        ),
    )


def _bars(found: Distribution) -> Iterator[Html]:
    most, width = max(found.samples), 100 / len(found.samples)
    for k, samples in enumerate(found.samples):
        height = 100 * samples / most
        yield tag(
            "rect",
            {
                "class": "bin",
                "x": f"{k * width:.3f}%",
                "y": f"{100 - height:.3f}%",
                "width": f"{width:.3f}%",
                "height": f"{height:.3f}%",
            },
        )


def _lines(found: Distribution) -> Iterator[Html]:
    for name, at in _places(found):
        yield tag("line", {"class": f"mark {name}", "x1": at, "x2": at, "y1": "0%", "y2": "100%"})


def _marks(found: Distribution) -> Iterator[Html]:
    for name, at in _places(found):
        side = "right" if float(at.rstrip("%")) > 50 else "left"
        place = at if side == "left" else f"{100 - float(at.rstrip('%')):.2f}%"
        value = getattr(found, name)  # p50, p95 or p99, by the list above
        yield tag(
            "div",
            {"class": f"mark-label {side}"},
            tag("span", {"style": f"{side}:{place}"}, f"{name} {figure(value, found.unit)}"),
        )


def _places(found: Distribution) -> Iterator[tuple[str, str]]:
    span = found.largest - found.least
    values = (("p50", found.p50), ("p95", found.p95), ("p99", found.p99))
    for name, value in values:
        yield name, f"{100 * (value - found.least) / span if span else 50:.2f}%"


def _bins(k: int, found: Distribution) -> Html:
    rows = [
        (
            f"{figure(found.edges[b], found.unit)} to {figure(found.edges[b + 1], found.unit)}",
            whole(samples, f"distributions.{k}.samples.{b}"),
        )
        for b, samples in enumerate(found.samples)
    ]
    columns = (Column(title=label(found.metric), kind="text"), Column(title="samples"))
    return table(f"Histogram of {label(found.metric)}", columns, rows)
