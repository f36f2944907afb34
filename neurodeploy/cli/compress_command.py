"""`neurodeploy compress`."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import budget_command, options, output, robust_options, training
from neurodeploy.cli import compress_options as given
from neurodeploy.cli import train_options as shared
from neurodeploy.cli.compress_text import as_json, exit_line, print_compressed
from neurodeploy.cli.network_file import place_of
from neurodeploy.cli.train_text import Progress
from neurodeploy.errors import GateFailed, InputError

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.learning.data import Parts
    from neurodeploy.methods.compression import (
        Bench,
        Compressed,
        CompressOptions,
        Recalibrated,
    )
    from neurodeploy.model import Model
    from neurodeploy.regression import Budget
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples

WRITTEN = ("the compressed network", "the same, deployed with its exit policy")


def compress(
    model: Annotated[
        Path, typer.Argument(help="A .nir file, or the folder of a network or deployment.")
    ],
    budget: given.BudgetFile,
    data: shared.DataOrFunction,
    out: Annotated[Path, typer.Option("--output", "-o", help="The .nir to write, or a folder.")],
    method: given.MethodName = "minimax",
    rivals: given.Rivals = False,
    epochs: given.Epochs = 6,
    nodes: given.Nodes = None,
    structure: given.StructureName = None,
    ranking: given.RankingName = "share",
    drive: given.DriveName = None,
    first_layer: given.FirstLayer = False,
    estimate: given.EstimateName = None,
    batch_size: shared.BatchSize = 100,
    learning_rate: given.Rate = 0.05,
    weight_decay: shared.Decay = 5e-4,
    loss: Annotated[
        str, typer.Option("--loss", help="Cross entropy of readout, mean or tet, as of `train`.")
    ] = "readout",
    adversarial: robust_options.AdversarialName = None,
    eps: robust_options.Eps = None,
    attack_steps: robust_options.AttackSteps = None,
    beta: robust_options.Beta = None,
    l1_strength: given.Strength = 1e-3,
    measured: given.Measured = given.MEASURED_SAMPLES,
    calibrated: given.Calibrated = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    validation: shared.Share = None,
    validation_data: shared.ValidationData = None,
    chip: options.Chip = None,
    target: options.Target = "cpu-emu",
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    threads: shared.Threads = None,
    resume: shared.Resume = False,
    encode: options.Encode = None,
    steps: options.Steps = None,
    limit: options.Limit = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Remove weights or channels until a budget of what deployment pays is met, and finetune.

    Reads a network, a budget.toml and labelled data; writes the smaller network, in which every
    weight that went is 0. Limits on operations, energy, time or cores are held by measuring the
    deployment; that of a deployment with an exit policy is written with the policy calibrated
    anew, too. Returns 1, and writes nothing, if the budget is not met; the closest is shown.
    """
    training.need_torch()
    import torch

    from neurodeploy import toolchain
    from neurodeploy.methods.compression import bench_for

    if threads is not None:
        torch.set_num_threads(threads)

    def read(source: str) -> "tuple[Samples, Encoding | None]":
        return training.data_of(source, encode=encode, steps=steps, seed=seed, limit=limit)

    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    before = _deployment_at(model)
    if before is None:
        network, assumptions = toolchain.load_model(model, conventions)
    else:
        network, assumptions = _model_of(before, model), ()
    samples, coder = read(data)
    held_out = None if validation_data is None else read(validation_data)[0]
    parts = training.parts_of(samples, held_out, coder, validation, seed)
    network = training.ranged(network, parts)
    place = place_of(network, out)
    objective = robust_options.objective_of(adversarial, eps, attack_steps, beta)
    if objective is not None:
        robust_options.refuse_without_values(parts)
    chosen = given.compress_options(
        given.Chosen(
            method=method,
            epochs=epochs,
            nodes=nodes,
            structure=structure,
            ranking=ranking,
            drive=drive,
            first_layer=first_layer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            weight_decay=weight_decay,
            loss=loss,
            strength=l1_strength,
            seed=seed,
            objective=objective,
        )
    )
    limits = _limits(budget, estimate)
    compiled = options.compile_options(chip or limits.chip, input_coding, input_range)
    if before is not None:
        compiled = _as_before(compiled, before)
    bench = bench_for(parts, limits, target, compiled, measured, calibrated)
    checkpoint = training.checkpoint_of(out)
    fresh = _check(checkpoint, resume)
    if not json:
        for line in (*assumptions, *fresh):
            output.say(f"assumed: {line}")
    found, others = _run(network, parts, chosen, limits, bench, checkpoint, rivals, quiet=json)
    written = _written(found, place)
    stopping = _stopping(found, before, bench, seed)
    if stopping is not None and written:
        folder = place.with_suffix(f".{target}")
        toolchain.save(stopping.deployment, folder)
        written = (*written, folder)
    for path in _checkpoints(checkpoint):
        path.unlink()
    if json:
        output.print_json(as_json(found, others, written, assumptions, stopping))
    else:
        print_compressed(found, others)
        if stopping is not None:
            output.say(exit_line(stopping))
        output.say()
        for path, what in zip(
            written,
            ("the compressed network", "the same, deployed with its exit policy"),
            strict=False,
        ):
            output.say(f"Wrote {path}: {what}")
        if written:
            output.next_command(_next(written[-1], encode, steps, budget))
    _refuse(found)


