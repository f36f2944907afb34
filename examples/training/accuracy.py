"""BPTT and TET at six steps: `python -m examples.training.accuracy`, three seeds of each.

Writes examples/results/training_accuracy.json, from which docs' table is made.
"""

from dataclasses import asdict

from examples.fashion import load_fashion
from examples.networks import network
from examples.once import RESULTS, trained, write_json
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.terms import Reset

SEEDS = (0, 1, 2)
N_STEPS = 6
EPOCHS = 4
LOSSES = {Method.BPTT: Loss(kind=Kind.MEAN), Method.TET: Loss(kind=Kind.TET)}


def options(method: Method, seed: int) -> TrainOptions:
    """Return how a network of this experiment is trained."""
    return TrainOptions(
        method=method, loss=LOSSES[method], epochs=EPOCHS, batchnorm=True, seed=seed
    )


def main() -> None:
    """Train six networks and write their figures."""
    data = load_fashion()
    figures: dict[str, list[dict[str, float]]] = {method.value: [] for method in LOSSES}
    for seed in SEEDS:
        for method in LOSSES:
            result = trained(
                f"{method.value}-T{N_STEPS}-seed{seed}",
                lambda seed=seed: network(seed, leak=0.5, reset=Reset.ZERO),
                data,
                N_STEPS,
                options(method, seed),
            )
            row = {k: v for k, v in asdict(result).items() if k != "model"}
            figures[method.value].append({"seed": seed, **row})
            print(method.value, seed, row, flush=True)
    setting = {"n_steps": N_STEPS, "epochs": EPOCHS}
    write_json({"setting": setting, "runs": figures}, RESULTS / "training_accuracy.json")


if __name__ == "__main__":
    main()
