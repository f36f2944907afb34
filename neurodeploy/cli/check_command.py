"""`neurodeploy check`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.source import prepared
from neurodeploy.errors import GateFailed, InputError

if TYPE_CHECKING:
    from neurodeploy.regression import Verdict
    from neurodeploy.report.report import Report


def check(
    path: Annotated[
        Path, typer.Argument(help="A report.json or its folder; a deployment or a network's file.")
    ],
    budget: Annotated[
        Path | None, typer.Option("--budget", "-b", help="Limits: a budget.toml.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="The report.json to compare with.")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            help="NAME=+2% fails if it grows by more, -2% if it falls, 2% either; +0 if it grows "
            "at all. exact=0 is every count. Repeatable; else nothing may worsen.",
        ),
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write Markdown.")] = None,
    allow_different_stimulus: Annotated[
        bool,
        typer.Option("--allow-different-stimulus", help="Compare reports of different data."),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Stimulus as `profile` reads it, where PATH is no report."),
    ] = None,
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
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Threads; else one a processor.")
    ] = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Hold a report against a budget and a baseline, and say which layer is to blame.

    Reads a report, or profiles a deployment or a network on --data as `profile` does. Returns 0 if
    every limit holds, 1 if not. In GitHub Actions it annotates the commit and adds to the summary.
    """
    from neurodeploy import toolchain
    from neurodeploy.target import RunOptions

    if budget is None and baseline is None:
        raise InputError("ND2706", "nothing to check against: give --budget, --baseline or both")
    report: Report | Path = path
    if not _is_report(path, data):
        assert data is not None
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
        with output.progress("samples", stimulus.n_samples, quiet=json) as advance:
            choice = RunOptions(
                fidelity=toolchain.Fidelity.L3, workers=workers, on_progress=advance
            )
            report = toolchain.profile(deployment, stimulus, choice)
        for line in () if json else assumptions:
            output.say(f"assumed: {line}")
    verdict = toolchain.check(
        report,
        budget,
        baseline,
        tuple(fail_on or ()),
        allow_different_stimulus=allow_different_stimulus,
    )
    _write(verdict, junit, markdown)
    if json:
        _print_json(verdict)
    else:
        print_verdict(verdict)
        _print_next(path, data, budget, verdict)
    _annotate(verdict, sys.stderr if json else sys.stdout)
    _refuse(verdict)


def print_verdict(verdict: "Verdict") -> None:
    """Print the verdict: budget, baseline, reasons."""
    from neurodeploy.regression import Origin, words

    for note in verdict.notes:
        output.say(f"note: {note}")
    if verdict.of(Origin.BUDGET):
        output.say()
        output.table(words.BUDGET_COLUMNS, words.budget_rows(verdict), left=2)
    if verdict.of(Origin.BASELINE):
        rows = words.baseline_rows(verdict)
        output.say()
        if rows:
            output.table(words.BASELINE_COLUMNS, rows, left=2)
        output.say(words.equal_line(verdict))
    reasons = words.reason_lines(verdict)
    if reasons:
        output.heading("Why")
        for reason in reasons:
            output.say(reason)
    output.say(f"\n{words.headline(verdict)}")


def _is_report(path: Path, data: Path | None) -> bool:
    """Return whether `path` is a report already, or has to be profiled on `data`."""
    is_report = path.suffix == ".json" or (path / "report.json").is_file()
    if is_report and data is not None:
        raise InputError("ND2706", f"{path} is a report and has its figures; leave --data away")
    if not is_report and data is None:
        raise InputError("ND2706", f"{path} is no report; give --data FILE.npz to profile it first")
    return is_report


def _write(verdict: "Verdict", junit: Path | None, markdown: Path | None) -> None:
    from neurodeploy import toolchain
    from neurodeploy.regression.junit import junit as as_junit
    from neurodeploy.regression.markdown import markdown as as_markdown

    if junit is not None:
        toolchain.write_text(junit, as_junit(verdict))
    if markdown is not None:
        toolchain.write_text(markdown, as_markdown(verdict))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(as_markdown(verdict))


def _print_json(verdict: "Verdict") -> None:
    from neurodeploy.regression.verdict_json import as_json

    output.print_json(as_json(verdict))


def _annotate(verdict: "Verdict", stream: TextIO) -> None:
    """Print what GitHub Actions shows on the commit; it reads both of a step's outputs."""
    from neurodeploy.regression.annotations import annotations

    if os.environ.get("GITHUB_ACTIONS") == "true":
        for command in annotations(verdict):
            print(command, file=stream)


def _print_next(path: Path, data: Path | None, budget: Path | None, verdict: "Verdict") -> None:
    if not verdict.passed:
        output.next_command("neurodeploy explain ND1201")
    elif budget is None and data is None:
        output.next_command(f"neurodeploy budget init {path} -o budget.toml")
    else:
        network = (path, data) if data is not None else ("build/", "stimulus.npz")
        output.next_command(f"neurodeploy init ci {network[0]} --data {network[1]}")


def _refuse(verdict: "Verdict") -> None:
    from neurodeploy.regression import words

    lines = [words.short_line(verdict, finding) for finding in verdict.failures]
    if lines:
        raise GateFailed("ND1201", *lines)
