"""`neurodeploy verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.source import deployment_at
from neurodeploy.errors import GateFailed, InputError

if TYPE_CHECKING:
    from neurodeploy.verification import Comparison, Verification


def verify(
    path: Annotated[Path, typer.Argument(help="A deployment folder, or a network's file.")],
    data: options.Data,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", help="Target to compare; else every healthy one. Repeatable."),
    ] = None,
    n_samples: Annotated[
        int, typer.Option("--samples", min=1, help="Compare the first N samples.")
    ] = 5,
    trace: Annotated[
        list[Path] | None,
        typer.Option("--trace", help="Another machine's .npz: spikes.LAYER, u.LAYER, v.LAYER."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Page with both rasters of a layer.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option("--layer", help="Layer on the page; else the first to differ.")
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
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    json: options.Json = False,
) -> None:
    """Compare float model, integer reference and targets, and name the rule where two part.

    Reads a deployment (or compiles a network), a stimulus and recordings; writes a page with
    --html. Returns 0 if all integers are equal, 1 if not. Target, chip and compile options count
    for a network's file only.
    """
    from neurodeploy import toolchain

    if layer is not None and html is None:
        raise InputError("ND2601", "--layer chooses what --html shows; give --html FILE")
    samples, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=None,
        layout=layout,
        encode=encode,
        steps=steps,
        seed=seed,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    deployment, assumptions = deployment_at(
        path,
        target,
        options.compile_options(chip, input_coding, input_range),
        options.conventions(dt, reset, if_gain),
        samples,
        coder,
    )
    choice = toolchain.VerifyOptions(
        against=None if against is None else tuple(against),
        n_samples=n_samples,
        traces=tuple(trace or ()),
    )
    with output.progress("runs", None, quiet=json) as advance:
        found = toolchain.verify(deployment, samples, coder, choice, advance)
    if html is not None:
        toolchain.write_verification(deployment, found, html, layer)
    if json:
        output.print_json(_as_json(found, assumptions))
    else:
        _print(found, assumptions)
        _print_next(path, data, html, found)
    _refuse_unequal(found)


def _print(found: "Verification", assumptions: tuple[str, ...]) -> None:
    from neurodeploy.verification import words

    for line in assumptions:
        output.say(f"assumed: {line}")
    output.heading("Integers, held against the reference")
    output.say(
        f"{found.n_samples} of {found.n_samples_given} samples (--samples sets how many), "
        f"{found.stimulus}"
    )
    output.table(words.COMPARISON_COLUMNS, words.comparison_rows(found), left=2)
    for name, why in found.skipped.items():
        output.say(f"not compared: {name}: {why}")
    for comparison in found.comparisons:
        if not comparison.equal:
            _print_difference(comparison)
    if found.discrepancies:
        output.heading("The program is not what its model gives")
        for line in words.discrepancy_lines(found):
            output.say(line)
    if found.drift:
        output.heading("Float model against the integers")
        output.table(words.DRIFT_COLUMNS, words.drift_rows(found.drift))
        output.heading("Differing spikes by cause, and overflows")
        output.table(words.CAUSE_COLUMNS, words.cause_rows(found.drift))


def _print_difference(comparison: "Comparison") -> None:
    from neurodeploy.verification import words

    assert comparison.difference is not None
    assert comparison.explanation is not None
    output.heading(f"Where {comparison.name} parts")
    for line in words.difference_lines(comparison):
        output.say(line)
    output.table(("", "s", "u", "v"), words.reading_rows(comparison.name, comparison.difference))
    for line in words.explanation_lines(comparison.explanation):
        output.say(line)


def _print_next(path: Path, data: Path, html: Path | None, found: "Verification") -> None:
    if html is not None:
        output.say(f"\nWrote {html}")
    if html is None and not found.equal:
        output.next_command(f"neurodeploy verify {path} --data {data} --html verify.html")
    else:
        output.next_command(f"neurodeploy profile {path} --data {data}")


def _as_json(found: "Verification", assumptions: tuple[str, ...]) -> dict[str, object]:
    return {
        "equal": found.equal,
        "deployment_digest": found.deployment_digest,
        "stimulus": found.stimulus,
        "samples": found.n_samples,
        "samples_given": found.n_samples_given,
        "steps": found.n_steps,
        "comparisons": [
            {
                **options.as_plain(c),
                "equal": c.equal,
                "rule": c.explanation.rule if c.explanation is not None else None,
            }
            for c in found.comparisons
        ],
        "discrepancies": [options.as_plain(d) for d in found.discrepancies],
        "skipped": dict(found.skipped),
        "drift": [{**options.as_plain(d), "mismatch": d.mismatch} for d in found.drift],
        "accuracy": dict(found.accuracy),
        "assumptions": list(assumptions),
    }


def _refuse_unequal(found: "Verification") -> None:
    from neurodeploy.verification import words

    lines = [words.gate_line(c) for c in found.comparisons if not c.equal]
    if lines:
        raise GateFailed("ND1101", *lines)
