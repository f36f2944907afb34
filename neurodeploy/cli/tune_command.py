"""`neurodeploy tune`."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.cli.tune_text import print_point, print_search
from neurodeploy.errors import TargetUnavailable

if TYPE_CHECKING:
    from neurodeploy.exploration.pareto import Objective
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.learning.tuning.bench import Bench
    from neurodeploy.learning.tuning.point import Point
    from neurodeploy.learning.tuning.tunable import Tunable
    from neurodeploy.model import Model
    from neurodeploy.regression import Budget
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples

INTERRUPTED = 130
"""What a shell gives for a program that Ctrl-C ended."""

METHODS = ("bptt", "tet", "dsr")


def tune(
    path: Annotated[Path, typer.Argument(metavar="MODEL", help="A .nir file or a model's folder.")],
    data: Annotated[
        Path,
        typer.Option("--data", help="Training data with labels; validation is taken from it."),
    ],
    out: Annotated[Path, typer.Option("--output", "-o", help="Folder; gone on from if there.")],
    trials: Annotated[int, typer.Option("--trials", min=1, help="Trials in all.")] = 40,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0, help="Begin no trial after so many seconds."),
    ] = None,
    what: Annotated[
        list[str] | None,
        typer.Option(
            "--tune",
            help="threshold, leak (factors; NAME:LAYER for one layer), input_gain, percentile, "
            "steps, learning_rate or weight_decay; =LOW:HIGH sets the range. Repeatable.",
        ),
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option("--objective", help="A metric; else accuracy and synops_hw. Repeatable."),
    ] = None,
    at_most: Annotated[
        list[str] | None,
        typer.Option("--max", help="METRIC=VALUE that no point may pass. Repeatable."),
    ] = None,
    budget: Annotated[
        Path | None, typer.Option("--budget", "-b", help="Limits: a budget.toml.")
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE: make this one point instead of a search."),
    ] = None,
    validation: Annotated[
        float, typer.Option("--validation", help="Share of --data set aside for validation.")
    ] = 0.2,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Of split, search, training, --encode rate.")
    ] = 0,
    train_epochs: Annotated[
        int | None, typer.Option("--train-epochs", min=1, help="Train each trial so long.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="How to train: bptt, tet or dsr.")
    ] = "bptt",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Of the training.")] = 100,
    chip: options.Chip = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Search thresholds, leaks, steps or training settings for the best of the integers.

    Every trial compiles the network and runs it on validation samples taken from --data by --seed;
    there is no option for test data. Writes the networks of the front, tune.json and a plot.
    The same command goes on where it stopped.
    """
    _check_installed()
    from neurodeploy import toolchain
    from neurodeploy.learning.tuning.bench import Bench, BenchOptions
    from neurodeploy.learning.tuning.objectives import objectives_of
    from neurodeploy.learning.tuning.tunable import tunables

    objectives = objectives_of(objective or ())
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
    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    model, assumptions = toolchain.load_model(path, conventions)
    bench = Bench(
        model,
        samples,
        coder,
        BenchOptions(
            share=validation,
            seed=seed,
            compiling=_compiling(chip, input_coding, input_range, samples, coder, model),
            budget=_budget(at_most or [], budget),
            training=_training(train_epochs, method, batch_size, seed),
        ),
    )
    settings = {
        "--data": data,
        "--labels": labels,
        "--observable": observable,
        "--encode": encode,
        "--steps": steps,
        "--delta-threshold": delta_threshold,
        "--step-us": step_us,
        "--layout": layout,
        "--limit": limit,
        "--validation": None if validation == 0.2 else validation,
        "--seed": seed or None,
        "--train-epochs": train_epochs,
        "--method": None if method == "bptt" else method,
        "--batch-size": None if batch_size == 100 else batch_size,
        "--chip": chip,
        "--input-coding": input_coding,
        "--input-range": input_range,
        "--dt": dt,
        "--reset": reset,
        "--if-gain": if_gain,
        "--discretisation": discretisation,
        "--from": framework,
    }
    command = ["neurodeploy", "tune", str(path), *_flags(settings)]
    for line in () if json else assumptions:
        output.say(f"assumed: {line}")
    if fixed:
        _make(bench, fixed, out, json=json)
        return
    found = tunables(what or (), model, bench.n_steps, training=train_epochs is not None)
    _search(bench, found, objectives, out, trials, timeout, command, json=json)


def _check_installed() -> None:
    """Refuse to begin without what searches and what trains."""
    try:
        import optuna  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise TargetUnavailable(
            "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[tune]'"
        ) from error


def _compiling(
    chip: str | None,
    input_coding: str | None,
    input_range: str | None,
    samples: "Samples",
    coder: "Encoding | None",
    model: "Model",
) -> "CompileOptions":
    """Return how every trial is compiled: for the range of all samples, as `profile` does."""
    from dataclasses import replace

    from neurodeploy.toolchain.opening import range_of

    choice = options.compile_options(chip, input_coding, input_range)
    if choice.input_range is not None:
        return choice
    return replace(choice, input_range=range_of(samples, coder, model.inputs[0].shape))


