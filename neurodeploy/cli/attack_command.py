"""`neurodeploy attack`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import attack_text, options, output
from neurodeploy.cli.training import need_torch
from neurodeploy.errors import GateFailed, InputError

if TYPE_CHECKING:
    from neurodeploy.audits.attacks.evaluate import Evaluation
    from neurodeploy.audits.attacks.protocol import Protocol
    from neurodeploy.model import Model
    from neurodeploy.model.nir_file import Conventions
    from neurodeploy.toolchain import Encoding, Samples

ProtocolName = Annotated[
    str,
    typer.Option(
        "--protocol",
        help="ensemble, each-member, quick, or a .toml file: attacks, eps, samples and seed.",
    ),
]
Eps = Annotated[
    float | None,
    typer.Option("--eps", help="Radius, a share of the input range's width; else the protocol's."),
]
Samples_ = Annotated[
    int | None, typer.Option("--samples", min=1, help="Samples to draw; else the protocol's.")
]
Others = Annotated[
    list[Path] | None,
    typer.Option("--transfer-from", help="Network for black-box attacks; may be given again."),
]


def attack(
    path: Annotated[Path, typer.Argument(help="A .nir file, a network's or deployment's folder.")],
    data: options.Data,
    protocol: ProtocolName = "ensemble",
    eps: Eps = None,
    samples: Samples_ = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Of all draws; else the protocol's.")
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Try each attack on every sample, not on what is left.")
    ] = False,
    transfer_from: Others = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for attack.json and adversarial.npz."),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page.")] = None,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", min=0, max=1, help="Exit with 1 below this accuracy."),
    ] = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Attack a network, or the integers made of it, and report what is left of its accuracy.

    Reads a network or a deployment, labelled data and a protocol; writes attack.json and the
    adversarial samples with -o, a page with --html. The figure that counts is the worst of all
    attacks, sample by sample. Needs the extra `train`.
    """
    need_torch()
    from neurodeploy.audits.attacks.page import page
    from neurodeploy.audits.attacks.report import as_json
    from neurodeploy.storage.atomic import write_text

    given, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=limit,
        layout=layout,
        encode=encode,
        steps=steps,
        seed=seed or 0,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    chosen = _protocol(protocol, eps, samples, seed, alone=alone)
    others = _others(transfer_from or [], conventions, given, coder, input_range)
    found, assumptions = _carried_out(
        path, conventions, input_range, given, coder, chosen, others, quiet=json
    )
    written = []
    if out is not None:
        written += _write(found, out)
    if html is not None:
        write_text(html, page(found.report))
        written.append(html)
    if json:
        output.print_json(as_json(found.report))
    else:
        for line in assumptions:
            output.say(f"assumed: {line}")
        attack_text.print_report(found.report)
        for file in written:
            output.say(f"Wrote {file}")
    _gate(found, fail_under)


def _protocol(
    name: str, eps: float | None, n_samples: int | None, seed: int | None, *, alone: bool
) -> "Protocol":
    """Return the protocol with what the command line says over it, held to the same rules."""
    import tomllib
    from dataclasses import replace

    from neurodeploy.audits.attacks.protocol_file import protocol_of, read_protocol
    from neurodeploy.audits.attacks.protocol_text import protocol_text

    read = read_protocol(name)
    changed = replace(
        read,
        eps=read.eps if eps is None else eps,
        n_samples=n_samples or read.n_samples,
        seed=read.seed if seed is None else seed,
        alone=alone or read.alone,
    )
    return protocol_of(tomllib.loads(protocol_text(changed)), f"--protocol {name}")


def _others(
    paths: list[Path],
    conventions: "Conventions",
    samples: "Samples",
    coder: "Encoding | None",
    input_range: str | None,
) -> "dict[str, Model]":
    from neurodeploy import toolchain

    networks = {str(path): toolchain.load_model(path, conventions)[0] for path in paths}
    return {name: _ranged(n, samples, coder, input_range)[0] for name, n in networks.items()}


def _carried_out(
    path: Path,
    conventions: "Conventions",
    input_range: str | None,
    samples: "Samples",
    coder: "Encoding | None",
    protocol: "Protocol",
    others: "dict[str, Model]",
    *,
    quiet: bool,
) -> "tuple[Evaluation, tuple[str, ...]]":
    from neurodeploy import toolchain
    from neurodeploy.audits.attacks.deployed import evaluate_deployment
    from neurodeploy.audits.attacks.evaluate import evaluate
    from neurodeploy.deployment.deployment import MARKER

    with attack_text.progress(protocol, quiet=quiet) as on_batch:
        if (path / MARKER).is_file():
            if input_range is not None:
                raise InputError(
                    "ND2601", "--input-range is for a network; the deployment has its own"
                )
            deployment = toolchain.load_deployment(path)
            return evaluate_deployment(
                deployment, samples, coder, protocol, others=others, on_batch=on_batch
            ), ()
        network, assumptions = toolchain.load_model(path, conventions)
        network, said = _ranged(network, samples, coder, input_range)
        found = evaluate(network, samples, coder, protocol, others=others, on_batch=on_batch)
        return found, (*assumptions, *said)


def _ranged(
    network: "Model", samples: "Samples", coder: "Encoding | None", given: str | None
) -> "tuple[Model, tuple[str, ...]]":
    """Return the network with the range that eps is a share of, and where it comes from.

    The network's own, unless the data leaves it: then the data's.
    """
    from neurodeploy.toolchain import with_input_range
    from neurodeploy.toolchain.opening import range_of

    node = network.inputs[0]
    if given is not None:
        bounds = options.compile_options(None, None, given).input_range
        assert bounds is not None
        return with_input_range(network, *bounds, "as declared"), ()
    low, high = range_of(samples, coder, node.shape)
    if node.low <= low and high <= node.high:
        return network, ()
    said = f"input range {low:g}..{high:g}, that of {samples.where}"
    return with_input_range(network, low, high, f"as in {samples.where}"), (said,)


def _write(found: "Evaluation", folder: Path) -> list[Path]:
    """Write the report, and the samples as the attacks left them with their labels."""
    from neurodeploy.audits.attacks.report import report_text
    from neurodeploy.storage.arrays import write_npz
    from neurodeploy.storage.atomic import new_file, write_text

    report, adversarial = folder / "attack.json", folder / "adversarial.npz"
    write_text(report, report_text(found.report))
    with new_file(adversarial) as temporary:
        write_npz(temporary, {"x": found.worst.x.numpy(), "y": found.subject.labels.numpy()})
    return [report, adversarial]


def _gate(found: "Evaluation", fail_under: float | None) -> None:
    report = found.report.deployed or found.report
    if fail_under is not None and report.robust.share < fail_under:
        raise GateFailed(
            "ND1851",
            f"accuracy under attack is {report.robust.share:.4g}, --fail-under {fail_under:g}",
        )
