"""What every command that trains shares: its data, its checkpoint, and the files it writes."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.learning.data import Parts
    from neurodeploy.learning.train import Trained
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Encoding, Samples

INTERRUPTED = 130
"""What a shell gives for a program that Ctrl-C ended."""


def checkpoint_of(out: Path) -> Path:
    """Return where a training that writes `out` keeps its state between two epochs."""
    return out.with_name(f"{out.stem}.checkpoint")


def need_torch() -> None:
    """Refuse at once where torch is missing, as `export` does."""
    try:
        import torch  # noqa: F401  # only asks whether it is there
    except ImportError as error:
        from neurodeploy.toolchain import missing_extra

        raise missing_extra(error, "train") from error


def data_of(
    source: str, *, encode: str | None, steps: int | None, seed: int, limit: int | None
) -> "tuple[Samples, Encoding | None]":
    """Read a file, or what package.module:function gives; return it and how it becomes a series."""
    if ":" in source and not Path(source).exists():
        from neurodeploy.learning.data_source import data_of as called

        return called(source, limit), options.encoding(encode, steps, seed, None, None)
    return options.stimulus(
        Path(source),
        labels=None,
        observable=None,
        limit=limit,
        layout=None,
        encode=encode,
        steps=steps,
        seed=seed,
        delta_threshold=None,
        step_us=None,
    )


def parts_of(
    samples: "Samples",
    held_out: "Samples | None",
    coder: "Encoding | None",
    share: float | None,
    seed: int,
) -> "Parts":
    """Return what is trained on and what chooses the epoch: data of its own, or a share."""
    from neurodeploy.learning.data import Parts, split

    if held_out is None:
        return split(samples, coder, 0.1 if share is None else share, seed)
    if share is not None:
        raise InputError("ND2601", "--validation and --validation-data exclude each other")
    return Parts(train=samples, validation=held_out, encoding=coder)


def ranged(network: "Model", parts: "Parts") -> "Model":
    """Return the network with the range of the training data's values, as `compile` takes it."""
    from neurodeploy.learning.data import check
    from neurodeploy.toolchain import with_range_of

    check(network, parts)
    return with_range_of(network, parts.train, parts.encoding)


def check_checkpoint(checkpoint: Path, resume: bool) -> tuple[str, ...]:
    """Return what is to be said; a checkpoint that nobody goes on from is not overwritten."""
    if checkpoint.is_file() and not resume:
        raise InputError(
            "ND2807",
            f"{checkpoint}: holds an interrupted training; go on with --resume, or delete it to "
            "start anew",
        )
    if resume and not checkpoint.is_file():
        return (f"{checkpoint} is not there, so the training starts anew",)
    return ()


def say_how_to_go_on(checkpoint: Path) -> None:
    """Print the command that goes on from `checkpoint`, after Ctrl-C."""
    if not checkpoint.is_file():
        output.say("Interrupted in the first epoch; nothing is kept.")
        return
    arguments = [argument for argument in sys.argv[1:] if argument != "--resume"]
    output.say(f"Interrupted; {checkpoint} holds what was learned.")
    output.next_command(f"neurodeploy {shlex.join([*arguments, '--resume'])}")


def write_trained(trained: "Trained", place: Path, out: Path) -> tuple[Path, ...]:
    """Write the network and its log; return the files, the network first."""
    from neurodeploy import toolchain
    from neurodeploy.learning.log import write_log
    from neurodeploy.learning.log_page import write_log_page

    log = out.with_name(f"{out.stem}.log.json")
    toolchain.write_network(trained.model, place)
    write_log(trained.epochs, log)
    page = log.with_suffix(".html")
    write_log_page(trained.epochs, f"{out.stem}: {trained.model.history[-1]}", page)
    return place, log, page
