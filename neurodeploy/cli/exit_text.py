"""What `neurodeploy exit` prints."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.exits.calibrate import Chosen, Curve, Sweep
    from neurodeploy.exits.curve import Point
    from neurodeploy.exits.explain import Explanation, StepExplained
    from neurodeploy.exits.outcome import Outcome
    from neurodeploy.exits.share import Share
    from neurodeploy.toolchain.exiting import Disturbed

DROPS = (0.0, 0.1, 0.3, 0.5, 1.0)
"""Points of accuracy for which the sweep shows the fewest steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one command found; None and empty where it was not asked for."""

    deployment: "Deployment"
    chosen: "Chosen | None"
    swept: "Sweep | None"
    disturbed: "tuple[Disturbed, ...]"


def show(found: Found, path: Path, plot: Path | None, *, curves: bool, json: bool) -> None:
    """Print what was found, as text or as JSON."""
    if json:
        output.print_json(_document(found))
        return
    if curves and found.swept is not None:
        _print_sweep(found.swept)
    if found.chosen is not None:
        _print_chosen(found.chosen)
    if found.disturbed:
        _print_disturbed(found.disturbed)
    if plot is not None:
        output.say(f"\nWrote {plot}")
    if found.chosen is not None:
        output.say(f"\nThe policy is in {path}; `neurodeploy exit {path} --remove` takes it out")
        output.next_command(f"neurodeploy profile {path} --data test.npz")
    elif found.swept is not None:
        output.next_command(f"neurodeploy exit {path} --data val.npz --target-accuracy-drop 0.3")
    else:
        output.next_command(f"neurodeploy profile {path} --data test.npz")


def show_explanation(found: "Explanation", *, json: bool) -> None:
    """Print one sample, step by step."""
    if json:
        output.print_json(
            {
                **options.as_plain(found),
                "answer": found.answer,
                "full_answer": found.full_answer,
                "reason": found.reason,
            }
        )
        return
    label = "" if found.label is None else f", label {found.label}"
    output.heading(f"Sample {found.sample}{label}")
    output.table(
        ("step", "answer", "score", "next", "its score", str(found.policy.rule), ""),
        [_step_row(step, found.stopped_at) for step in found.steps],
    )
    output.say(f"\n{found.reason[0].upper()}{found.reason[1:]}.")
    after = "the same" if found.answer == found.full_answer else f"{found.full_answer}"
    output.say(f"Answer {found.answer}; after all {len(found.steps)} steps {after}.")


def policy_name(policy: Any) -> str:  # an ExitPolicy; its import is slow
    """Return a policy in words."""
    if policy.policy is not None:
        return f"a policy network, {policy.policy.macs:,} MACs a sample, on the {policy.where}"
    softmax = policy.rule != "margin"
    unit = "" if softmax else " (integers of the output)"
    temperature = f" at temperature {policy.temperature:g}" if softmax else ""
    period = "" if policy.period_steps == 1 else f" every {policy.period_steps} steps"
    first = "" if policy.min_steps == 1 else f" from step {policy.min_steps}"
    return (
        f"{policy.rule} of the {policy.score}{temperature} above {policy.threshold:.6g}{unit}, "
        f"checked{period}{first} on the {policy.where}"
    )


def share_text(found: "Share") -> str:
    """Return a share with its 95 % interval."""
    if found.value is None or found.low is None or found.high is None:
        return "none"
    ends = f"{100 * found.low:.2f} to {100 * found.high:.2f} %"
    return f"{100 * found.value:.2f} % ({found.count} of {found.n:,}; 95 %: {ends})"


def _step_row(step: "StepExplained", stopped_at: int) -> tuple[str, ...]:
    value = "" if step.value is None else f"{step.value:.6g}"
    mark = "stops" if step.stops else "not run" if step.step > stopped_at else ""
    return (
        str(step.step),
        str(step.best),
        f"{step.best_score:.4g}",
        str(step.second),
        f"{step.second_score:.4g}",
        value,
        mark,
    )


def _print_chosen(chosen: "Chosen") -> None:
    found, oracle = chosen.outcome, chosen.sweep.oracle
    output.heading(f"Chosen on {chosen.sweep.n_samples:,} samples of {chosen.sweep.where}")
    output.say(policy_name(chosen.policy))
    _print_outcome(found)
    output.say(
        f"bounds: {oracle.least_step:.2f} steps if labels were known, {oracle.mean_step:.2f} if "
        f"what is never right runs to the end; from the accuracies alone (AET) {oracle.aet:.2f}; "
        f"{100 * oracle.unsteady:.2f} % are right at one step and wrong at a later one"
    )


def _print_outcome(found: "Outcome") -> None:
    early = "" if found.early_accuracy is None else f"{100 * found.early_accuracy:.2f} %"
    never = found.n_samples - found.early.count
    output.table(
        ("", "with exit", "all steps"),
        [
            ("accuracy", f"{100 * found.accuracy:.2f} %", f"{100 * found.full_accuracy:.2f} %"),
            ("informative steps, mean", f"{found.mean_step:.3f}", str(len(found.steps))),
            ("accuracy of those that stop early", early, ""),
        ],
    )
    output.say(f"stop early: {share_text(found.early)}; never: {never:,}")
    output.say(f"right to wrong: {share_text(found.right_to_wrong)}")
    output.say(f"wrong to right: {share_text(found.wrong_to_right)}")
    output.say(f"false exits among the early ones: {share_text(found.false_exits)}")
    output.say(
        f"class that loses most: {found.worst_class}, {found.worst_class_drop_pp:.2f} points"
    )
    steps = ", ".join(f"{n}: {held:,}" for n, held in _steps(found.steps))
    output.say(f"samples by the step they stop: {steps}")


def _steps(held: tuple[int, ...], n_groups: int = 10) -> list[tuple[str, int]]:
    """Return the histogram, in at most `n_groups` groups of steps."""
    size = -(-len(held) // n_groups)
    groups = [(first, held[first : first + size]) for first in range(0, len(held), size)]
    return [
        (str(first + 1) if len(own) == 1 else f"{first + 1}-{first + len(own)}", sum(own))
        for first, own in groups
    ]


def _print_sweep(swept: "Sweep") -> None:
    from neurodeploy.exits.plot import rule_name

    output.heading(f"Fewest steps by accuracy lost, {swept.n_samples:,} samples of {swept.where}")
    output.table(
        ("rule", *(f"{drop:g} points" for drop in DROPS)),
        [
            (rule_name(curve), *(_fewest(curve, swept.by_step[-1], drop) for drop in DROPS))
            for curve in swept.curves
        ],
    )
    output.say(
        f"lost against {100 * swept.by_step[-1]:.2f} % after all {len(swept.by_step)} steps, on "
        "these very samples, without a margin for chance"
    )


def _fewest(curve: "Curve", full: float, drop: float) -> str:
    kept: list[Point] = [p for p in curve.points if 100 * (full - p.accuracy) <= drop + 1e-9]
    return f"{min(p.mean_step for p in kept):.2f}" if kept else ""


def _print_disturbed(found: "tuple[Disturbed, ...]") -> None:
    output.heading("Harder samples")
    output.table(
        ("", "accuracy", "all steps", "mean step", "never stop", "right to wrong"),
        [
            (
                str(one.by),
                f"{100 * one.outcome.accuracy:.2f} %",
                f"{100 * one.outcome.full_accuracy:.2f} %",
                f"{one.outcome.mean_step:.2f}",
                f"{100 * (1 - (one.outcome.early.value or 0)):.2f} %",
                f"{100 * (one.outcome.right_to_wrong.value or 0):.2f} %",
            )
            for one in found
        ],
    )


def _document(found: Found) -> dict[str, Any]:
    document: dict[str, Any] = {"deployment_digest": found.deployment.digest}
    if found.swept is not None:
        document["sweep"] = options.as_plain(found.swept)
    if found.chosen is not None:
        document["policy"] = options.as_plain(found.chosen.policy)
        document["point"] = options.as_plain(found.chosen.point)
        document["outcome"] = _outcome(found.chosen.outcome)
    if found.disturbed:
        document["disturbed"] = [
            {**options.as_plain(one.by), "outcome": _outcome(one.outcome)}
            for one in found.disturbed
        ]
    return document


def _outcome(found: "Outcome") -> dict[str, Any]:
    return {
        **options.as_plain(found),
        "mean_step": found.mean_step,
        "accuracy_drop_pp": found.drop_pp,
    }
