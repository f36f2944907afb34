"""Page one: answer, figures, cost, the ANN, what was tested and what was not."""

from collections.abc import Callable, Iterator

from neurodeploy.decision.against_ann import AgainstAnn
from neurodeploy.decision.page_one import Answer, PageOne, Tested, Untested
from neurodeploy.decision.range import Bound, Range
from neurodeploy.decision.render.amounts import days, money, open_end
from neurodeploy.decision.render.card import against_one, around, card, share
from neurodeploy.decision.render.cost_words import cost_lines
from neurodeploy.decision.render.words import (
    accuracy_text,
    ann_lines,
    headline,
    in_energy,
    name,
)
from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import interval, is_lower_bound, plural, si, with_interval

_ANN = (
    Column(title="model", kind="text"),
    Column(title="ANN over spiking"),
    Column(title="ANN needs less · equal · spikes need less", kind="chart half"),
    Column(title="needs less", kind="text"),
)
_MARKS = {Answer.PASSES: "✓", Answer.FAILS: "✗", Answer.OPEN: "?"}


def page_one(page: PageOne) -> Html:
    """Return the first page."""
    subject = page.subject
    return tag(
        "section",
        {"id": "decision", "class": "page", "aria-labelledby": "answer"},
        tag("p", {"class": "kind"}, "neurodeploy decision"),
        tag("h1", {}, name(subject)),
        tag(
            "p",
            {"class": "faint"},
            f"{subject.n_samples:,} samples of {subject.n_steps} steps, {subject.stimulus}, input "
            f"{subject.input_coding}",
        ),
        _answer(page),
        tag("div", {"class": "cards"}, *_cards(page)),
        *_costs(page),
        tag(
            "div",
            {"class": "columns"},
            tag("div", {}, tag("h3", {}, "Tested"), _tested(page.tested)),
            tag("div", {}, tag("h3", {}, "Not tested"), _untested(page.untested)),
        ),
        tag("div", {"class": "ann"}, *_ann(page.ann)),
        tag(
            "p",
            {"class": "faint"},
            "Under a figure: low to high around the nominal one, on a scale from a hundredth to a "
            "hundred times it, marks at a tenth and ten times; accuracy from 0 to 100 %. "
            f"{in_energy(page)}",
        ),
    )


def _answer(page: PageOne) -> Html:
    judged = page.judged
    reasons = [tag("li", {}, line) for line in judged.reasons]
    mark = tag("span", {"aria-hidden": "true"}, _MARKS[judged.answer])
    return tag(
        "div",
        {"class": f"answer {judged.answer.value}"},
        tag("h2", {"id": "answer"}, mark, f" {headline(judged)}"),
        *([tag("ul", {}, *reasons)] if reasons else []),
        *(tag("p", {}, f"Note: {line}") for line in judged.cautions),
    )


def _cards(page: PageOne) -> Iterator[Html]:
    value, ends, basis = accuracy_text(page.accuracy)
    found = page.accuracy
    strip = joined() if found is None else share(found.low, found.share, found.high)
    yield card("accuracy", value, ends, basis, strip)
    yield _metric("energy of one inference", page.energy)
    yield _metric("latency of one inference", page.latency)
    cost, use = page.cost, page.use
    if cost is None or use is None:
        return
    modelled = page.energy.basis.value if cost.waiting_w is None else "modelled"
    yield _range(f"mean power at {use.per_second:,g}/s", cost.average_power_w, _watts, modelled)
    if use.battery_wh is not None:
        title = f"battery life, {use.battery_wh:g} Wh"
        yield _range(title, cost.battery_life_h, _days, modelled)
    if use.price_kwh is not None:
        units = plural("unit", use.n_units)
        title = f"energy cost a year, {use.n_units:,} {units} at {use.price_kwh:g}/kWh"
        yield _range(title, cost.price_a_year, money, modelled)


def _watts(value: float) -> str:
    return si(value, "W")


def _days(hours: float) -> str:
    return f"{days(hours)} days"


def _metric(title: str, metric: Metric) -> Html:
    strip = around(metric.low, metric.value, metric.high)
    below = interval(metric) if metric.value is not None else metric.note
    known = metric.value is not None
    bound = Bound.AT_LEAST if known and is_lower_bound(metric) else Bound.NONE
    return card(
        title, si(metric.value, metric.unit), below, metric.basis.value, strip, open_end(bound)
    )


def _range(title: str, found: Range | None, shown: Callable[[float], str], basis: str) -> Html:
    if found is None:
        return card(title, "unknown", "the energy of an inference is unknown", "", joined())
    ends = "" if found.low == found.high else f"{shown(found.low)} to {shown(found.high)}"
    strip = around(found.low, found.nominal, found.high)
    return card(title, shown(found.nominal), ends, basis, strip, open_end(found.bound))


def _costs(page: PageOne) -> Iterator[Html]:
    if page.use is not None and page.cost is not None:
        yield tag("p", {"class": "costs"}, " ".join(cost_lines(page.use, page.cost)))


def _tested(found: tuple[Tested, ...]) -> Html:
    marks = {None: "·", True: "✓", False: "✗"}
    kinds = {None: "mark", True: "mark tick", False: "mark tick cross"}
    return tag(
        "ul",
        {"class": "looked"},
        *(
            tag(
                "li",
                {},
                tag("span", {"class": kinds[one.holds]}, marks[one.holds]),
                tag("strong", {}, one.what),
                f": {one.finding}",
            )
            for one in found
        ),
    )


def _untested(found: tuple[Untested, ...]) -> Html:
    return tag(
        "ul",
        {"class": "looked"},
        *(
            tag(
                "li",
                {},
                tag("span", {"class": "mark"}, "-"),
                tag("strong", {}, one.what),
                tag("span", {"class": "why"}, f": {one.reason}"),
                *([tag("code", {}, one.remedy)] if one.remedy else []),
            )
            for one in found
        ),
    )


def _ann(found: AgainstAnn | None) -> Iterator[Html]:
    if found is None:
        return
    yield tag("h3", {}, "Against the same network as an ANN")
    yield from (tag("p", {}, line) for line in ann_lines(found))
    if found.models:
        rows = [
            (
                f"{row.model}, {row.constants}",
                with_interval(row.ratio),
                against_one(row.ratio.low, row.ratio.value, row.ratio.high),
                row.cheaper.value,
            )
            for row in found.models
        ]
        yield table("Energy of the ANN over that of the spiking network", _ANN, rows)
