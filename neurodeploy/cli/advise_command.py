"""`neurodeploy advise`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.modelled_text import sources, with_interval
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.exploration.advice import Advice, Subject
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Network


def advise(
    model: Annotated[Path, typer.Argument(help="A .nir file.")],
    data: options.Data,
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
    goal: Annotated[str, typer.Option("--goal", help="The metric to lower.")] = "energy_total_j",
    max_harm: Annotated[
        float,
        typer.Option("--max-drop", help="Points of accuracy that may be lost, in per cent.", min=0),
    ] = 1.0,
    top: Annotated[int, typer.Option("--top", min=1, help="How many changes to name.")] = 3,
    apply: Annotated[
        int | None, typer.Option("--apply", min=1, help="Apply the change of that number.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="The changed .nir file of --apply.")
    ] = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Name the changes that would save most, each applied and measured, none guessed.

    Compiles and runs every candidate on the samples: fewer steps, higher thresholds, fewer weights,
    neurons that never spike, other placements. The samples choose, so do not give the test set.
    """
    from neurodeploy import toolchain
    from neurodeploy.exploration.advice import Limits, Subject
    from neurodeploy.exploration.advice import advise as computed
    from neurodeploy.report.metric import REGISTRY
    from neurodeploy.toolchain.opening import suited

    if goal not in REGISTRY:
        raise InputError("ND2601", f"--goal is {goal!r}; neurodeploy budget schema names them")
    if (apply is None) != (out is None):
        raise InputError("ND2601", "--apply NUMBER and -o FILE.nir belong together; give both")
    samples, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=limit,
        layout=layout,
        encode=encode,
        steps=steps,
        seed=seed,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    network, assumptions = toolchain.load(
        model, options.conventions(dt, reset, if_gain, discretisation, framework)
    )
    given = options.compile_options(chip, input_coding, input_range)
    choice, _ = suited(network, given, samples, coder)
    subject = Subject(model=_model(model, network), samples=samples, encoding=coder, options=choice)
    limits = Limits(goal=goal, max_harm=max_harm / 100, n_proposals=top)
    with output.progress("changes", None, quiet=json) as advance:
        found = computed(subject, target, limits, on_progress=advance)
    if apply is not None and out is not None:
        _apply(found, apply, subject, out)
    if json:
        output.print_json(as_json(found))
        return
    for line in assumptions:
        output.say(f"assumed: {line}")
    print_advice(found)
    if out is not None:
        output.say(f"\nWrote {out}")
        output.next_command(f"neurodeploy profile {out} --data {data}")
    elif found.proposals:
        output.next_command(f"neurodeploy advise {model} --data {data} --apply 1 -o better.nir")


def _model(path: Path, network: "Network") -> "Model":
    from neurodeploy.model import Model

    if not isinstance(network, Model):
        raise InputError(
            "ND2601", f"{path}: holds integers already; advice changes the float network, give that"
        )
    return network


def _apply(found: "Advice", number: int, subject: "Subject", out: Path) -> None:
    from neurodeploy import toolchain

    if number > len(found.proposals):
        raise InputError(
            "ND2601", f"--apply is {number}, there are {len(found.proposals)} changes to apply"
        )
    change = found.proposals[number - 1].change
    changed = change.applied(subject).model
    if changed is subject.model:
        raise InputError("ND2601", f"--apply {number}: {change}; the file stays as it is")
    toolchain.write_nir(changed, out)


def print_advice(found: "Advice") -> None:
    """Print a row a change, and what it was judged by."""
    if not found.proposals:
        output.say(
            f"{found.n_tried} changes tried; none lowers {found.goal} within the harm allowed"
        )
        return
    harm = "accuracy" if found.judged_by == "accuracy" else "answers changed"
    rows = [
        (
            str(k),
            str(proposal.change),
            f"{100 * proposal.saving:.1f} %",
            with_interval(proposal.goal[1]),
            f"{0.0 - 100 * proposal.harm:+.1f} %" if harm == "accuracy" else f"{proposal.harm:.1%}",
        )
        for k, proposal in enumerate(found.proposals, start=1)
    ]
    now = with_interval(found.before.metrics[found.goal]).replace("\n", ", ")
    output.heading(f"{found.goal} is {now}")
    output.table(("", "change", "saves", found.goal, harm), rows, left=2)
    output.say(
        f"\n{found.n_tried} changes were compiled and run on {found.before.n_samples} samples; "
        "savings are of nominal values and do not add up"
    )
    modelled = [m for p in found.proposals for m in p.goal if m.basis != "exact"]
    if modelled:
        output.say(f"modelled, nominal over low to high; sources: {sources(modelled)}")


def as_json(found: "Advice") -> dict[str, object]:
    """Return what `--json` prints."""
    from dataclasses import asdict

    return {
        "goal": found.goal,
        "judged_by": found.judged_by,
        "n_tried": found.n_tried,
        "before": {n: asdict(m) for n, m in found.before.metrics.items()},
        "proposals": [
            {
                "change": str(proposal.change),
                "saving": proposal.saving,
                "harm": proposal.harm,
                "metrics": {n: asdict(m) for n, m in proposal.report.metrics.items()},
            }
            for proposal in found.proposals
        ],
    }
