"""The demo: digits, a small trained network, its integers, and what they cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neurodeploy import toolchain
from neurodeploy.errors import TargetUnavailable
from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS, TRAINING_SEED
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.model import Model
from neurodeploy.report.json_file import as_json, write_report
from neurodeploy.report.report import Report
from neurodeploy.report.run_file import write_run_facts
from neurodeploy.storage.arrays import write_npz
from neurodeploy.storage.atomic import new_file

Progress = Callable[[int, int, float], None]
"""Called with the epoch, the number of epochs and the accuracy on the validation part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demo found, and the files it wrote (name to what it is)."""

    report: Report
    float_accuracy: float
    files: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "float_accuracy": self.float_accuracy,
            "files": dict(self.files),
            "report": as_json(self.report),
        }


def run_demo(
    folder: Path, *, chip: str | None, train: bool, on_progress: Progress | None = None
) -> Demo:
    """Write model, stimulus, deployment and report of the demo into `folder`.

    The network is chosen on validation data; the test images are seen only here.
    """
    model = _trained(on_progress) if train else toolchain.load_model(DEMO_NETWORK)[0]
    digits = load_digits()
    spikes = rate(digits.test.x, N_STEPS, CODING_SEED)
    with new_file(folder / "test.npz") as temporary:
        write_npz(temporary, {"x": spikes, "y": digits.test.y})
    toolchain.write_nir(model, folder / "model.nir")
    deployment = toolchain.compile_network(model, "cpu-emu", toolchain.CompileOptions(chip=chip))
    toolchain.save(deployment, folder / "build")
    samples = toolchain.read_samples(folder / "test.npz")
    report = toolchain.profile(deployment, toolchain.stimulus_of(deployment, samples))
    write_report(report, folder / "report" / "report.json")
    report.to_html(folder / "report" / "report.html")
    write_run_facts(folder / "report" / "run.json", stimulus=str(folder / "test.npz"), workers=None)
    return Demo(
        report=report,
        float_accuracy=toolchain.float_accuracy(deployment, samples, None),
        files={
            "model.nir": "the network, readable by any NIR tool",
            "test.npz": f"{len(spikes)} held-out images as spikes over {N_STEPS} steps",
            "build": "the deployment: integers, placement, history",
            "report/report.json": "every figure with unit, interval and source",
            "report/report.html": "the same as a page for your browser",
        },
    )


def _trained(on_progress: Progress | None) -> Model:
    try:
        from neurodeploy.frontends.snntorch import from_snntorch  # needs torch
        from neurodeploy.learning.demo import train_demo
    except ImportError as error:
        raise TargetUnavailable(
            "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[train]'"
        ) from error
    return from_snntorch(train_demo(TRAINING_SEED, on_progress), (64,))
