"""`neurodeploy sweep`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.modelled_text import sources, with_interval
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.exploration.pareto import Objective
    from neurodeploy.exploration.sweep import Sweep
    from neurodeploy.placement import Strategy

_BETTER_HIGHER = frozenset({"accuracy", "throughput_hz"})


def sweep(
    model: Annotated[Path, typer.Argument(help="A .nir file.")],
    data: options.Data,
    target: options.Target = "cpu-emu",
    chips: Annotated[str, typer.Option("--chips", help="Chips, comma between them.")] = "loihi2",
    placements: Annotated[
        str | None,
        typer.Option("--placements", help="Placements, comma between them; else layer-order."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option("--calibration", help="Samples that set scales and plan placements."),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option("--steps", "-T", help="Numbers of steps, comma between; else the data's."),
    ] = None,
    objectives: Annotated[
        str | None,
        typer.Option("--objectives", help="Metrics to trade off; else accuracy, energy, latency."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for sweep.json, sweep.csv and pareto.html."),
    ] = None,
    encode: options.Encode = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
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
    """Compile and profile one network on chips x placements x numbers of steps.

    Reads a network and a stimulus, prints a row a setting and marks those that no other beats in
    every objective; with -o writes sweep.json, sweep.csv and a Pareto plot. A setting that does
    not compile keeps its row, with the reason.
    """
    from neurodeploy import toolchain
    from neurodeploy.exploration.sweep import Grid
    from neurodeploy.exploration.sweep import sweep as explore
    from neurodeploy.toolchain.opening import suited

    counts = _counts(steps)
    longest = None if encode is None else max((n for n in counts if n is not None), default=None)
    samples, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=limit,
        layout=layout,
        encode=encode,
        steps=longest,
        seed=seed,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    network, assumptions = toolchain.load(
        model, options.conventions(dt, reset, if_gain, discretisation, framework)
    )
    given = options.compile_options(None, input_coding, input_range)
    choice, _ = suited(network, given, samples, coder)
    held = None if calibration is None else options.samples(calibration, None, layout)
    grid = Grid(chips=_names(chips), placements=_placements(placements), n_steps=counts)
    with output.progress("settings", len(grid), quiet=json) as advance:
        found = explore(
            network,
            target,
            samples,
            coder,
            grid,
            options=choice,
            calibration=None if held is None else (held, coder),
            objectives=_objectives(objectives),
            on_progress=advance,
        )
    if out is not None:
        _write(found, out)
    if json:
        from neurodeploy.exploration.table import as_json

        output.print_json(as_json(found))
        return
    for line in assumptions:
        output.say(f"assumed: {line}")
    print_sweep(found)
    if out is not None:
        output.say(f"\nWrote {out}/sweep.json, sweep.csv and pareto.html")
    output.next_command(_next(model, found, data))


def print_sweep(found: "Sweep") -> None:
    """Print a row a setting, and the reasons of those that did not compile."""
    names = [objective.metric for objective in found.objectives]
    rows = []
    for k, point in enumerate(found.points):
        figures = (
            ["refused", *[""] * (len(names) - 1)]
            if point.refusal
            else [with_interval(point.metrics.get(name)) for name in names]
        )
        star = " *" if k in found.front else "  "
        rows.append((point.chip, point.placement, f"{point.n_steps}{star}", *figures))
    output.table(("chip", "placement", "steps", *names), rows, left=2)
    output.say("\n* no other setting is as good in every column and better in one")
    shown = [m for p in found.points for n, m in p.metrics.items() if n in names]
    modelled = [metric for metric in shown if metric.basis != "exact"]
    output.say(f"modelled, nominal over low to high; sources: {sources(modelled)}")
    refused = dict.fromkeys((p.chip, p.refusal) for p in found.points if p.refusal)
    for chip, reason in refused:
        output.say(f"refused, {chip}: {reason.removeprefix(f'{chip}: ')}")


def _write(found: "Sweep", folder: Path) -> None:
    from json import dumps

    from neurodeploy.exploration.plot import write_plot
    from neurodeploy.exploration.table import as_csv, as_json
    from neurodeploy.storage.atomic import new_file

    with new_file(folder / "sweep.json") as temporary:
        temporary.write_text(dumps(as_json(found), indent=1, sort_keys=True) + "\n")
    with new_file(folder / "sweep.csv") as temporary:
        temporary.write_text(as_csv(found))
    write_plot(found, folder / "pareto.html")


def _next(model: Path, found: "Sweep", data: Path) -> str:
    if not found.front:
        return f"neurodeploy inspect {model}"
    best = found.points[found.front[0]]
    return (
        f"neurodeploy compile {model} --chip {best.chip} --placement {best.placement} "
        f"-o build/  # then profile build/ --data {data}"
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _placements(text: str | None) -> "tuple[Strategy, ...]":
    from neurodeploy.placement import Strategy

    names = ("layer-order",) if text is None else _names(text)
    wrong = [name for name in names if name not in set(Strategy)]
    if wrong or not names:
        raise InputError(
            "ND2601", f"--placements is {text!r}, allowed are {', '.join(Strategy)}, with commas"
        )
    return tuple(Strategy(name) for name in names)


def _counts(text: str | None) -> tuple[int | None, ...]:
    if text is None:
        return (None,)
    parts = _names(text)
    if not parts or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise InputError(
            "ND2601", f"--steps is {text!r}, expected positive numbers such as 8,16,32"
        )
    return tuple(int(part) for part in parts)


def _objectives(text: str | None) -> "tuple[Objective, ...]":
    from neurodeploy.exploration.pareto import Objective
    from neurodeploy.report.metric import REGISTRY

    names = () if text is None else _names(text)
    wrong = [name for name in names if name not in REGISTRY]
    if wrong or len(names) == 1:
        raise InputError(
            "ND2601",
            f"--objectives is {text!r}, expected at least two metrics such as "
            "accuracy,energy_total_j; neurodeploy budget schema names them",
        )
    return tuple(Objective(metric=name, minimise=name not in _BETTER_HIGHER) for name in names)
