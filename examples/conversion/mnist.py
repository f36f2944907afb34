"""mnist-8 of the ONNX model zoo converted, by every rule for its maximum pools.

Run: python -m examples.conversion.mnist
"""

import os
from pathlib import Path

import numpy as np

from examples.conversion.curve import curve
from examples.mnist import load_mnist
from examples.once import RESULTS, write_json
from neurodeploy import toolchain
from neurodeploy.methods.conversion import ConversionOptions, MaxPool
from neurodeploy.methods.conversion.choose import chosen_percentile
from neurodeploy.methods.conversion.over_steps import ann_predictions

MODELS = Path(os.environ.get("NEURODEPLOY_MODELS", "../shared/models"))
N_STEPS = 64
N_CALIBRATION, N_CHOICE = 1000, 500
PERCENTILES = (99.0, 99.9, 99.99, 100.0)
POOLS = (MaxPool.DIFFERENCES, MaxPool.RATE_GATED, MaxPool.OR, MaxPool.AVERAGE)


def main() -> None:
    ann = toolchain.load_model(MODELS / "onnx" / "mnist-8.onnx")[0]
    data = load_mnist()
    order = np.random.default_rng(0).permutation(data.train.n_samples)
    calibration = data.train.taken(order[:N_CALIBRATION])
    choice = data.train.taken(order[N_CALIBRATION : N_CALIBRATION + N_CHOICE])
    right = float((ann_predictions(ann, data.test) == data.test.y).mean())
    result: dict[str, object] = {"ann": right, "n_test": data.test.n_samples}
    for pool in POOLS:
        conversion, choices = chosen_percentile(
            ann, calibration, choice, ConversionOptions(maxpool=pool), N_STEPS, PERCENTILES
        )
        accuracies = curve(conversion.model, data.test, N_STEPS, batch_size=200)
        result[pool.value] = {
            "percentile": conversion.record.percentile,
            "choices": {f"{c.percentile:g}": c.accuracy for c in choices},
            "accuracy": accuracies,
            "n_layers": len(conversion.record.thresholds),
            "calibration": list(conversion.record.lines),
        }
        write_json(result, RESULTS / "conversion_mnist.json")
        print(f"{pool.value}: {100 * accuracies[-1]:.2f} % (ANN {100 * right:.2f} %)", flush=True)


if __name__ == "__main__":
    main()
