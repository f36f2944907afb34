"""A small pilot with every stage: an artificial network, converted, trained, attacked, judged."""

import hashlib
from pathlib import Path

import numpy as np

from neurodeploy.model.model_file import write_model
from neurodeploy.pilot.given import Files, Introduction, PilotOptions
from support import anns

FILES = Files(
    network=Path("ann"),
    validation=Path("val.npz"),
    test=Path("test.npz"),
    train=Path("train.npz"),
    budget=Path("budget.toml"),
    judge=Path("judge"),
)
OPTIONS = PilotOptions(
    introduction=Introduction.TRAINED,
    n_steps=16,
    epochs=2,
    learning_rate=0.001,
    accuracy_drop=5.0,
    n_attacked=4,
)
BUDGET = '[budget]\nchip = "loihi2"\n[budget.accuracy]\naccuracy = 0.5\n'


def write_files() -> None:
    """Write what `FILES` names into the working directory."""
    network = anns.layers(0)
    write_model(network, Path("ann"))
    write_model(anns.layers(1), Path("judge"))
    for seed, (name, n_samples) in enumerate({"val": 200, "test": 80, "train": 100}.items()):
        x = anns.samples(seed + 1, n_samples).x
        np.savez(f"{name}.npz", x=x, y=network.simulate(x[:, None]).predictions())
    Path("budget.toml").write_text(BUDGET)


def content(folder: Path) -> dict[str, str]:
    """Return the digest of every file in `folder`, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
