"""`neurodeploy harden`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import harden_options as given
from neurodeploy.cli import options, output, robust_options, training
from neurodeploy.cli import train_options as shared
from neurodeploy.cli.harden_text import as_json, print_hardened
from neurodeploy.cli.network_file import place_of
from neurodeploy.cli.train_text import Progress

if TYPE_CHECKING:
    from neurodeploy.toolchain import Encoding, Samples


def harden(
    model: Annotated[Path, typer.Argument(help="A .nir file or the folder of a network.")],
    data: shared.DataOrFunction,
    out: Annotated[Path, typer.Option("--output", "-o", help="The .nir to write, or a folder.")],
    eps: robust_options.Eps = None,
    loss: given.LossName = "ce+kl",
    attack: given.AttackName = "rfgsm",
    aim: given.AimName = "answer",
    attack_steps: robust_options.AttackSteps = None,
    beta: robust_options.Beta = None,
    epochs: given.Epochs = 3,
    batch_size: shared.BatchSize = 100,
    learning_rate: given.Rate = 0.01,
    weight_decay: given.Decay = 1e-3,
    train_weights: given.Weights = True,
    train_thresholds: given.Thresholds = True,
    least_threshold: given.Floor = 0.03,
    batchnorm: given.BatchNorm = True,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    validation: shared.Share = None,
    validation_data: shared.ValidationData = None,
    device: shared.DeviceName = "auto",
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
    """Finetune a spiking network against perturbed samples: weights, BatchNorm and thresholds.

    Reads a network that `convert --robust` or training gave, and labelled data, shown in every one
    of --steps; writes the network, FILE.log.json and FILE.log.html. The epoch that is best under
    the attack is kept. How robust it is says `attack`, not this. Needs the extra `train`.
    """
    training.need_torch()
    import torch

    from neurodeploy import toolchain
    from neurodeploy.methods.robust.harden import harden as run_hardening

    if threads is not None:
        torch.set_num_threads(threads)
    choice = given.harden_options(
        given.Chosen(
            eps=eps,
            loss=loss,
            attack=attack,
            aim=aim,
            attack_steps=attack_steps,
            beta=beta,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            weights=train_weights,
            thresholds=train_thresholds,
            least_threshold=least_threshold,
            batchnorm=batchnorm,
            seed=seed,
            device=device,
        )
    )
    shown = encode or (None if steps is None else "direct")

    def read(source: str) -> "tuple[Samples, Encoding | None]":
        return training.data_of(source, encode=shown, steps=steps, seed=seed, limit=limit)

    conventions = options.conventions(dt, reset, if_gain, discretisation, framework)
    network, assumptions = toolchain.load_model(model, conventions)
    samples, coder = read(data)
    held_out = None if validation_data is None else read(validation_data)[0]
    parts = training.parts_of(samples, held_out, coder, validation, seed)
    robust_options.refuse_without_values(parts)
    network = training.ranged(network, parts)
    place = place_of(network, out)
    checkpoint = training.checkpoint_of(out)
    fresh = training.check_checkpoint(checkpoint, resume)
    if not json:
        for line in (*assumptions, *fresh):
            output.say(f"assumed: {line}")
        output.say(robust_options.reach(network, choice.objective))
    with Progress(epochs, quiet=json) as progress:
        try:
            hardened = run_hardening(
                network,
                parts,
                choice,
                checkpoint=checkpoint,
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            )
        except KeyboardInterrupt:
            progress.stop()
            training.say_how_to_go_on(checkpoint)
            raise typer.Exit(training.INTERRUPTED) from None
    written = training.write_trained(hardened.trained, place, out)
    checkpoint.unlink(missing_ok=True)
    if json:
        output.print_json(as_json(hardened, written, assumptions))
        return
    print_hardened(hardened, written, known=network.history)
    output.next_command(_next(place, shown, steps, eps))


def _next(place: Path, encode: str | None, steps: int | None, eps: float | None) -> str:
    """Return the attack that says how robust the network is."""
    coded = (f" --encode {encode}" if encode else "") + (f" --steps {steps}" if steps else "")
    reach = f" --eps {eps:g}" if eps is not None else ""
    return f"neurodeploy attack {place} --data test.npz{coded}{reach}"
