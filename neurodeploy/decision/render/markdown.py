"""A decision as Markdown."""

from collections.abc import Iterator

from neurodeploy.decision.decision import Decision
from neurodeploy.decision.page_one import PageOne
from neurodeploy.decision.render.cost_words import cost_lines
from neurodeploy.decision.render.part import Part
from neurodeploy.decision.render.parts import cost_part, energy_part, engineers_parts
from neurodeploy.decision.render.words import (
    ann_lines,
    figures,
    headline,
    in_energy,
    name,
)
from neurodeploy.report.render.markdown_table import plain, table
from neurodeploy.report.render.words import with_interval


def markdown(decision: Decision) -> str:
    """Return page one, the cost page, and the engineers' pages."""
    return "\n".join(_lines(decision)) + "\n"


def _lines(decision: Decision) -> Iterator[str]:
    yield from _page_one(decision.page)
    cost = cost_part(decision)
    for part in (*([cost] if cost else []), energy_part(decision), *engineers_parts(decision)):
        yield from _part(part)
    yield from _provenance(decision.page)


def _page_one(page: PageOne) -> Iterator[str]:
    subject = page.subject
    yield f"# {plain(headline(page.judged))}"
    yield ""
    yield (
        f"{plain(name(subject))}; {subject.n_samples:,} samples of "
        f"{subject.n_steps} steps, {plain(subject.stimulus)}, input {plain(subject.input_coding)}"
    )
    yield ""
    yield from (f"> **Fails:** {plain(line)}" for line in page.judged.reasons)
    yield from (f"> **Note:** {plain(line)}" for line in page.judged.cautions)
    if page.judged.reasons or page.judged.cautions:
        yield ""
    yield from table(("one inference", "", "range", "basis"), figures(page))
    yield ""
    yield f"{plain(in_energy(page))}"
    if page.use is not None and page.cost is not None:
        yield ""
        yield " ".join(plain(line) for line in cost_lines(page.use, page.cost))
    yield from _ann(page)
    yield from _tests(page)


def _ann(page: PageOne) -> Iterator[str]:
    if page.ann is None:
        return
    yield "\n## Against the same network as an ANN\n"
    yield from (plain(line) for line in ann_lines(page.ann))
    if page.ann.models:
        yield ""
        yield from table(
            ("model", "spiking", "ANN", "ANN over spiking", "needs less"),
            [
                (
                    f"{row.model}, {row.constants}",
                    with_interval(row.spiking),
                    with_interval(row.artificial),
                    with_interval(row.ratio),
                    row.cheaper.value,
                )
                for row in page.ann.models
            ],
        )


def _tests(page: PageOne) -> Iterator[str]:
    if page.tested:
        yield "\n## Tested\n"
        yield from (
            f"- {_mark(one.holds)}**{plain(one.what)}:** {plain(one.finding)} ({plain(one.where)})"
            for one in page.tested
        )
    yield "\n## Not tested\n"
    for missing in page.untested:
        remedy = f": `{missing.remedy}`" if missing.remedy else ""
        yield f"- **{plain(missing.what)}:** {plain(missing.reason)}{remedy}"


def _mark(holds: bool | None) -> str:
    return "" if holds is None else "✓ " if holds else "✗ "


def _part(part: Part) -> Iterator[str]:
    yield f"\n## {plain(part.title)}\n"
    yield from (f"- {plain(line)}" for line in part.lines)
    if part.lines and part.rows:
        yield ""
    if part.rows:
        yield from table(part.columns, part.rows)


def _provenance(page: PageOne) -> Iterator[str]:
    subject = page.subject
    yield "\n## Provenance\n"
    yield f"- energy: {plain(page.energy.note)}; source: {plain(page.energy.source)}"
    yield f"- latency: {plain(page.latency.note)}; source: {plain(page.latency.source)}"
    yield f"- deployment `{subject.deployment_digest}`"
    yield f"- stimulus `{subject.stimulus_digest}`"
