"""One training that is done only once, and what it gave."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from examples.fashion import Fashion
from neurodeploy.learning.evaluate import evaluate
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.storage.atomic import new_file

TRAINED = Path(os.environ.get("NEURODEPLOY_TRAINED", "build/training"))
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A trained network and its figures: accuracies 0 to 1, and the processor time it took."""

    model: Model
    validation: float
    test: float
    cpu_s: float


def trained(
    name: str,
    start: Callable[[], Model],
    data: Fashion,
    n_steps: int,
    options: TrainOptions,
    teacher: Model | None = None,
) -> Result:
    """Return the network trained under `name`; from its file, if it was trained before."""
    folder, record = TRAINED / name, TRAINED / f"{name}.json"
    torch.set_num_threads(1)
    if not record.is_file():
        began = time.process_time()
        result = train(
            start(),
            data.parts(n_steps),
            options,
            teacher=teacher,
            checkpoint=TRAINED / f"{name}.checkpoint",
            on_epoch=lambda e: print(
                f"{name} epoch {e.number} loss {e.loss:.3f} validation "
                f"{100 * e.validation_accuracy:.2f} % rates "
                + " ".join(f"{rate:.3f}" for rate in e.rates.values()),
                flush=True,
            ),
        )
        cpu_s = time.process_time() - began
        test = evaluate(Twin(result.model), data.test, data.parts(n_steps).encoding).accuracy
        write_model(result.model, folder)
        figures = {"validation": result.best_accuracy, "test": test, "cpu_s": cpu_s}
        write_json(figures, record)
    figures = json.loads(record.read_text())
    return Result(model=read_model(folder), **figures)


def write_json(content: object, path: Path) -> None:
    """Write `content` under a temporary name and move it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
