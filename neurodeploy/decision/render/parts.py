"""The cost page, and the engineers' pages: quantisation, exits, audits, resources."""

from collections.abc import Sequence

from neurodeploy.decision.decision import Decision
from neurodeploy.decision.render.audit_parts import attacked, leaked, verified
from neurodeploy.decision.render.cost_rows import cost_part_rows
from neurodeploy.decision.render.part import Part
from neurodeploy.decision.render.words import in_energy, metric_text, parts
from neurodeploy.decision.running_cost import HOURS_A_YEAR
from neurodeploy.report.render.words import limit_label, percent, policy_text
from neurodeploy.report.report import Report


def cost_part(decision: Decision) -> Part | None:
    """Return the cost page: every term, so that it can be computed by hand."""
    page = decision.page
    if page.use is None or page.cost is None:
        return None
    return Part(
        anchor="cost",
        title="Cost, term by term",
        lines=(
            in_energy(page),
            "The chip stays switched on: between inferences it draws static and management power. "
            "P = r E + P_idle (n - r t), where t is the time whose static power E includes, here L "
            "unless only one of them was measured. Could it be switched off between inferences at "
            "no cost, the row 'inferring' would be all.",
            f"A year has {HOURS_A_YEAR:,} hours. Money is in the currency of the price given.",
            *(f"Unknown, and in no figure: {name}." for name in _lacking(decision)),
        ),
        columns=("term", "low", "nominal", "high", "how"),
        rows=tuple(cost_part_rows(page.use, page.cost, decision.page)),
    )


def engineers_parts(decision: Decision) -> tuple[Part, ...]:
    """Return quantisation, false exits, robustness, leak and resources, those there are."""
    evidence = decision.evidence
    found = (
        _quantisation(evidence.report),
        *(verified(name, one) for name, one in evidence.verifications.items()),
        _exits(evidence.report),
        *(attacked(name, one) for name, one in evidence.attacks.items()),
        *(leaked(name, one) for name, one in evidence.leaks.items()),
        _resources(evidence.report),
    )
    return tuple(part for part in found if part is not None)


def _lacking(decision: Decision) -> Sequence[str]:
    return [", ".join(decision.page.missing)] if decision.page.missing else []


def _quantisation(report: Report) -> Part | None:
    rows = tuple(
        (
            layer.name,
            f"{100 * q.weight_error:.2f} %",
            str(q.weights_rounded_to_zero),
            f"{100 * q.decay_error:.2f} %",
            f"{100 * q.bias_error:.2f} %",
            f"{q.headroom_bits:.1f}",
            q.headroom_basis,
        )
        for layer in report.layers
        if (q := layer.quantisation) is not None
    )
    if not rows:
        return None
    return Part(
        anchor="rounding",
        title="Quantisation",
        columns=("layer", "weights", "rounded to 0", "leaks", "biases", "headroom, bits", "by"),
        rows=rows,
    )


def _exits(report: Report) -> Part | None:
    found = report.early_exit
    if found is None or found.answers is None:
        return None
    outcome = found.answers.outcome
    shares = (
        ("false exits, of those that stop early", outcome.false_exits),
        ("right in full, wrong with exit", outcome.right_to_wrong),
        ("wrong in full, right with exit", outcome.wrong_to_right),
        ("stop early", outcome.early),
    )
    rows = [
        (
            what,
            f"{share.count:,} of {share.n:,}",
            *map(percent, (share.value, share.low, share.high)),
        )
        for what, share in shares
    ]
    return Part(
        anchor="false-exits",
        title="False exits",
        lines=(
            f"{policy_text(found.policy)}.",
            f"Accuracy {100 * outcome.accuracy:.2f} % after {outcome.mean_step:.2f} steps on "
            f"average, {100 * outcome.full_accuracy:.2f} % after all {len(found.steps)}.",
        ),
        columns=("", "samples", "share", "low", "high"),
        rows=tuple(rows),
    )


def _resources(report: Report) -> Part:
    return Part(
        anchor="resources",
        title="Resources",
        lines=(f"{len(report.cores)} of {report.chip}'s cores; the fullest core for each limit",),
        columns=("limit", "core", "used", "of", "share"),
        rows=tuple(
            (
                limit_label(one.limit_name),
                str(one.core),
                f"{one.used:,}",
                "no limit known" if one.limit is None else f"{one.limit:,}",
                "" if one.share is None else percent(one.share),
            )
            for one in report.resources
        ),
    )


def energy_part(decision: Decision) -> Part:
    """Return what the energy of one inference is the sum of."""
    rows = []
    for what, metric in parts(decision.page):
        rows.append((what, *metric_text(metric)))
    return Part(
        anchor="parts",
        title="Energy of one inference",
        columns=("part", "nominal", "low to high, or why unknown", "basis"),
        rows=tuple(rows),
    )
