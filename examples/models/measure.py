"""What the networks of this folder do once deployed: `python -m examples.models.measure [NAME...]`.

Accuracy and operations are counted on all test images, energy and time are modelled on the first
200. Adds to examples/results/models.json, from which `examples.models.card` makes the cards.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

import neurodeploy
from examples.fashion import Fashion
from examples.models.recipes import ANN_STEPS, EPS, RECIPES, Recipe
from examples.once import RESULTS, write_json
from neurodeploy import toolchain
from neurodeploy.audits.attacks.evaluate import evaluate
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.methods.conversion.over_steps import ann_predictions
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions

FILE = RESULTS / "models.json"
N_FIRST, BATCH = 200, 2500
COUNTED = ("accuracy", "synops_hw", "synops_effective", "exit_step", "exit_accuracy_full")
MODELLED = ("energy_total_j", "energy_dynamic_j", "latency_s")
ATTACKED = ("fashion", "fashion_robust")
"""Networks that the protocol `quick` attacks, to be held against each other."""


def main() -> None:
    """Measure what the command line names, else everything."""
    torch.set_num_threads(1)
    for name in sys.argv[1:] or RECIPES:
        figures = measured(name)
        found = json.loads(FILE.read_text()) if FILE.is_file() else {}
        write_json({**found, name: figures}, FILE)
        print(name, figures, flush=True)


def measured(name: str) -> dict[str, Any]:
    """Return the figures of one file of this folder."""
    recipe = RECIPES[name]
    data = recipe.data()
    identity = {"bytes": size_of(recipe.path), **digests(recipe)}
    if recipe.n_steps == ANN_STEPS:
        right = ann_predictions(toolchain.load_model(recipe.path)[0], data.test) == data.test.y
        first = int(right[:N_FIRST].sum())
        return {**identity, "accuracy": float(right.mean()), "first_right": first}
    deployment = deployed(recipe)
    first_report = profiled(deployment, first_images(data), recipe)
    return {
        **identity,
        **counted(deployment, data, recipe),
        "first_right": round(float(first_report.metrics["accuracy"].value or 0) * N_FIRST),
        "chip": first_report.chip,
        "modelled": {metric: as_json(first_report, metric) for metric in MODELLED},
        **(attacked(recipe, data) if name in ATTACKED else {}),
    }


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    return sum(file.stat().st_size for file in files)


def digests(recipe: Recipe) -> dict[str, str]:
    """Return the digest of the noun, and the sha256 of a file that is one."""
    if recipe.path.is_dir():
        return {"digest": toolchain.load_deployment(recipe.path).digest}
    sha256 = hashlib.sha256(recipe.path.read_bytes()).hexdigest()
    return {"digest": toolchain.load_model(recipe.path)[0].digest, "sha256": sha256}


def deployed(recipe: Recipe) -> Deployment:
    """Return the network in integers, by `compile` without any option."""
    if recipe.path.is_dir():
        return toolchain.load_deployment(recipe.path)
    return neurodeploy.compile(neurodeploy.load(recipe.path))


def first_images(data: Fashion) -> Samples:
    """Return the test images that a card's test runs."""
    return data.test.taken(np.arange(N_FIRST))


def profiled(
    deployment: Deployment, samples: Samples, recipe: Recipe, fidelity: Fidelity = Fidelity.L3
) -> Report:
    """Return the report of `samples`, each shown in every step."""
    encoding = Encoding(coder="direct", n_steps=recipe.n_steps)
    stimulus = toolchain.stimulus_of(deployment, samples, encoding)
    return toolchain.profile(deployment, stimulus, RunOptions(fidelity=fidelity, workers=1))


def counted(deployment: Deployment, data: Fashion, recipe: Recipe) -> dict[str, float]:
    """Return exact figures of all test images: means over parts of equal size."""
    n = data.test.n_samples
    reports = [
        profiled(deployment, data.test.taken(np.arange(k, k + BATCH)), recipe, Fidelity.L1)
        for k in range(0, n, BATCH)
    ]
    names = [name for name in COUNTED if name in reports[0].metrics]
    return {name: _mean([report.metrics[name].value for report in reports]) for name in names}


def _mean(values: list[float | None]) -> float:
    known = [value for value in values if value is not None]
    assert len(known) == len(values)  # they are counted
    return float(np.mean(known))


def as_json(report: Report, name: str) -> dict[str, Any]:
    """Return a modelled figure with its ends and its sources."""
    metric = report.metrics[name]
    keys = ("value", "low", "high", "unit", "source", "note")
    return {key: getattr(metric, key) for key in keys}


def attacked(recipe: Recipe, data: Fashion) -> dict[str, Any]:
    """Return what the protocol `quick` leaves of the float network's accuracy."""
    encoding = Encoding(coder="direct", n_steps=recipe.n_steps)
    model = toolchain.load_model(recipe.path)[0]
    report = evaluate(model, data.test, encoding, read_protocol("quick")).report
    if report.eps != EPS:
        raise SystemExit(f"the protocol quick has the radius {report.eps}, expected {EPS}")
    left = {"n": report.n_samples, "clean": report.clean.share, "left": report.robust.share}
    return {"attacked": left}


if __name__ == "__main__":
    main()
