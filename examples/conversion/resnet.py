"""ResNet-20 converted: the float network over the steps, then the chip's integers.

The percentile is chosen on training images. Run: python -m examples.conversion.resnet
"""

import json
from typing import Any

import numpy as np

from examples.cifar import first_thousand
from examples.conversion.curve import curve
from examples.conversion.resnet_file import write_resnet20
from examples.once import RESULTS, TRAINED, write_json
from neurodeploy import toolchain
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.methods.conversion.choose import chosen_percentile
from neurodeploy.methods.conversion.over_steps import accuracy_over_steps, ann_predictions
from neurodeploy.model import Model
from neurodeploy.target import RunOptions

N_STEPS = 128
N_CALIBRATION, N_CHOICE, N_PEAKS = 500, 200, 8
PERCENTILES = (99.0, 99.9, 99.99)
N_TEST, PART = 1000, 50
CHIP = "loihi2"


def main() -> None:
    path = RESULTS / "conversion_resnet.json"
    result = json.loads(path.read_text()) if path.is_file() else {}
    ann = toolchain.load_model(write_resnet20(TRAINED / "resnet20.onnx"))[0]
    train, test = first_thousand("train"), first_thousand("test").taken(np.arange(N_TEST))
    order = np.random.default_rng(0).permutation(train.n_samples)
    calibration = train.taken(order[:N_CALIBRATION])
    choice = train.taken(order[N_CALIBRATION : N_CALIBRATION + N_CHOICE])
    if "accuracy" not in result:  # else go on where an earlier run ended
        result = floats(ann, calibration, choice, test)
        write_json(result, path)
        print(f"ANN {result['ann']}, floats {result['accuracy'][-1]}", flush=True)
    options = ConversionOptions(percentile=result["percentile"])
    conversion = convert(ann, calibration, options)
    result["integers"] = integers(conversion.model, calibration.taken(np.arange(N_PEAKS)), test)
    write_json(result, path)
    print(result["integers"], flush=True)


def floats(ann: Model, calibration: Samples, choice: Samples, test: Samples) -> dict[str, Any]:
    """Return what was chosen, and the accuracies of both networks in floats."""
    conversion, candidates = chosen_percentile(
        ann, calibration, choice, ConversionOptions(), N_STEPS, PERCENTILES
    )
    return {
        "percentile": conversion.record.percentile,
        "choices": {f"{c.percentile:g}": c.accuracy for c in candidates},
        "calibration": list(conversion.record.lines),
        "ann": float((ann_predictions(ann, test) == test.y).mean()),
        "n_test": test.n_samples,
        "chip": CHIP,
        "accuracy": curve(conversion.model, test, N_STEPS),
    }


def integers(model: Model, peaks: Samples, test: Samples) -> dict[str, object]:
    """Return accuracies over the steps, spikes and SOPs of the chip's integers, in the emulator.

    The readout's voltage after each step is kept beside the trained networks, for exit policies.
    """
    encoding = Encoding(coder="direct", n_steps=N_STEPS)
    options = toolchain.CompileOptions(chip=CHIP)
    deployment = toolchain.compile_network(model, "cpu-emu", options, (peaks, encoding))
    toolchain.save(deployment, TRAINED / "resnet20")
    output = model.outputs[0].population
    voltages, right, spikes, synops = [], 0, 0.0, 0.0
    for first in range(0, test.n_samples, PART):
        part = test.taken(np.arange(first, min(first + PART, test.n_samples)))
        stimulus = toolchain.stimulus_of(deployment, part, encoding)
        asked = RunOptions(fidelity=Fidelity.L0, record=frozenset({output}))
        run = toolchain.run(deployment, stimulus, asked)
        report = toolchain.build_report(deployment, stimulus, run, Fidelity.L0)
        share = part.n_samples / test.n_samples
        right += int((run.predictions() == part.y).sum())
        spikes += share * float(report.metrics["spikes"].value or 0.0)
        synops += share * float(report.metrics["synops_effective"].value or 0.0)
        voltages.append(run.voltages[output].astype(np.int32))
        print(f"integers of {first + part.n_samples} images: {right} right", flush=True)
    raster = np.concatenate(voltages)
    np.save(TRAINED / "resnet20_integers.npy", raster)
    # The output is the last layer, so that its first step is the first after those that it waits.
    curve_of = accuracy_over_steps(raster[:, -N_STEPS:].astype(np.float32), test.y)
    return {
        "accuracy": [round(float(a), 6) for a in curve_of],
        "at_end": right / test.n_samples,
        "spikes": spikes,
        "synops_effective": synops,
        "n_cores": deployment.placement.n_cores,
    }


if __name__ == "__main__":
    main()