def _run(
    network: "Model",
    parts: "Parts",
    chosen: "CompressOptions",
    limits: "Budget",
    bench: "Bench",
    checkpoint: Path,
    rivals: bool,
    *,
    quiet: bool,
) -> "tuple[Compressed, Sequence[Compressed]]":
    """Compress by the method asked for, then by its rivals; Ctrl-C says how to go on."""
    from neurodeploy.methods.compression import Work
    from neurodeploy.methods.compression import compress as run_compression

    methods = (chosen.method, *(given.others(chosen.method) if rivals else ()))
    found = []

    def say(text: str) -> None:
        if not quiet:
            output.say(text)

    with Progress(chosen.train.epochs, quiet=quiet) as progress:
        for method in methods:
            if len(methods) > 1:
                say(f"{method.value}:")
            work = Work(
                parts=parts,
                options=replace(chosen, method=method),
                checkpoint=checkpoint.with_name(f"{checkpoint.name}.{method.value}"),
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            )
            try:
                found.append(run_compression(network, work, limits, bench, on_stage=say))
            except KeyboardInterrupt:
                progress.stop()
                _say_how_to_go_on(checkpoint)
                raise typer.Exit(training.INTERRUPTED) from None
            if found[0].reason:
                break  # no method can do what no network can
    return found[0], found[1:]


def _deployment_at(path: Path) -> "Deployment | None":
    """Return the deployment in a folder; None for a network's file or folder."""
    from neurodeploy import toolchain

    if not (path / "deployment.json").is_file():
        return None
    return toolchain.load_deployment(path)


def _model_of(deployment: "Deployment", path: Path) -> "Model":
    from neurodeploy.methods.compression import refuse_policy_network

    if deployment.model is None:
        raise InputError(
            "ND2866", f"{path}: the deployment holds integers alone, no network to compress"
        )
    refuse_policy_network(deployment)
    return deployment.model


def _as_before(compiled: "CompileOptions", before: "Deployment") -> "CompileOptions":
    """Return how to compile: what is not asked for is as the deployment has it."""
    assert before.model is not None  # a deployment without one was refused
    node = before.model.inputs[0]
    return replace(
        compiled,
        chip=compiled.chip or before.hardware.name,
        coding=compiled.coding or before.coding,
        input_range=compiled.input_range or (node.low, node.high),
    )


def _stopping(
    found: "Compressed", before: "Deployment | None", bench: "Bench", seed: int
) -> "Recalibrated | None":
    """Return the small network with the exit rule of the deployment it came from, calibrated."""
    from neurodeploy.methods.compression import recalibrated

    if before is None or before.exit_policy is None or not found.is_met:
        return None
    return recalibrated(found.model, before, bench, seed)


def _limits(path: Path, estimate: str | None) -> "Budget":
    from neurodeploy.regression import read_budget

    end = None if estimate is None else budget_command.estimate_of(estimate)
    limits = read_budget(path)
    return limits if end is None else replace(limits, estimate=end)


def _written(found: "Compressed", place: Path) -> tuple[Path, ...]:
    from neurodeploy import toolchain

    if not found.is_met:
        return ()
    toolchain.write_network(found.model, place)
    return (place,)


def _checkpoints(checkpoint: Path) -> list[Path]:
    """Return the files of all nodes of all methods, so far."""
    return sorted(checkpoint.parent.glob(f"{checkpoint.name}.*"))


def _check(checkpoint: Path, resume: bool) -> tuple[str, ...]:
    there = _checkpoints(checkpoint)
    if there and not resume:
        raise InputError(
            "ND2807",
            f"{there[0]}: holds an interrupted compression; go on with --resume, or delete "
            f"{checkpoint}.* to start anew",
        )
    if resume and not there:
        return (f"{checkpoint}.* are not there, so the compression starts anew",)
    return ()


def _say_how_to_go_on(checkpoint: Path) -> None:
    there = _checkpoints(checkpoint)
    if not there:
        output.say("Interrupted in the first epoch; nothing is kept.")
        return
    arguments = [argument for argument in sys.argv[1:] if argument != "--resume"]
    output.say(f"Interrupted; {checkpoint}.* hold what was learned.")
    output.next_command(f"neurodeploy {shlex.join([*arguments, '--resume'])}")


def _refuse(found: "Compressed") -> None:
    """End with 1 where the budget is not met, each limit by its line."""
    if found.is_met:
        return
    from neurodeploy.regression import Status
    from neurodeploy.regression.amount import shown

    lines = [
        f"{f.path} is {shown(f.figure, f.unit)}, allowed {f.allowed}"
        for f in found.findings
        if f.status is Status.FAILED
    ]
    if not found.answers:
        lines.append(
            f"accuracy is {100 * found.after.accuracy:.2f} %, one answer for all samples has "
            f"{100 * found.constant_accuracy:.2f} %: the budget leaves no network"
        )
    raise GateFailed("ND1861", *lines)


def _next(place: Path, encode: str | None, steps: int | None, budget: Path) -> str:
    coded = (f" --encode {encode}" if encode else "") + (f" --steps {steps}" if steps else "")
    return f"neurodeploy check {place} --data test.npz{coded} --budget {budget}"
