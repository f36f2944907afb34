"""The report's figures as words and table rows, the same in text and page."""

from collections.abc import Sequence

from neurodeploy.audits.attacks.report import (
    Activity,
    AttackReport,
    AttackRow,
    BatteryRow,
    CostRow,
    ExitRow,
    MaskingReport,
    NoiseRow,
    SpikeRow,
)
from neurodeploy.report.proportion import Proportion

EXIT_COLUMNS = ("stops at", "clean %", "attacked %", "steps", "steps attacked")
SPIKE_COLUMNS = ("spikes", "chosen by", "at most", "right %", "changed")
NOISE_COLUMNS = ("noise", "level", "right %", "+-")
ATTACK_COLUMNS = ("attack", "tried", "fooled", "dead", "left %", "alone %")


def percent(share: Proportion) -> str:
    """Return the share and its interval."""
    return f"{100 * share.share:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def headline(report: AttackReport) -> str:
    """Return what is left after every attack, of the integers where they were attacked."""
    found = report.deployed or report
    return (
        f"{percent(found.robust)} right under the worst of {_n_attacks(report)} attacks, "
        f"{percent(found.clean)} without"
    )


def subject_lines(report: AttackReport) -> list[str]:
    """Return what was attacked, with what, and how far samples were moved."""
    attacked = report.attacked if report.deployed is None else report.deployed.attacked
    return [
        f"Attacked: {attacked}",
        f"Data: {report.data}, {report.n_samples} samples, {report.stimulus}",
        f"Each value moves by at most {report.radius:g}: eps {report.eps:g} of the range "
        f"{report.low:g} to {report.high:g}",
        f"Protocol {report.protocol.name}, seed {report.protocol.seed}, {report.protocol_digest}",
    ]


def attack_rows(rows: Sequence[AttackRow]) -> list[tuple[str, ...]]:
    """Return one row an attack; see `ATTACK_COLUMNS`."""
    return [
        (
            row.name,
            str(row.tried),
            str(row.fooled),
            str(row.dead),
            f"{100 * row.left.share:.1f}",
            "" if row.own is None else f"{100 * row.own.share:.1f}",
        )
        for row in rows
    ]


def single_lines(report: AttackReport) -> list[str]:
    """Return what one attack alone would have claimed."""
    best, worst = report.single_best, report.single_worst
    if best is None or worst is None or best.own is None or worst.own is None:
        return []
    return [
        f"{name} alone says {100 * row.own.share:.1f} %, "
        f"{100 * (row.own.share - report.robust.share):.1f} points above the worst of all: {what}"
        for name, row, what in (
            (best.name, best, "the strongest single attack"),
            (worst.name, worst, "a badly chosen one"),
        )
        if row.own is not None
    ]


def dead_lines(rows: Sequence[AttackRow]) -> list[str]:
    """Return the attacks that never began on some samples."""
    return [
        f"{row.name}: the gradient of {row.dead} of {row.tried} samples was 0 throughout, so that "
        "it says nothing about them"
        for row in rows
        if row.dead
    ]


def masking_lines(masking: MaskingReport) -> list[str]:
    """Return what was looked at for masked gradients, the verdict first."""
    verdict = (
        "Gradients are masked; the figures above are too high:"
        if masking.findings
        else "No sign of masked gradients:"
    )
    return [
        f"{verdict} the first {masking.n_samples} samples",
        *masking.findings,
        f"at a large eps {percent(masking.large_eps)} right, chance is "
        f"{100 * masking.chance:.1f} %",
        f"few steps of PGD leave {percent(masking.few)}, many {percent(masking.many)}",
        f"Square alone leaves {percent(masking.square)}, all gradients "
        f"{percent(masking.gradients)}",
    ]


def activity_rows(clean: Activity, attacked: Activity) -> list[tuple[str, str, str]]:
    """Return (what, clean, under attack): spikes a neuron and step, and synaptic operations."""
    return [
        *(
            (f"rate of {name}", f"{rate:.4f}", f"{attacked.rates[name]:.4f}")
            for name, rate in clean.rates.items()
        ),
        ("synops of spikes", f"{clean.synops:,.0f}", f"{attacked.synops:,.0f}"),
    ]


def cost_rows(costs: Sequence[CostRow]) -> list[tuple[str, str, str]]:
    """Return (what, clean, under attack)."""
    return [(row.name, _figure(row.clean, row), _figure(row.attacked, row)) for row in costs]


def spike_rows(rows: Sequence[SpikeRow]) -> list[tuple[str, ...]]:
    """Return one row a budget; see `SPIKE_COLUMNS`."""
    return [
        (
            "+".join(row.operations),
            row.chosen,
            str(row.budget),
            f"{100 * row.right.share:.1f}",
            f"{row.mean_changes:.1f}",
        )
        for row in rows
    ]


def noise_rows(rows: Sequence[NoiseRow]) -> list[tuple[str, ...]]:
    """Return one row a level; see `NOISE_COLUMNS`."""
    return [
        (
            row.kind,
            f"{row.level:g}",
            f"{100 * row.accuracy:.1f}",
            f"{100 * row.half_width:.1f}",
        )
        for row in rows
    ]


def exit_rows(rows: Sequence[ExitRow]) -> list[tuple[str, ...]]:
    """Return one row a T or threshold; see `EXIT_COLUMNS`."""
    return [
        (
            row.name,
            f"{100 * row.clean_accuracy:.1f}",
            f"{100 * row.attacked_accuracy:.1f}",
            f"{row.clean_steps:.2f}",
            f"{row.attacked_steps:.2f}",
        )
        for row in rows
    ]


def battery_rows(row: BatteryRow) -> list[tuple[str, str, str]]:
    """Return (what, clean, under attack) of an attack on the battery."""
    accuracies = (row.clean_accuracy, row.attacked_accuracy)
    clean, attacked = (f"{100 * value:.1f} %" for value in accuracies)
    return [("accuracy", clean, attacked), *cost_rows(row.costs)]


def battery_title(row: BatteryRow) -> str:
    """Return what the attack aimed at."""
    wanted = {"synops": "more synaptic operations", "steps": "more steps"}
    return f"Attack on the battery: {wanted[row.aim]}"


def deployed_lines(report: AttackReport) -> list[str]:
    """Return the integers beside their float network."""
    found = report.deployed
    if found is None:
        return []
    lost = 100 * (found.float_robust.share - found.robust.share)
    return [
        f"float network: {percent(report.clean)} without attack, {percent(found.float_robust)} "
        "under the attacks on it",
        f"integers: {percent(found.clean)} without, {percent(found.transferred)} under the same "
        f"samples, {percent(found.robust)} with attacks of their own",
        f"lost to the integers under attack: {lost:.1f} points",
        f"exit policy: {found.exit_policy or 'none, every sample runs to its last step'}",
    ]


def _figure(value: float | None, row: CostRow) -> str:
    if value is None:
        return "unknown"
    if row.unit == "step":
        return f"{value:.2f}"
    return f"{value:,.0f}" if row.unit == "1" else f"{value:.4g} {row.unit}"


def _n_attacks(report: AttackReport) -> int:
    own = 0 if report.deployed is None else len(report.deployed.attacks) - 1
    return len(report.attacks) + own
