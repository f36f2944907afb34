"""`neurodeploy protect`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output, training
from neurodeploy.cli import protect_options as given
from neurodeploy.cli import train_options as trained_with
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.cli.network_file import place_of
from neurodeploy.cli.train_text import Progress
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.methods.private.protect import Protected
    from neurodeploy.model import Model

CAUTION = (
    "This is obfuscation, not cryptography; measure it with `neurodeploy leak` before you rely on "
    "it."
)


def protect(
    model: Annotated[Path, typer.Argument(help="The spiking network: a .nir file or a folder.")],
    teacher: Annotated[
        Path, typer.Option("--teacher", help="The artificial network it comes from: .onnx, folder.")
    ],
    out: Annotated[Path, typer.Option("--output", "-o", help="The .nir to write, or a folder.")],
    steps: Annotated[
        int, typer.Option("--steps", "-T", min=1, help="Steps a sample is shown for.")
    ] = 20,
    epochs: Annotated[int, typer.Option("--epochs", min=0, help="0 trains nothing.")] = 10,
    batch_size: trained_with.BatchSize = 100,
    learning_rate: Annotated[float, typer.Option("--learning-rate", help="Of AdamW.")] = 5e-4,
    weight_decay: trained_with.Decay = 0.0,
    distill_weight: given.DistillWeight = 0.7,
    temperature: given.Temperature = 4.0,
    leak: given.LeakShare = None,
    noise: given.NoiseShare = 0.0,
    train_thresholds: trained_with.Thresholds = False,
    surrogate: trained_with.SurrogateName = "triangular",
    surrogate_width: trained_with.SurrogateWidth = 1.0,
    traps: given.TrapWeight = 0.0,
    trap_patterns: given.TrapPatterns = 1,
    trap_amplitude: given.TrapAmplitude = 0.3,
    steer: given.SteerWeight = 0.0,
    steer_steps: given.SteerSteps = 4,
    disguise: given.Disguise = False,
    withhold_readout: given.Withhold = None,
    per_class: given.PerClass = 60,
    iterations: given.Iterations = 150,
    label_temperature: given.LabelTemperature = 20.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    resume: trained_with.Resume = False,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Retrain a spiking network on samples made from its teacher, so that it gives less away.

    Reads the network and its teacher, and no data; writes the protected network. What it achieves
    is for `leak` to say. Needs the extra `train`.
    """
    training.need_torch()
    from neurodeploy import toolchain
    from neurodeploy.learning.twin.surrogate import Shape, Surrogate
    from neurodeploy.methods.private import ProtectOptions
    from neurodeploy.methods.private import protect as run_protection

    if withhold_readout is not None and withhold_readout.suffix.lower() != ".npz":
        raise InputError(
            "ND2601", f"--withhold-readout is {str(withhold_readout)!r}, expected an .npz file"
        )
    refuse_unknown("--surrogate", surrogate, Shape)
    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    network, assumptions = toolchain.load_model(model, conventions)
    known = _declared_as(network, toolchain.load_model(teacher)[0])
    choice = ProtectOptions(
        synthesis=given.synthesis_options(per_class, iterations, label_temperature, seed),
        n_steps=steps,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        distill_weight=distill_weight,
        temperature=temperature,
        leak=leak,
        noise=noise,
        thresholds=train_thresholds,
        surrogate=Surrogate(shape=Shape(surrogate), width=surrogate_width),
        traps=given.traps_of(traps, trap_patterns, trap_amplitude, seed),
        steering=given.steering_of(steer, steer_steps),
        disguise=disguise,
        withhold=withhold_readout is not None,
        seed=seed,
    )
    place = place_of(network, out)
    checkpoint = training.checkpoint_of(out)
    fresh = training.check_checkpoint(checkpoint, resume)
    if not json:
        for line in (*assumptions, *fresh):
            output.say(f"assumed: {line}")
    with Progress(epochs, quiet=json) as progress:
        try:
            found = run_protection(
                network,
                known,
                choice,
                checkpoint=checkpoint,
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            )
        except KeyboardInterrupt:
            progress.stop()
            training.say_how_to_go_on(checkpoint)
            raise typer.Exit(training.INTERRUPTED) from None
    toolchain.write_network(found.model, place)
    _write_key(found, withhold_readout)
    checkpoint.unlink(missing_ok=True)
    files = [place] if withhold_readout is None else [place, withhold_readout]
    if json:
        output.print_json(_as_json(found, files, assumptions))
        return
    _print(found, files, known=network.history)
    output.next_command(
        f"neurodeploy leak {place} --judge judge.onnx --data test.npz --public public.npz "
        f"--steps {steps}"
    )


def _declared_as(network: "Model", teacher: "Model") -> "Model":
    """Return the teacher with the network's declared range, where their inputs fit."""
    from neurodeploy.toolchain import with_input_range

    if len(network.inputs) != 1 or len(teacher.inputs) != 1:
        return teacher
    node = network.inputs[0]
    return with_input_range(teacher, node.low, node.high, "as in the network")


def _write_key(found: "Protected", path: Path | None) -> None:
    import numpy as np

    from neurodeploy.storage.atomic import new_file

    if path is None or found.key is None:
        return
    with new_file(path) as temporary:
        np.savez(temporary, key=found.key)


def _print(found: "Protected", files: list[Path], *, known: tuple[str, ...]) -> None:
    if found.trained is not None:
        output.say(
            f"\nKept the best of {len(found.trained.epochs)} epochs: "
            f"{100 * found.trained.best_accuracy:.2f} % right on synthetic samples set aside"
        )
    for line in found.model.history[len(known) :]:
        output.say(f"  {line}")
    whats = ("the protected network", "the readout, which is not to be released")
    for path, what in zip(files, whats, strict=False):
        output.say(f"Wrote {path}: {what}")
    output.say(CAUTION)


def _as_json(
    found: "Protected", files: list[Path], assumptions: tuple[str, ...]
) -> dict[str, object]:
    trained, made = found.trained, found.synthesis
    return {
        "files": [str(path) for path in files],
        "digest": found.model.digest,
        "best_accuracy": None if trained is None else trained.best_accuracy,
        "epochs": [] if trained is None else [options.as_plain(e) for e in trained.epochs],
        "n_synthetic": 0 if made is None else made.samples.n_samples,
        "synthetic_agreeing": None if made is None else made.agreeing,
        "assumptions": list(assumptions),
        "history": list(found.model.history),
        "caution": CAUTION,
    }
