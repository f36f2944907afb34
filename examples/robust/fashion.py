"""Train every arm on Fashion-MNIST and attack it: the worst of nineteen gradients, image by image.

``python -m examples.robust.fashion`` goes on where it stopped; ``--toy`` only shows that it runs.
"""

import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from examples.fashion import Fashion
from examples.once import RESULTS, TRAINED, write_json
from examples.robust.arms import ARMS, BETA, EPS, FULL, N_STEPS, TOY, Size, ann, data_of, spiking
from neurodeploy.audits.attacks.evaluate import Evaluation, evaluate
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.learning.evaluate import evaluate as score
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model

HERE = Path(__file__).parent
FIRST = ("method", "natural_start", "none")
"""Arms of the headline; they come first, so that an interrupted run holds them."""


def results_of(size: Size) -> Path:
    """Return where the figures go."""
    return RESULTS / "robust_fashion.json" if size is FULL else TRAINED / "robust_toy.json"


def attacked(
    model: Model, n_steps: int, data: Fashion, size: Size, *, alone: bool
) -> dict[str, Any]:
    """Return the figures of one network on the test images.

    Parameters
    ----------
    alone : whether each gradient is tried on all images, so that it has a figure of its own.
    """
    encoding = data.parts(n_steps).encoding
    name = "artificial" if n_steps == 1 else "ensemble"
    protocol = read_protocol(str(HERE / f"{name}.toml"))
    protocol = replace(protocol, n_samples=size.n_attacked, alone=alone)
    began = time.process_time()
    found: Evaluation = evaluate(model, data.test, encoding, protocol)
    report = found.report
    part = data.test if size is FULL else data.validation
    return {
        "test": score(Twin(model), part, encoding).accuracy,
        "clean": report.clean.share,
        "robust": report.robust.share,
        "n": report.n_samples,
        "left": {row.name: row.left.share for row in report.attacks},
        "own": {row.name: row.own.share for row in report.attacks if row.own is not None},
        "dead": sum(row.dead for row in report.attacks),
        "activity": asdict(report.clean_activity),
        "activity_under_attack": asdict(report.under_attack),
        "protocol": report.protocol_digest,
        "samples": report.samples_digest,
        "attack_cpu_s": time.process_time() - began,
    }


def main(size: Size) -> None:
    """Do what is not done yet, the headline first, and write the figures after every network."""
    torch.set_num_threads(1)
    data, path = data_of(size), results_of(size)
    document = json.loads(path.read_text()) if path.is_file() else {"runs": {}}
    document["settings"] = {**asdict(size), "eps": EPS, "n_steps": N_STEPS, "beta": BETA}
    document["labels"] = {name: arm.label for name, arm in ARMS.items()}
    anns = ("ann_robust", "ann_natural")
    rest = (*anns, *(name for name in ARMS if name not in FIRST))
    for seed in size.seeds:
        spiking("method", seed, data, size)  # others attack these as well
    order = [(seed, name) for seed in size.seeds for name in FIRST]
    for seed, name in order + [(seed, name) for name in rest for seed in size.seeds]:
        runs = document["runs"].setdefault(name, {})
        if str(seed) in runs:
            continue
        began = time.process_time()
        model = _network(name, seed, data, size)
        trained_s = time.process_time() - began
        n_steps = 1 if name in anns else N_STEPS
        runs[str(seed)] = attacked(model, n_steps, data, size, alone=name == "method")
        write_json(document, path)
        figures = runs[str(seed)]
        print(
            f"{name} {seed}: test {100 * figures['test']:.2f} %, of {figures['n']} clean "
            f"{100 * figures['clean']:.2f} %, worst {100 * figures['robust']:.2f} % "
            f"({trained_s:.0f} s, {figures['attack_cpu_s']:.0f} s)",
            flush=True,
        )


def _network(name: str, seed: int, data: Fashion, size: Size) -> Model:
    if name.startswith("ann_"):
        return ann(name.removeprefix("ann_"), seed, data, size)
    return spiking(name, seed, data, size)


if __name__ == "__main__":
    main(TOY if "--toy" in sys.argv[1:] else FULL)
