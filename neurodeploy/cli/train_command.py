"""`neurodeploy train`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output, robust_options, training
from neurodeploy.cli import train_options as given
from neurodeploy.cli.network_file import place_of
from neurodeploy.cli.train_text import Progress, as_json, print_trained

if TYPE_CHECKING:
    from neurodeploy.learning.data import Parts
    from neurodeploy.learning.memory import StepCost
    from neurodeploy.learning.options import TrainOptions
    from neurodeploy.learning.train import Trained
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Encoding, Samples

ERROR_SAMPLES = 500
"""Validation samples on which DSR's representation is measured."""


def train(
    model: Annotated[Path, typer.Argument(help="A .nir or .onnx file, or a network's folder.")],
    data: given.DataOrFunction,
    out: Annotated[Path, typer.Option("--output", "-o", help="The .nir to write, or a folder.")],
    method: given.MethodName = "bptt",
    epochs: given.Epochs = 10,
    batch_size: given.BatchSize = 100,
    learning_rate: given.Rate = None,
    optimiser: given.OptimiserName = "sgd",
    weight_decay: given.Decay = 5e-4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    validation: given.Share = None,
    validation_data: given.ValidationData = None,
    loss: given.LossName = None,
    batchnorm: given.BatchNorm = False,
    threshold_percentile: given.Percentile = None,
    alpha: given.Alpha = 0.5,
    train_thresholds: given.Thresholds = False,
    train_leaks: given.Leaks = False,
    train_v0: given.FirstVoltages = False,
    surrogate: given.SurrogateName = "triangular",
    surrogate_width: given.SurrogateWidth = 1.0,
    synops_weight: given.SynopsWeight = 0.0,
    teacher: given.Teacher = None,
    distill_weight: given.DistillWeight = None,
    quantised: given.Quantised = False,
    chip: options.Chip = None,
    weight_bits: options.WeightBits = None,
    input_coding: options.Coding = None,
    patience: given.Patience = None,
    adversarial: robust_options.AdversarialName = None,
    eps: robust_options.Eps = None,
    attack_steps: robust_options.AttackSteps = None,
    beta: robust_options.Beta = None,
    device: given.DeviceName = "auto",
    mixed_precision: given.Mixed = False,
    threads: given.Threads = None,
    resume: given.Resume = False,
    report_memory: Annotated[
        bool,
        typer.Option("--report-memory", help="Also measure a step's memory and time beside BPTT."),
    ] = False,
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
    """Train or finetune a network, in floats or in a chip's integers.

    Reads a network and labelled data; writes the network, FILE.log.json and FILE.log.html. The
    epoch that is best on the validation part is kept. Needs the extra `train`.
    """
    training.need_torch()
    import torch

    from neurodeploy import toolchain
    from neurodeploy.learning.train import train as run_training

    if threads is not None:
        torch.set_num_threads(threads)

    def read(source: str) -> "tuple[Samples, Encoding | None]":
        if ":" in source and not Path(source).exists():
            from neurodeploy.learning.data_source import data_of

            coder = options.encoding(encode, steps, seed, delta_threshold, step_us)
            return data_of(source, limit), coder
        return options.stimulus(
            Path(source),
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
    network, assumptions = toolchain.load_model(model, conventions)
    samples, coder = read(data)
    held_out = None if validation_data is None else read(validation_data)[0]
    parts = training.parts_of(samples, held_out, coder, validation, seed)
    network = training.ranged(network, parts)
    chosen = given.Chosen(
        method=method,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        optimiser=optimiser,
        weight_decay=weight_decay,
        seed=seed,
        loss=loss,
        batchnorm=batchnorm,
        threshold_percentile=threshold_percentile,
        alpha=alpha,
        train_thresholds=train_thresholds,
        train_leaks=train_leaks,
        train_v0=train_v0,
        surrogate=surrogate,
        surrogate_width=surrogate_width,
        synops_weight=synops_weight,
        distill_weight=distill_weight,
        has_teacher=teacher is not None,
        quantised=quantised,
        chip=chip,
        weight_bits=weight_bits,
        input_coding=input_coding,
        patience=patience,
        device=device,
        mixed_precision=mixed_precision,
    )
    objective = robust_options.objective_of(adversarial, eps, attack_steps, beta)
    choice = replace(given.train_options(chosen, network), objective=objective)
    if objective is not None:
        robust_options.refuse_without_values(parts)
    place = place_of(network, out)
    checkpoint = training.checkpoint_of(out)
    fresh = training.check_checkpoint(checkpoint, resume)
    known = None if teacher is None else toolchain.load_model(teacher, conventions)[0]
    if not json:
        for line in (*assumptions, *fresh):
            output.say(f"assumed: {line}")
        if objective is not None:
            output.say(robust_options.reach(network, objective))
    with Progress(choice.epochs, quiet=json) as progress:
        try:
            trained = run_training(
                network,
                parts,
                choice,
                teacher=known,
                checkpoint=checkpoint,
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            )
        except KeyboardInterrupt:
            progress.stop()
            training.say_how_to_go_on(checkpoint)
            raise typer.Exit(training.INTERRUPTED) from None
    written = training.write_trained(trained, place, out)
    checkpoint.unlink(missing_ok=True)
    extras = _extras(network, parts, choice, trained, report_memory)
    if json:
        output.print_json(as_json(trained, written, assumptions, *extras))
        return
    print_trained(trained, written, *extras, known=network.history, asked=out)
    output.next_command(_next(trained.model, place, _again(encode, steps)))


def _extras(
    network: "Model",
    parts: "Parts",
    choice: "TrainOptions",
    trained: "Trained",
    report_memory: bool,
) -> "tuple[Mapping[str, tuple[float, ...]] | None, Mapping[str, StepCost] | None]":
    """Return DSR's representation errors, and the costs of a step beside BPTT's if asked for."""
    from neurodeploy.learning.data import batches, series
    from neurodeploy.learning.memory import beside_bptt
    from neurodeploy.learning.options import Method
    from neurodeploy.learning.representation import representation_errors

    errors = None
    if choice.method is Method.DSR:
        part = parts.validation
        chosen = next(batches(part, ERROR_SAMPLES, None))
        shape = network.inputs[0].shape
        errors = representation_errors(trained.model, series(part, chosen, parts.encoding, shape))
    return errors, beside_bptt(network, parts, choice) if report_memory else None


def _next(model: "Model", place: Path, again: str) -> str:
    from neurodeploy.model import Relu

    if any(isinstance(p.neuron, Relu) for p in model.populations):
        return f"neurodeploy inspect {place}"  # an artificial network does not compile
    return f"neurodeploy profile {place} --data test.npz{again}"


def _again(encode: str | None, steps: int | None) -> str:
    """Return the options that make the same series of the same data."""
    return (f" --encode {encode}" if encode else "") + (f" --steps {steps}" if steps else "")