def _budget(at_most: list[str], path: Path | None) -> "Budget":
    from dataclasses import replace

    from neurodeploy import toolchain
    from neurodeploy.learning.tuning.objectives import limits_of
    from neurodeploy.regression import Budget

    limits = limits_of(at_most)
    if path is None:
        return Budget(limits=limits)
    read = toolchain.read_budget(path)
    return replace(read, limits=(*read.limits, *limits))


def _training(epochs: int | None, method: str, batch_size: int, seed: int) -> "TrainOptions | None":
    from neurodeploy.learning.losses import Kind, Loss
    from neurodeploy.learning.options import Method, TrainOptions

    refuse_unknown("--method", method, METHODS)
    if epochs is None:
        return None
    kind = Kind.TET if method == "tet" else Kind.READOUT
    return TrainOptions(
        method=Method(method),
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        loss=Loss(kind=kind),
    )


def _flags(settings: Mapping[str, object]) -> list[str]:
    return [
        part for flag, value in settings.items() if value is not None for part in (flag, str(value))
    ]


def _search(
    bench: "Bench",
    what: "tuple[Tunable, ...]",
    objectives: "tuple[Objective, ...]",
    out: Path,
    trials: int,
    timeout: float | None,
    command: list[str],
    *,
    json: bool,
) -> None:
    from neurodeploy.learning.tuning import files
    from neurodeploy.learning.tuning.plot import write_plot
    from neurodeploy.learning.tuning.tune import tune as search

    try:
        with output.progress("trials", trials, quiet=json) as advance:
            found = search(
                bench, what, objectives, out, n_trials=trials, timeout_s=timeout, on_trial=advance
            )
    except KeyboardInterrupt:
        kept = f"interrupted; the trials that ended are kept in {out}: the same command goes on"
        print(kept, file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    commands = {number: _command(command, found.points[number], out) for number in found.front}
    best = files.write_best(out, found)
    content = files.as_json(out, found, _facts(bench, what), commands)
    files.write_json(out, content)
    write_plot(found, out / "tune.html")
    if json:
        output.print_json(content)
        return
    print_search(found, bench, trials, commands, out)
    if best is None:
        output.next_command(shlex.join([*command, "--trials", str(2 * trials), "-o", str(out)]))
    else:
        output.next_command(_compile(best, bench))


def _compile(network: Path, bench: "Bench") -> str:
    """Return the command that makes the integers every trial was measured in."""
    chosen = bench.options.compiling
    low, high = chosen.input_range or (0.0, 1.0)
    flags = {
        "--chip": chosen.chip,
        "--input-coding": None if chosen.coding is None else chosen.coding.value,
        "--input-range": f"{low:g}:{high:g}",
    }
    return shlex.join(["neurodeploy", "compile", str(network), *_flags(flags)])


def _command(command: list[str], point: "Point", out: Path) -> str:
    """Return the command that makes `point` again."""
    from neurodeploy.learning.tuning.apply import as_texts

    chosen = [part for text in as_texts(point.settings) for part in ("--set", text)]
    target = out.with_name(f"{out.name}-{point.number:03d}.nir")
    return shlex.join([*command, *chosen, "-o", str(target)])


def _facts(bench: "Bench", what: "tuple[Tunable, ...]") -> dict[str, object]:
    """Return what `tune.json` says of the search beside its points."""
    parts, chosen = bench.parts, bench.options
    return {
        "model": bench.model.digest,
        "seed": chosen.seed,
        "chip": chosen.compiling.chip,
        "samples": {"train": parts.train.n_samples, "validation": parts.validation.n_samples},
        "training": None if chosen.training is None else options.as_plain(chosen.training),
        "tunables": [options.as_plain(tunable) for tunable in what],
        "limits": [options.as_plain(limit) for limit in chosen.budget.limits],
    }


def _make(bench: "Bench", fixed: list[str], out: Path, *, json: bool) -> None:
    """Make one point: write its network and say what its integers do."""
    from neurodeploy import toolchain
    from neurodeploy.learning.tuning.tunable import settings_of
    from neurodeploy.learning.tuning.tune import ALWAYS, point_of

    training = bench.options.training is not None
    settings = settings_of(fixed, bench.model, bench.n_steps, training=training)
    measured = bench.measure(settings)
    toolchain.write_network(measured.model, out)
    point = point_of(0, settings, measured, set(ALWAYS))
    if json:
        output.print_json({"file": str(out), **options.as_plain(point)})
        return
    print_point(point, bench)
    output.say(f"\nWrote {out}: {point.digest}")
    output.next_command(_compile(out, bench))
