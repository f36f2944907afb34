"""Three-bit weights: what rounding costs, and what training in the integers brings back.

`python -m examples.training.quantised`, after accuracy.py, whose networks it goes on from.
Accuracies are those of the deployments. Writes examples/results/training_quantised.json.
"""

from examples.fashion import load_fashion
from examples.networks import network
from examples.once import RESULTS, trained, write_json
from examples.training import accuracy
from examples.training.deployed import measured
from neurodeploy.deployment.host import InputCoding
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.quantised import Formats
from neurodeploy.terms import Reset

WEIGHT_BITS = 3
EPOCHS = 1
LEARNING_RATE = 0.01
CHIP = "loihi2"


def options(seed: int, coding: InputCoding) -> TrainOptions:
    """Return how a trained network is finetuned in the integers it will have."""
    ranges = load_chip(CHIP).ranges.with_weight_bits(WEIGHT_BITS)
    return TrainOptions(
        loss=Loss(kind=Kind.MEAN),
        epochs=EPOCHS,
        learning_rate=LEARNING_RATE,
        formats=Formats(ranges=ranges, coding=coding),
        seed=seed,
    )


def main() -> None:
    """Finetune three networks and write the figures of the deployments."""
    data, coding = load_fashion(), InputCoding.GRADED
    rows = []
    for seed in accuracy.SEEDS:
        plain = trained(
            f"bptt-T{accuracy.N_STEPS}-seed{seed}",
            lambda seed=seed: network(seed, leak=0.5, reset=Reset.ZERO),
            data,
            accuracy.N_STEPS,
            accuracy.options(Method.BPTT, seed),
        )
        finetuned = trained(
            f"bptt-T{accuracy.N_STEPS}-{WEIGHT_BITS}bit-seed{seed}",
            lambda plain=plain: plain.model,
            data,
            accuracy.N_STEPS,
            options(seed, coding),
        )
        rounded = measured(plain.model, data, accuracy.N_STEPS, coding, WEIGHT_BITS)
        again = measured(finetuned.model, data, accuracy.N_STEPS, coding, WEIGHT_BITS)
        rows.append(
            {
                "seed": seed,
                "float": plain.test,
                "rounded": rounded["accuracy"],
                "finetuned": again["accuracy"],
                "cpu_s": finetuned.cpu_s,
            }
        )
        print(rows[-1], flush=True)
    setting = {"weight_bits": WEIGHT_BITS, "epochs": EPOCHS, "chip": CHIP}
    write_json({"setting": setting, "runs": rows}, RESULTS / "training_quantised.json")


if __name__ == "__main__":
    main()
