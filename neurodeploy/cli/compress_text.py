"""What `compress` prints when it is done."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.methods.compression import Compressed, Measured, Recalibrated
    from neurodeploy.regression import Finding

FIGURES = (
    ("synops_effective", "SOPs, zeros apart"),
    ("synops_hw", "SOPs, stored zeros too"),
    ("spikes", "spikes"),
    ("cores", "cores"),
    ("dead_neurons", "neurons that never spike"),
    ("always_on_neurons", "neurons that always spike"),
    ("energy_total_j", "energy"),
)


def print_compressed(found: "Compressed", rivals: "Sequence[Compressed]") -> None:
    """Print what is left, what it costs and gives, limit by limit, and the rivals."""
    if found.reason:
        output.say(f"\nNo training could meet the budget; the closest is shown. {found.reason}")
    output.heading("Weights left")
    output.table(("", "left", "of", "share", "fan-in", "fan-out"), _left_rows(found))
    if found.n_in_use < found.prunable.n_left:
        output.say(f"{found.n_in_use:,} of them are in use; the others went with unused channels")
    output.heading(f"Deployed on {found.after.figures.chip}, {len(found.after.labels)} samples")
    output.table(("", "before", "now"), figure_rows(found.before, found.after))
    if found.before.figures.chip != found.after.figures.chip:
        output.say(f"before: on {found.before.figures.chip}, as it did not fit")
    label, change = found.worst_class
    output.say(
        f"{100 * found.flips:.2f} % of the predictions changed; class {label} lost most: "
        f"{100 * change:+.2f} points"
    )
    for line in unused_lines(found):
        output.say(line)
    _print_nodes(found)
    output.heading("Budget")
    output.table(("", "limit", "now", "allowed"), [_finding_row(f) for f in found.findings])
    if not found.answers:
        output.say(
            f"It is right as often as one answer for all: {100 * found.constant_accuracy:.2f} %"
        )
    if rivals:
        _print_rivals(found, rivals)


def as_json(
    found: "Compressed",
    rivals: "Sequence[Compressed]",
    written: tuple[Path, ...],
    assumptions: tuple[str, ...],
    stopping: "Recalibrated | None" = None,
) -> dict[str, object]:
    """Return what `--json` prints."""
    policy = None if stopping is None else stopping.deployment.exit_policy
    return {
        "files": [str(path) for path in written],
        "exit_policy": None if policy is None else options.as_plain(policy),
        "is_met": found.is_met,
        "reason": found.reason,
        "digest": found.model.digest,
        **_summary(found),
        "layers": {name: options.as_plain(left) for name, left in found.layers.items()},
        "all_weights": options.as_plain(found.all_weights),
        "n_in_use": found.n_in_use,
        "unused": options.as_plain(found.unused),
        "class_changes": {str(k): v for k, v in found.class_changes.items()},
        "budget": [options.as_plain(finding) for finding in found.findings],
        "nodes": [_node(node) for node in found.nodes],
        "rivals": [_summary(rival) for rival in rivals],
        "assumptions": list(assumptions),
        "history": list(found.model.history),
    }


def exit_line(stopping: "Recalibrated") -> str:
    """Return what the exit policy does now, beside what it did."""
    point, policy = stopping.chosen.point, stopping.chosen.policy
    known = stopping.steps_before
    before = "" if known is None else f" (before: {known:.2f})"
    return (
        f"Exit policy calibrated anew: rule {policy.rule.value} above {policy.threshold:.6g}, "
        f"{point.mean_step:.2f} steps on average{before}, accuracy {100 * point.accuracy:.2f} %"
    )


def figure_rows(before: "Measured", after: "Measured") -> list[tuple[str, ...]]:
    """Return a row for accuracy and for each figure that is known."""
    rows: list[tuple[str, ...]] = [
        ("accuracy", *(f"{100 * m.accuracy:.2f} %" for m in (before, after)))
    ]
    for name, said in FIGURES:
        values = [m.value(name) for m in (before, after)]
        if any(value is not None for value in values):
            joules = name.endswith("_j")
            shown = [output.si(v, "J") if joules else output.number(v) for v in values]
            rows.append((said, *shown))
    rows.append(
        ("synapse memory, indices too", *(f"{m.synapse_bytes:,} B" for m in (before, after)))
    )
    return rows


def unused_lines(found: "Compressed") -> list[str]:
    """Return a line for what was taken out, emptied, or fires by its bias alone."""
    unused = found.unused
    said = (
        ("removed, as no output depends on them", unused.removed),
        ("emptied, as nothing hears them, and kept for the layers' shapes", unused.emptied),
        ("kept, though only a bias reaches them", unused.constant),
    )
    return [
        f"channels {what}: " + ", ".join(f"{n} of {name!r}" for name, n in where.items())
        for what, where in said
        if where
    ]


def _left_rows(found: "Compressed") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (name, f"{x.n_left:,}", f"{x.n_before:,}", _percent(x.share), str(x.fan_in), str(x.fan_out))
        for name, x in found.layers.items()
    ]
    sums = (("all removable", found.prunable), ("all of the network", found.all_weights))
    return rows + [
        (name, f"{x.n_left:,}", f"{x.n_before:,}", _percent(x.share), "", "") for name, x in sums
    ]


def _print_nodes(found: "Compressed") -> None:
    if not found.nodes:
        return
    output.heading("Nodes")
    rows = [
        (
            str(k),
            _percent(node.connectivity),
            str(len(node.epochs)),
            f"{100 * node.validation_accuracy:.2f} %",
            "" if node.reached_after is None else str(node.reached_after),
            "yes" if node.was_projected else "",
        )
        for k, node in enumerate(found.nodes, 1)
    ]
    output.table(("", "weights", "epochs", "validation", "steps", "projected"), rows)


def _print_rivals(found: "Compressed", rivals: "Sequence[Compressed]") -> None:
    output.heading(f"Methods at {found.n_epochs} epochs each")
    rows = [
        (
            other.method.value,
            f"{100 * other.after.accuracy:.2f} %",
            _percent(other.prunable.share),
            output.number(other.after.value("synops_effective")),
            f"{100 * other.flips:.2f} %",
            "yes" if other.is_met else "no",
        )
        for other in (found, *rivals)
    ]
    output.table(("", "accuracy", "weights", "SOPs", "changed", "budget met"), rows)
    as_good = [
        r.method.value for r in rivals if r.is_met and r.after.accuracy >= found.after.accuracy
    ]
    if as_good:
        output.say(f"As good or better: {', '.join(as_good)}")


def _finding_row(finding: "Finding") -> tuple[str, ...]:
    from neurodeploy.regression.amount import shown

    words = {"passed": "ok", "failed": "FAIL"}
    status = finding.status.value
    figure = finding.figure
    text = _percent(figure) if finding.path.startswith("compression.") and figure else None
    return (
        words.get(status, status),
        finding.path,
        text or shown(figure, finding.unit),
        finding.allowed,
    )


def _summary(found: "Compressed") -> dict[str, object]:
    return {
        "method": found.method.value,
        "epochs": found.n_epochs,
        "is_met": found.is_met,
        "connectivity": options.as_plain(found.prunable),
        "accuracy_before": found.before.accuracy,
        "accuracy": found.after.accuracy,
        "flips": found.flips,
        "worst_class": list(found.worst_class),
        "synapse_bytes_before": found.before.synapse_bytes,
        "synapse_bytes": found.after.synapse_bytes,
        "before": {name: found.before.value(name) for name, _ in FIGURES},
        "now": {name: found.after.value(name) for name, _ in FIGURES},
    }


def _node(node: "object") -> dict[str, object]:
    from neurodeploy.methods.compression import Node

    assert isinstance(node, Node)
    return {
        "target": node.target,
        "connectivity": node.connectivity,
        "validation_accuracy": node.validation_accuracy,
        "reached_after": node.reached_after,
        "was_projected": node.was_projected,
        "y": node.y,
        "z": node.z,
        "epochs": [options.as_plain(epoch) for epoch in node.epochs],
    }


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
