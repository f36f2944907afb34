"""`neurodeploy new`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.errors import InputError
from neurodeploy.terms import Reset

if TYPE_CHECKING:
    from neurodeploy.frontends.templates import Kind, TemplateReadout
    from neurodeploy.model import Model, Population


def new(
    template: Annotated[str, typer.Argument(help="mlp, conv, vgg, resnet or recurrent.")],
    input_shape: Annotated[
        str, typer.Option("--input", help="Shape of one step's input: 1x28x28 or 64.")
    ],
    classes: Annotated[int, typer.Option("--classes", min=2, help="Neurons of the output.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", help="The .nir file to write, or a folder.")
    ],
    neuron: Annotated[
        str, typer.Option("--neuron", help="lif, if (no leak) or cuba (lif, current filtered).")
    ] = "lif",
    leak: Annotated[
        float | None,
        typer.Option("--leak", help="Share of the voltage lost in a step; else 0.1."),
    ] = None,
    tau: Annotated[
        float | None, typer.Option("--tau", help="The leak as a time constant in seconds.")
    ] = None,
    current_leak: Annotated[
        float | None,
        typer.Option("--current-leak", help="The same share of the current, for cuba; else 0.5."),
    ] = None,
    reset: Annotated[
        str,
        typer.Option("--reset", help="Reset rule, e.g. zero or subtract (not on every chip)."),
    ] = "zero",
    hidden: Annotated[
        str | None, typer.Option("--hidden", help="Sizes of the hidden layers, e.g. 256,128.")
    ] = None,
    readout: Annotated[
        str, typer.Option("--readout", help="integrator (last voltage) or spikes (their number).")
    ] = "integrator",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the weights.")] = 0,
    dt: Annotated[float, typer.Option("--dt", help="Time step in seconds.")] = 1e-4,
    json: options.Json = False,
) -> None:
    """Write a network with random weights, to be trained.

    mlp: dense layers. conv: two convolutions and a dense layer. vgg: two stages of two
    convolutions, pooled. resnet: two residual blocks. recurrent: dense layers that see their own
    spikes.
    """
    from neurodeploy import toolchain
    from neurodeploy.frontends.templates import Kind, TemplateOptions, TemplateReadout, make

    _check_leaks(neuron, leak, tau, current_leak)
    model = make(
        template,
        TemplateOptions(
            input_shape=_sizes(input_shape, "x", "--input", "1x28x28"),
            n_classes=classes,
            neuron=Kind(_one_of(neuron, Kind, "--neuron")),
            leak=(0.1 if leak is None else leak) if tau is None else dt / tau,
            current_leak=0.5 if current_leak is None else current_leak,
            reset=Reset(_one_of(reset.replace("-", "_"), Reset, "--reset")),
            hidden=None if hidden is None else _sizes(hidden, ",", "--hidden", "256,128"),
            seed=seed,
            readout=TemplateReadout(_one_of(readout, TemplateReadout, "--readout")),
            dt_s=dt,
        ),
    )
    lines = toolchain.write_network(model, out)
    if json:
        output.print_json(_as_json(model, out))
        return
    _print(model, lines, out)


def _check_leaks(
    neuron: str, leak: float | None, tau: float | None, current_leak: float | None
) -> None:
    problems = []
    if leak is not None and tau is not None:
        problems.append("--leak and --tau say the same thing; give one of the two")
    if tau is not None and tau <= 0:
        problems.append(f"--tau is {tau:g}, expected a positive number of seconds")
    if neuron == "if" and (leak, tau) != (None, None):
        problems.append("neurons of --neuron if have no leak; leave out --leak and --tau")
    if neuron != "cuba" and current_leak is not None:
        problems.append("--current-leak is for --neuron cuba, whose current is filtered")
    if problems:
        raise InputError("ND2601", *problems)


def _one_of(
    text: str, allowed: "type[Kind] | type[Reset] | type[TemplateReadout]", name: str
) -> str:
    refuse_unknown(name, text, allowed)
    return text


def _sizes(text: str, separator: str, name: str, example: str) -> tuple[int, ...]:
    parts = text.split(separator)
    if not all(re.fullmatch(r"[1-9][0-9]{0,8}", part) for part in parts):
        raise InputError(
            "ND2601", f"{name} is {text!r}, expected whole numbers of at least 1, e.g. {example}"
        )
    return tuple(map(int, parts))


def _print(model: "Model", lines: tuple[str, ...], out: Path) -> None:
    output.heading(f"{model.history[0]}")
    entry = model.inputs[0]
    rows: list[tuple[str, ...]] = [(entry.name, _shape(entry.shape), "", "")]
    for p in model.populations:
        size = map(output.number, _size(model, p))
        rows.append((p.name, f"{_shape(p.shape)} {type(p.neuron).__name__}", *size))
    output.table(("layer", "shape", "neurons", "weights"), rows, left=2)
    output.say(f"{_total(model)}; what is read: {model.outputs[0].readout} of 'classes'")
    for line in lines:
        output.say(f"note: {line}")
    output.say(f"\nWrote {out}: {model.digest}")
    target = out.with_name(f"{out.stem}-trained{out.suffix}")
    encode = "--encode direct --steps 6"
    output.next_command(f"neurodeploy train {out} --data train.npz {encode} -o {target}")


def _size(model: "Model", population: "Population") -> tuple[int, int]:
    """Return neurons, and the weights and biases of what leads to them."""
    from neurodeploy.model import Affine, Conv2d

    weights = 0
    for projection in model.projections_to(population.name):
        for operator in projection.chain:
            if isinstance(operator, Affine | Conv2d):
                weights += operator.weight.size
                weights += 0 if operator.bias is None else operator.bias.size
    return population.size, weights


def _total(model: "Model") -> str:
    sizes = [_size(model, population) for population in model.populations]
    neurons, weights = (output.number(sum(column)) for column in zip(*sizes, strict=True))
    return f"{neurons} neurons, {weights} weights and biases"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _as_json(model: "Model", out: Path) -> dict[str, object]:
    layers = [
        {"name": p.name, "shape": list(p.shape), "neurons": n_neurons, "weights": n_weights}
        for p in model.populations
        for n_neurons, n_weights in [_size(model, p)]
    ]
    return {
        "file": str(out),
        "digest": model.digest,
        "history": list(model.history),
        "layers": layers,
    }
