"""Thresholds from samples made from the network alone: `python -m examples.private.data_free`.

Three networks, each converted as `convert` does by default, calibrated on real images, on as many
synthetic ones, and on uniform noise. Writes examples/results/private_data_free.json.
"""

import sys
import time

import numpy as np
import torch

from examples.fashion import Fashion, load_fashion
from examples.once import RESULTS, write_json
from examples.private.setting import PER_CLASS, SEEDS, accuracies, measured_on, synthetic, teacher
from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion import convert
from neurodeploy.methods.private import uniform_noise

STEPS = (10, 20, 60)


def calibrations(seed: int, data: Fashion) -> dict[str, Samples]:
    """Return what thresholds are set on, the same number of samples each."""
    made = synthetic(seed, data).samples
    chosen = np.random.default_rng(seed).permutation(data.train.n_samples)[: made.n_samples]
    noise = uniform_noise(teacher(seed, data).model, made.n_samples, seed)
    return {"real": data.train.taken(chosen), "synthetic": made, "noise": noise}


def main() -> None:
    """Convert nine times and write the figures after each."""
    torch.set_num_threads(1)
    data = load_fashion()
    toy = "--toy" in sys.argv
    test = measured_on(data, toy=toy)
    path = RESULTS / ("toy_" * toy + "private_data_free.json")
    runs: list[dict[str, object]] = []
    for seed in SEEDS[:1] if toy else SEEDS:
        found = teacher(seed, data)
        for kind, samples in calibrations(seed, data).items():
            began = time.process_time()
            conversion = convert(found.model, samples)
            accuracy = accuracies(conversion.model, test, STEPS)
            runs.append(
                {
                    "seed": seed,
                    "calibration": kind,
                    "ann": found.test,
                    "accuracy": accuracy,
                    "thresholds": dict(conversion.record.thresholds),
                    "agreeing": synthetic(seed, data).agreeing,
                    "cpu_s": time.process_time() - began,
                }
            )
            print(runs[-1], flush=True)
            write_json({"runs": runs, "steps": STEPS, "per_class": PER_CLASS}, path)


if __name__ == "__main__":
    main()
