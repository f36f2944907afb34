"""`neurodeploy leak`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.cli.training import need_torch
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.audits.leak import Attack, LeakReport


def leak(
    model: Annotated[Path, typer.Argument(help="The network that is released: .nir or a folder.")],
    judge: Annotated[
        Path,
        typer.Option("--judge", help="An independent artificial network: .onnx or its folder."),
    ],
    data: Annotated[
        Path, typer.Option("--data", help="Real labelled samples that no attack sees: .npz, x, y.")
    ],
    public: Annotated[
        Path | None,
        typer.Option("--public", help="Labelled samples that attackers own, none of --data: .npz."),
    ] = None,
    members: Annotated[
        Path | None,
        typer.Option(
            "--members",
            help="Labelled samples that the network was trained on: membership inference beside "
            "--data.",
        ),
    ] = None,
    attack: Annotated[
        list[str] | None,
        typer.Option(
            "--attack",
            help="rebuilt, spikes, inverter, adaptive or labelling; repeat for several, else all "
            "that the data given allow.",
        ),
    ] = None,
    images: Annotated[int, typer.Option("--images", min=20, help="Images a class.")] = 20,
    steps: Annotated[
        int, typer.Option("--steps", "-T", min=1, help="Steps a sample is shown for.")
    ] = 20,
    ascent_steps: Annotated[
        int, typer.Option("--ascent-steps", min=1, help="The same while an attack ascends.")
    ] = 8,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="An .html to write, with the images.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    limit: options.Limit = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Attack a released network and show what of its classes an independent judge recognises.

    Reads the network, a judge and labelled samples; writes a page with what was recovered. Needs
    the extra `train`.
    """
    need_torch()
    from neurodeploy import toolchain
    from neurodeploy.audits.leak import LeakOptions, audit
    from neurodeploy.audits.leak.page import page
    from neurodeploy.storage.atomic import write_text

    if out is not None and out.suffix.lower() != ".html":
        raise InputError("ND2601", f"-o is {str(out)!r}, expected an .html file")
    chosen = _attacks(attack, public)
    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    released, assumptions = toolchain.load_model(model, conventions)
    known, _ = toolchain.load_model(judge)
    with output.progress("attacks", len(chosen), quiet=json) as advance:
        found = audit(
            released,
            known,
            options.samples(data, limit),
            LeakOptions(
                attacks=chosen,
                n_images=images,
                n_steps=steps,
                ascent_steps=ascent_steps,
                seed=seed,
            ),
            public=None if public is None else options.samples(public, None),
            members=None if members is None else options.samples(members, limit),
            on_progress=advance,
        )
    if out is not None:
        write_text(out, page(found))
    if json:
        output.print_json(_as_json(found, assumptions, out))
        return
    _print(found, assumptions, out)


def _attacks(names: list[str] | None, public: Path | None) -> "tuple[Attack, ...]":
    from neurodeploy.audits.leak import Attack, attacks_with

    if not names:
        return attacks_with(public is not None)
    refuse_unknown("--attack", names, Attack)
    return tuple(dict.fromkeys(map(Attack, names)))


def _print(found: "LeakReport", assumptions: tuple[str, ...], out: Path | None) -> None:
    from neurodeploy.audits.leak.words import COLUMNS, lines, rows

    for line in assumptions:
        output.say(f"assumed: {line}")
    output.heading("What the judge recognises")
    output.table(COLUMNS, rows(found))
    output.say()
    for line in lines(found):
        output.say(line)
    if out is not None:
        output.say(f"Wrote {out}: the images")


def _as_json(
    found: "LeakReport", assumptions: tuple[str, ...], out: Path | None
) -> dict[str, object]:
    from neurodeploy.audits.leak.words import as_json

    return {
        **as_json(found),
        "assumptions": list(assumptions),
        "files": [] if out is None else [str(out)],
    }
