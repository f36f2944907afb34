"""Whether a deployment passes what was asked of it, and what must be known beside that."""

from collections.abc import Iterator

from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.page_one import Answer, Judged
from neurodeploy.decision.range import Range
from neurodeploy.decision.running_cost import RunningCost
from neurodeploy.decision.use import Use
from neurodeploy.regression import Finding, Origin, Status
from neurodeploy.regression.amount import shown
from neurodeploy.report.early_exit.noun import CAUTIONS
from neurodeploy.report.render.words import label


def judged(evidence: Evidence, use: Use | None, cost: RunningCost | None) -> Judged:
    """Return the answer; it fails if a budget, the chip, equality or the rate does."""
    lines = [line for verdict in evidence.verdicts.values() for line in verdict.findings]
    limits = [
        line for line in lines if line.origin is Origin.BUDGET and line.status is not Status.NOTE
    ]
    compared = [line for line in lines if line.origin is Origin.BASELINE]
    reasons = tuple(_reasons(evidence, use, cost))
    n_unknown = sum(line.status is Status.UNKNOWN for line in limits)
    held = compared or len(limits) > n_unknown
    answer = Answer.PASSES if held else Answer.OPEN
    return Judged(
        answer=Answer.FAILS if reasons else answer,
        reasons=reasons,
        cautions=tuple(_cautions(evidence, use, cost)),
        n_limits=len(limits),
        n_unknown=n_unknown,
        n_compared=len(compared),
    )


def _reasons(evidence: Evidence, use: Use | None, cost: RunningCost | None) -> Iterator[str]:
    yield from evidence.report.failures
    for name, document in evidence.verifications.items():
        unequal = [one.name for one in document.comparisons if not one.equal]
        if unequal:
            yield f"{name}: the integers of {', '.join(unequal)} differ from the reference"
    for verdict in evidence.verdicts.values():
        for finding in verdict.failures:
            if finding.remark not in evidence.report.failures:
                yield _line(finding)
    chips = None if cost is None else cost.chips
    if use is not None and chips is not None and chips.nominal > 1:
        yield (
            f"one chip cannot do {use.per_second:,g} inferences a second, one after the other: "
            f"{_n_chips(chips)} needed"
        )


def _line(finding: Finding) -> str:
    if finding.figure is None:
        return f"{label(finding.path)}: allowed {finding.allowed}; {finding.remark}"
    estimate = finding.remark.partition(";")[0]
    parts = (
        f"{label(finding.path)} is {shown(finding.figure, finding.unit)}, allowed "
        f"{finding.allowed}",
        estimate,
        finding.binding,
    )
    return "; ".join(part for part in parts if part)


def _n_chips(chips: Range) -> str:
    """Return the number of chips, and behind it the ends where they differ."""
    more = " or more" if chips.bound else ""
    ends = "" if chips.low == chips.high else f" ({chips.low:,.0f} to {chips.high:,.0f})"
    return f"{chips.nominal:,.0f}{more}{ends}"


def _cautions(evidence: Evidence, use: Use | None, cost: RunningCost | None) -> Iterator[str]:
    yield from evidence.report.notes
    exits = evidence.report.early_exit
    yield from () if exits is None else (note for note in exits.notes if note in CAUTIONS)
    chips = None if cost is None else cost.chips
    if use is None or cost is None:
        return
    if chips is None:
        yield f"whether one chip can do {use.per_second:,g} inferences a second is unknown"
    elif chips.nominal == 1 < chips.high:
        yield (
            f"one chip does {use.per_second:,g} inferences a second at the nominal latency; at the "
            f"high one {chips.high:,.0f} are needed"
        )
