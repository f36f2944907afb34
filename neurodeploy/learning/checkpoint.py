"""A training's state between two epochs, as one file that torch reads without pickled code."""

import dataclasses
from pathlib import Path
from typing import Any

import torch

from neurodeploy.errors import InputError
from neurodeploy.learning.log import Epoch
from neurodeploy.storage.atomic import new_file

SCHEMA = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything that the next epoch depends on.

    Parameters
    ----------
    key : fingerprint of model, data and options; a training goes on only from its own.
    rule : state of the rule that the weights obey; empty without one.
    """

    key: str
    twin: dict[str, Any]
    optimiser: dict[str, Any]
    schedule: dict[str, Any]
    best: dict[str, Any]
    best_accuracy: float
    epochs: tuple[Epoch, ...]
    rule: dict[str, Any] = dataclasses.field(default_factory=dict)


def write(checkpoint: Checkpoint, path: Path) -> None:
    """Write `checkpoint` under a temporary name and move it."""
    content = {
        "schema": SCHEMA,
        "key": checkpoint.key,
        "twin": checkpoint.twin,
        "optimiser": checkpoint.optimiser,
        "schedule": checkpoint.schedule,
        "best": checkpoint.best,
        "best_accuracy": checkpoint.best_accuracy,
        "epochs": [dataclasses.asdict(epoch) for epoch in checkpoint.epochs],
        "rule": checkpoint.rule,
    }
    with new_file(path) as temporary:
        torch.save(content, temporary)


def read(path: Path, key: str) -> Checkpoint:
    """Return the checkpoint at `path`.

    Raises
    ------
    InputError
        If it is none (ND2804), or belongs to another training (ND2805).
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        found = content["key"] if content["schema"] == SCHEMA else None
    except Exception as error:  # a foreign parser on a file of unknown origin
        raise InputError("ND2804", f"{path}: not a checkpoint ({error})") from error
    if found != key:
        raise InputError(
            "ND2805",
            f"{path}: belongs to another training (other network, data or options); "
            "start anew with another --output, or give the same command",
        )
    return Checkpoint(
        key=key,
        twin=content["twin"],
        optimiser=content["optimiser"],
        schedule=content["schedule"],
        best=content["best"],
        best_accuracy=content["best_accuracy"],
        epochs=tuple(Epoch(**epoch) for epoch in content["epochs"]),
        rule=content.get("rule", {}),  # absent in what was written before rules were
    )
