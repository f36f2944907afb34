"""`neurodeploy inspect`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.model import Model, Projection
    from neurodeploy.model.nir_file import Findings


_ORDER = ("problem", "repair", "assumption")


def inspect(
    model: Annotated[Path, typer.Argument(help="A .nir or .onnx file, or a model folder.")],
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Show the layers of a network, and every problem, repair and assumption of its file at once.

    Reads the file, writes nothing; returns 0 if it can be read, 2 if it has problems.
    """
    from neurodeploy import toolchain

    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    network, findings = toolchain.inspect_file(model, conventions)
    if json:
        output.print_json(_as_json(network, findings))
    else:
        if network is not None:
            _print_network(model, network)
        _print_findings(findings)
        output.next_command(_next(model, network))
    if network is None:
        raise typer.Exit(2)


def _next(path: Path, network: "Model | None") -> str:
    if network is None:
        return "neurodeploy explain ND2103"
    return f"neurodeploy compile {path} -o build/"


def _print_network(path: Path, network: "Model") -> None:
    output.say(f"{path}: dt {network.dt_s:g} s, digest {network.digest}")
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


def _print_findings(findings: "Findings") -> None:
    if not findings:
        output.say("\nNothing had to be assumed or repaired.")
        return
    output.heading("Findings")
    for finding in sorted(findings, key=lambda finding: _ORDER.index(finding.kind)):
        output.say(f"{finding.kind}[{finding.code}]: {finding.message}")


def _n_parameters(projection: "Projection") -> int:
    total = 0
    for operator in projection.chain:
        weight, bias = getattr(operator, "weight", None), getattr(operator, "bias", None)
        total += sum(int(values.size) for values in (weight, bias) if values is not None)
    return total


def _as_json(network: "Model | None", findings: "Findings") -> dict[str, object]:
    return {
        "readable": network is not None,
        "findings": [
            {"kind": f.kind, "code": f.code.value, "where": f.where, "message": f.message}
            for f in findings
        ],
        **({} if network is None else _network_json(network)),
    }


def _network_json(network: "Model") -> dict[str, object]:
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
    }
