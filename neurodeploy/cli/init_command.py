"""`neurodeploy init`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import budget_command, options, output
from neurodeploy.cli.new_files import refuse_existing
from neurodeploy.cli.source import prepared
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.report.report import Report

app = typer.Typer(help="Files for your own repository.", no_args_is_help=True)


@app.callback()
def init() -> None:
    """Write budget, baseline and workflow into a repository, so that CI holds its network."""


@app.command("ci")
def ci(
    path: Annotated[Path, typer.Argument(help="A deployment folder, or a network's file.")],
    data: options.Data,
    root: Annotated[
        Path, typer.Option("--output", "-o", help="The repository's root folder.")
    ] = Path(),
    margin: budget_command.Margin = "10%",
    estimate: budget_command.EstimateName = "high",
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
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
    """Write what CI needs to fail when a network grows: budget, baseline, workflow, hook.

    Profiles the network; writes gate/budget.toml, gate/baseline.json, a GitHub Actions workflow
    and an example of a pre-commit hook. Network and data must lie in the repository.
    """
    from neurodeploy import toolchain
    from neurodeploy.regression import ci_files

    room = budget_command.share(margin)
    end = budget_command.estimate_of(estimate)
    inside = [_inside(root, file) for file in (path, data, labels) if file is not None]
    stated = {
        "--target": None if target == "cpu-emu" else target,
        "--chip": chip,
        "--labels": inside[2] if labels is not None else None,
        "--observable": observable,
        "--encode": encode,
        "--steps": steps,
        "--seed": seed or None,
        "--delta-threshold": delta_threshold,
        "--step-us": step_us,
        "--layout": layout,
        "--limit": limit,
        "--input-coding": input_coding,
        "--input-range": input_range,
        "--dt": dt,
        "--reset": reset,
        "--if-gain": if_gain,
        "--discretisation": discretisation,
        "--from": framework,
    }
    given = [part for k, v in stated.items() if v is not None for part in (k, str(v))]
    subject = [inside[0], "--data", inside[1], *given]
    names = (ci_files.BUDGET, ci_files.BASELINE, ci_files.WORKFLOW, ci_files.PRE_COMMIT)
    refuse_existing([root / name for name in names], force=force)
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
    deployment, stimulus, assumptions = prepared(
        path,
        target,
        options.compile_options(chip, input_coding, input_range),
        options.conventions(dt, reset, if_gain, discretisation, framework),
        samples,
        coder,
    )
    report = toolchain.profile(deployment, stimulus)
    texts = (
        toolchain.draft_budget(report, room, end),
        toolchain.report_text(report),
        ci_files.workflow(subject),
        ci_files.pre_commit(subject, inside),
    )
    for name, text in zip(names, texts, strict=True):
        toolchain.write_text(root / name, text)
    command = ci_files.check_command(subject)
    if json:
        output.print_json({"files": list(names), "check": command})
        return
    for line in assumptions:
        output.say(f"assumed: {line}")
    _print(report, names, root, command)


def _print(report: "Report", names: tuple[str, ...], root: Path, command: str) -> None:
    output.say(f"Profiled on {report.chip}: {report.n_samples} samples, {report.n_steps} steps")
    output.say("Wrote, to be committed together with the network and its data:")
    output.table(
        ("file", "what"), list(zip((str(root / n) for n in names), _WHAT, strict=True)), left=2
    )
    output.next_command(command)


_WHAT = (
    "limits with a margin; lower those you can",
    "the report that later ones are held against",
    "runs the check in GitHub Actions",
    "an example of a pre-commit hook",
)


def _inside(root: Path, path: Path) -> str:
    """Return `path` as CI names it, from the repository's root."""
    found = Path(os.path.relpath(path, root))
    if ".." in found.parts:
        raise InputError(
            "ND2708", f"{path}: lies outside {root.resolve()}, so CI would not have it; copy it in"
        )
    return found.as_posix()
