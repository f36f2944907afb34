"""`neurodeploy inspect`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.model import Model, Projection


def inspect(
    model: Annotated[Path, typer.Argument(help="A .nir file.")],
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    json: options.Json = False,
) -> None:
    """Show the layers of a network and everything that was assumed to read it.

    Reads a .nir file, writes nothing, returns 0 if it can be read.
    """
    from neurodeploy import toolchain

    network, assumptions = toolchain.load(model, options.conventions(dt, reset, if_gain))
    if json:
        output.print_json(_as_json(network, assumptions))
        return
    output.say(f"{model}: dt {network.dt_s:g} s, digest {network.digest}")
    output.heading("Layers")
    rows = [
        (n.name, "input", "x".join(map(str, n.shape)), f"{n.low:g} to {n.high:g}")
        for n in network.inputs
    ]
    rows += [
        (p.name, type(p.neuron).__name__, "x".join(map(str, p.shape)), p.reset.value)
        for p in network.populations
    ]
    output.table(("name", "kind", "shape", "reset or range"), rows, left=4)
    output.heading("Projections")
    output.table(
        ("from", "to", "chain", "parameters", "delay"),
        [
            (
                " + ".join(p.sources),
                p.target,
                " ".join(type(operator).__name__ for operator in p.chain) or "identity",
                f"{_n_parameters(p):,}",
                str(p.delay_steps),
            )
            for p in network.projections
        ],
        left=3,
    )
    for line in assumptions:
        output.say(f"assumed: {line}")
    output.next_command(f"neurodeploy compile {model} -o build/")


def _n_parameters(projection: "Projection") -> int:
    total = 0
    for operator in projection.chain:
        weight, bias = getattr(operator, "weight", None), getattr(operator, "bias", None)
        total += sum(int(values.size) for values in (weight, bias) if values is not None)
    return total


def _as_json(network: "Model", assumptions: tuple[str, ...]) -> dict[str, object]:
    return {
        "digest": network.digest,
        "dt_s": network.dt_s,
        "inputs": [
            {"name": n.name, "shape": n.shape, "low": n.low, "high": n.high} for n in network.inputs
        ],
        "populations": [
            {
                "name": p.name,
                "kind": type(p.neuron).__name__,
                "shape": p.shape,
                "reset": p.reset.value,
            }
            for p in network.populations
        ],
        "projections": [
            {
                "sources": p.sources,
                "target": p.target,
                "chain": [type(operator).__name__ for operator in p.chain],
                "parameters": _n_parameters(p),
                "delay_steps": p.delay_steps,
            }
            for p in network.projections
        ],
        "outputs": [
            {"population": o.population, "readout": o.readout.value} for o in network.outputs
        ],
        "history": list(network.history),
        "assumptions": list(assumptions),
    }
