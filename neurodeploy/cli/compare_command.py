"""`neurodeploy compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.modelled_text import sources, with_interval
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.exploration.compare import Change, Comparison, LayerChange
    from neurodeploy.regression.figures import Figures
    from neurodeploy.target import Stimulus

_HEADLINES = (
    "accuracy",
    "synops_hw",
    "synops_effective",
    "spikes",
    "messages",
    "hops",
    "neuron_updates_active",
    "cores",
    "energy_dynamic_j",
    "energy_total_j",
    "latency_s",
)


def compare(
    before: Annotated[Path, typer.Argument(help="A deployment, a report.json or its folder.")],
    after: Annotated[Path, typer.Argument(help="What to hold against it.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Stimulus .npz; deployments need it.")
    ] = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Print every metric that differs, not the headlines.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Say what changed between two deployments or reports, layer by layer, and why.

    Deployments are profiled on the same stimulus; reports are read as they are. Returns 0 whatever
    changed: `check` is the gate.
    """
    from neurodeploy import toolchain
    from neurodeploy.exploration.compare import compare as held_against
    from neurodeploy.exploration.difference import deployment_differences

    deployments = [_deployment(path) for path in (before, after)]
    given = None
    if data is not None:
        given = options.stimulus(
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
    figures = []
    for path, deployment in zip((before, after), deployments, strict=True):
        if deployment is None:
            figures.append(_read(path))
        elif given is None:
            raise InputError(
                "ND2601", f"{path}: a deployment is profiled first, give --data STIMULUS.npz"
            )
        else:
            figures.append(_profiled(deployment, toolchain.stimulus_of(deployment, *given)))
    found = held_against(*figures)
    old, new = deployments
    lines = () if old is None or new is None else deployment_differences(old, new)
    if json:
        output.print_json(as_json(found, lines))
        return
    print_comparison(found, lines, show_all=show_all)


def _deployment(path: Path) -> "Deployment | None":
    """Return the deployment at `path`, None where that is a report."""
    from neurodeploy import toolchain
    from neurodeploy.deployment.deployment import MARKER

    return toolchain.load_deployment(path) if (path / MARKER).is_file() else None


def _read(path: Path) -> "Figures":
    from neurodeploy.regression.figures_file import read_figures

    return read_figures(path)


def _profiled(deployment: "Deployment", stimulus: "Stimulus") -> "Figures":
    from neurodeploy import toolchain
    from neurodeploy.regression.figures_file import figures_of

    return figures_of(toolchain.profile(deployment, stimulus))


def print_comparison(found: "Comparison", lines: tuple[str, ...], *, show_all: bool) -> None:
    """Print settings, metrics, layers with the reasons, and what differs in the networks."""
    if found.settings:
        output.heading("Not the same")
        output.table(("", "before", "after"), [(k, *v) for k, v in found.settings.items()], left=3)
    wanted = [change for change in found.metrics if show_all or change.name in _HEADLINES]
    output.heading("Per inference")
    if not wanted:
        output.say("no figure differs")
        return
    output.table(("metric", "before", "after", "change", ""), [_row(change) for change in wanted])
    shown = [m for c in wanted for m in (c.before, c.after) if m is not None]
    modelled = [metric for metric in shown if metric.basis != "exact"]
    output.say(f"modelled, nominal over low to high; sources: {sources(modelled)}")
    output.heading("Layers by the change of their synaptic operations")
    output.table(
        ("layer", "before", "after", "change"),
        [
            (layer.name, *(output.number(n) for n in layer.synops), _signed(layer.gained))
            for layer in found.layers
        ],
    )
    for layer in found.layers:
        if layer.gained:
            output.say(f"{layer.name}: {_why(layer)}")
    if lines:
        output.heading("What was changed")
        for line in lines:
            output.say(line)


def _row(change: "Change") -> tuple[str, str, str, str, str]:
    old, new = (with_interval(metric) for metric in (change.before, change.after))
    difference = change.difference
    before = change.before.value if change.before is not None else None
    share = f"{100 * difference / abs(before):+.1f} %" if difference is not None and before else ""
    unit = next(m.unit for m in (change.after, change.before) if m is not None)
    return change.name, old, new, _difference(difference, unit), share


def _amount(value: float | None, unit: str) -> str:
    if value is None or unit != "1":
        return output.si(value, unit)
    return output.number(value) if value == int(value) or abs(value) > 1 else f"{value:.4g}"


def _difference(value: float | None, unit: str) -> str:
    if value is None:
        return "unknown"
    return f"{'+' if value > 0 else ''}{_amount(value, unit)}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{output.number(value)}"


def _why(layer: "LayerChange") -> str:
    if not layer.causes:
        return "a new layer" if not layer.synops[0] else "the layer is gone"
    parts = (
        f"{_signed(part)} from {cause if part > 0 else cause.replace('more', 'fewer', 1)}"
        for cause, part in layer.causes.items()
    )
    return ", ".join(parts)


def as_json(found: "Comparison", lines: tuple[str, ...]) -> dict[str, object]:
    """Return what `--json` prints."""
    from dataclasses import asdict

    return {**asdict(found), "differences": list(lines)}
