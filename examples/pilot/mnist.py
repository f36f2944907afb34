"""mnist-8 of the ONNX model zoo from its file to a verdict, with the times of every stage.

Run: python -m examples.pilot.mnist
"""

import os
import resource
import time
from pathlib import Path

import numpy as np

from examples.mnist import load_mnist
from examples.once import RESULTS, write_json
from neurodeploy.frontends.samples import Samples
from neurodeploy.pilot.given import Files, PilotOptions
from neurodeploy.pilot.manifest import Manifest
from neurodeploy.pilot.run import Event, run_pilot
from neurodeploy.report.json_file import read_report
from neurodeploy.storage.arrays import write_npz
from neurodeploy.storage.atomic import new_file, write_text

MODELS = Path(os.environ.get("NEURODEPLOY_MODELS", "../shared/models"))
N_VALIDATION = 5000
BUDGET = """\
[budget]
chip = "loihi2"

[budget.accuracy]
accuracy = 0.98

[budget.energy]
energy_total_j = "5 mJ"
"""


def write_files(folder: Path) -> Files:
    """Write the arrays and the budget into `folder`; validation images are training images."""
    data = load_mnist()
    order = np.random.default_rng(0).permutation(data.train.n_samples)[:N_VALIDATION]
    _write(data.train.taken(order), folder / "val.npz")
    _write(data.test, folder / "test.npz")
    write_text(folder / "budget.toml", BUDGET)
    return Files(
        network=MODELS / "onnx" / "mnist-8.onnx",
        validation=folder / "val.npz",
        test=folder / "test.npz",
        budget=folder / "budget.toml",
    )


def main(folder: Path = Path("build") / "pilot-mnist") -> None:
    begun: dict[str, tuple[float, float]] = {}
    took: dict[str, tuple[float, float]] = {}

    def on_stage(event: Event) -> None:
        if event.record is None:
            begun[event.name] = _clocks()
            return
        wall, cpu = (now - then for now, then in zip(_clocks(), begun[event.name], strict=True))
        took[event.name] = wall, cpu
        print(
            f"{event.name}: {event.record.status}, {wall:.0f} s, processor {cpu:.0f} s", flush=True
        )

    files = write_files(folder)
    manifest = run_pilot(files, folder / "pilot", PilotOptions(), force=True, on_stage=on_stage)
    write_json(_result(manifest, folder, took), RESULTS / "pilot_mnist.json")


def _clocks() -> tuple[float, float]:
    """Return wall time, and the processor time of the stages that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic(), children.ru_utime + children.ru_stime


def _result(
    manifest: Manifest, folder: Path, took: dict[str, tuple[float, float]]
) -> dict[str, object]:
    metrics = read_report(folder / "pilot" / "profile" / "report.json").metrics
    return {
        "wall_s": {name: round(wall, 1) for name, (wall, _) in took.items()},
        "processor_s": {name: round(cpu, 1) for name, (_, cpu) in took.items()},
        "failed": [stage.name for stage in manifest.failed],
        "status": {stage.name: stage.status for stage in manifest.stages},
        "accuracy": metrics["accuracy"].value,
        "energy_total_j": [
            getattr(metrics["energy_total_j"], end) for end in ("low", "value", "high")
        ],
    }


def _write(samples: Samples, path: Path) -> None:
    assert samples.y is not None
    with new_file(path) as temporary:
        write_npz(temporary, {"x": samples.x, "y": samples.y})


if __name__ == "__main__":
    main()
