"""Options that several commands share, and what they mean to the toolchain."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.errors import InputError
from neurodeploy.terms import Reset

if TYPE_CHECKING:
    from neurodeploy.model.nir_file import Conventions
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples

CODERS = ("rate", "latency", "direct", "delta", "event-frames")

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask", help="Scheduler of a Dask cluster that runs the samples, tcp://HOST:PORT."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]

Dt = Annotated[
    float | None, typer.Option("--dt", help="Time step in seconds; else the file's, else 1e-4.")
]
ResetRule = Annotated[
    str | None,
    typer.Option(
        "--reset",
        help="Reset rule: none, zero, zero-delayed, subtract, subtract-delayed or "
        "subtract-latched; else the file's, else zero.",
    ),
]
IfGain = Annotated[
    str | None,
    typer.Option("--if-gain", help="IF neurons: spec (v += dt r x) or unit (v += r x)."),
]

DiscretisationRule = Annotated[
    str | None,
    typer.Option("--discretisation", help="How a leak is made discrete: euler or exponential."),
]
Framework = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="What a framework means by a file: snntorch, norse, sinabs, rockpool, "
        "spikingjelly, spyx or lava-dl; other options override it.",
    ),
]

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        help="Stimulus: .npz with x (sample, step, *shape) or (sample, *shape) and labels y, or "
        "events x, y, p, t (microseconds), offsets and labels; .npy with x; NIRData.",
    ),
]
Labels = Annotated[
    Path | None, typer.Option("--labels", help="Labels .npy (sample,), where --data has none.")
]
Observable = Annotated[
    str | None,
    typer.Option("--observable", help="What of a NIRData file is the stimulus: NODE/OBSERVABLE."),
]
Encode = Annotated[
    str | None,
    typer.Option(
        "--encode",
        help="Make a series: rate, latency or direct of values without steps, delta of a series, "
        "event-frames of events.",
    ),
]
DeltaThreshold = Annotated[
    float | None,
    typer.Option(
        "--delta-threshold",
        help="Change from one step to the next, in units of x, that --encode delta makes a spike.",
    ),
]
StepUs = Annotated[
    int | None,
    typer.Option("--step-us", min=1, help="Length of a step in microseconds, for events."),
]
Steps = Annotated[
    int | None, typer.Option("--steps", "-T", min=1, help="Steps that --encode makes.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of --encode rate.")]
Order = Annotated[
    str | None,
    typer.Option("--layout", help="Axes of x: sample-step (default), step-sample, step-last."),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Use only the first N samples.")]

Target = Annotated[str, typer.Option("--target", "-t", help="What runs it; see `targets`.")]
Chip = Annotated[
    str | None,
    typer.Option("--chip", help="Chip name (see `chips`) or path of a chip's .toml page."),
]
Coding = Annotated[
    str | None,
    typer.Option(
        "--input-coding", help="encoded (spikes), graded (payloads) or injected (by the host)."
    ),
]
InputRange = Annotated[
    str | None,
    typer.Option("--input-range", help="Declared range of input values, LOW:HIGH, e.g. 0:3."),
]
WeightBits = Annotated[
    int | None,
    typer.Option("--weight-bits", min=1, help="Narrower weights than the chip's, for example 3."),
]

PlacementName = Annotated[
    str,
    typer.Option(
        "--placement",
        help="layer-order (fewest cores), balanced (least work on the busiest core) or "
        "traffic-aware (balanced, and the fewest messages on the busiest link).",
    ),
]


def conventions(
    dt: float | None,
    reset: str | None,
    if_gain: str | None,
    discretisation: str | None = None,
    framework: str | None = None,
) -> "Conventions":
    """Return what the user says a file leaves open: a framework's preset, options over it."""
    from dataclasses import replace

    from neurodeploy.model.nir_file import Conventions, preset

    if dt is not None and dt <= 0:
        raise InputError("ND2601", f"--dt is {dt:g}, expected a positive number of seconds")
    rule = None if reset is None else reset.replace("-", "_")
    if rule not in (None, *Reset):
        refuse_unknown("--reset", reset, (r.value.replace("_", "-") for r in Reset))
    refuse_unknown("--if-gain", if_gain, ("spec", "unit"))
    refuse_unknown("--discretisation", discretisation, ("euler", "exponential"))
    base = Conventions() if framework is None else preset(framework)
    if dt is not None:
        base = replace(base, dt_s=dt)
    if rule is not None:
        base = replace(base, reset=Reset(rule))
    if if_gain is not None:
        base = replace(base, if_gain="spec" if if_gain == "spec" else "unit")
    if discretisation is not None:
        exact = discretisation == "exponential"
        base = replace(base, discretisation="exponential" if exact else "euler")
    return base


def encoding(
    encode: str | None,
    steps: int | None,
    seed: int,
    delta_threshold: float | None = None,
    step_us: int | None = None,
) -> "Encoding | None":
    """Return how values become a series, or None."""
    from neurodeploy.toolchain import Encoding

    refuse_unknown("--encode", encode, CODERS)
    problems = _unfit(encode, steps, delta_threshold, step_us)
    if problems:
        raise InputError("ND2601", *problems)
    if encode is None:
        return None
    return Encoding(
        coder=encode, n_steps=steps, seed=seed, threshold=delta_threshold, step_us=step_us
    )


def _unfit(
    encode: str | None, steps: int | None, delta_threshold: float | None, step_us: int | None
) -> list[str]:
    """Return which settings an encoder lacks, and which it has no use for."""
    problems = []
    if encode is None and steps is not None:
        problems.append("--steps needs --encode rate or --encode direct")
    if encode == "delta" and steps is not None:
        problems.append("--encode delta keeps the steps of the series; leave out --steps")
    if encode not in (None, "delta") and steps is None:
        problems.append(f"--encode {encode} needs --steps, e.g. --steps 25")
    if encode == "delta" and delta_threshold is None:
        problems.append("--encode delta needs --delta-threshold, e.g. --delta-threshold 0.1")
    if encode != "delta" and delta_threshold is not None:
        problems.append("--delta-threshold is for --encode delta alone")
    if encode == "event-frames" and step_us is None:
        problems.append("--encode event-frames needs --step-us, e.g. --step-us 1000")
    if encode not in (None, "event-frames") and step_us is not None:
        problems.append(f"--step-us is for events; --encode {encode} has no use for it")
    return problems


def compile_options(
    chip: str | None,
    coding: str | None,
    input_range: str | None,
    placement: str = "layer-order",
    weight_bits: int | None = None,
) -> "CompileOptions":
    """Return how to compile."""
    from neurodeploy.deployment.host import InputCoding
    from neurodeploy.toolchain import CompileOptions, Strategy

    refuse_unknown("--input-coding", coding, InputCoding)
    refuse_unknown("--placement", placement, Strategy)
    return CompileOptions(
        placement=Strategy(placement),
        chip=chip,
        weight_bits=weight_bits,
        coding=None if coding is None else InputCoding(coding),
        input_range=None if input_range is None else _range(input_range),
    )


def samples(
    path: Path,
    limit: int | None,
    layout: str | None = None,
    *,
    labels: Path | None = None,
    observable: str | None = None,
    step_us: int | None = None,
) -> "Samples":
    """Read a stimulus file; `step_us` is for the events of NIRData, which come in seconds."""
    from neurodeploy.frontends.layout import layout_of
    from neurodeploy.toolchain import read_samples

    order = layout_of(layout)
    return read_samples(path, limit, order, labels=labels, observable=observable, step_us=step_us)


def stimulus(
    path: Path,
    *,
    labels: Path | None,
    observable: str | None,
    limit: int | None,
    layout: str | None,
    encode: str | None,
    steps: int | None,
    seed: int,
    delta_threshold: float | None,
    step_us: int | None,
) -> "tuple[Samples, Encoding | None]":
    """Read a stimulus file; return it and how it becomes a series."""
    coder = encoding(encode, steps, seed, delta_threshold, step_us)
    given = samples(
        path,
        limit,
        layout,
        labels=labels,
        observable=observable,
        step_us=step_us if coder is None else None,
    )
    return given, coder


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        bounds = float(low), float(high)
    except ValueError:
        raise InputError("ND2601", f"--input-range is {text!r}, expected LOW:HIGH") from None
    if bounds[0] > bounds[1]:
        raise InputError("ND2601", f"--input-range is {text!r}, LOW lies above HIGH")
    return bounds


def as_plain(value: Any) -> Any:  # JSON boundary
    """Return a noun as plain JSON values, without its arrays."""
    from neurodeploy.storage.codec import encode

    return encode(value)[0]


def page_name(path: Path) -> str:
    """Return the chip's name that a page at `path` gets, its file's without ``.toml``."""
    if path.suffix != ".toml":
        raise InputError("ND2601", f"-o is {path}, expected a page NAME.toml")
    return path.stem
