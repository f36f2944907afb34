"""A converted network of four layers with hard reset, before and after finetuning.

Run: python -m examples.conversion.hard
"""

from dataclasses import replace

import numpy as np

from examples.conversion.artificial import ann_of
from examples.conversion.curve import curve
from examples.fashion import load_fashion
from examples.once import RESULTS, TRAINED, write_json
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.methods.conversion.finetune import OPTIONS, finetune
from neurodeploy.model import If, Model
from neurodeploy.terms import Reset

SEEDS = (0, 1, 2)
N_STEPS = 8
EPOCHS = 2
OPTIONS_HARD = ConversionOptions(reset=Reset.ZERO, percentile=99.0, n_samples=1000)


def main() -> None:
    data = load_fashion()
    result: dict[str, object] = {"n_steps": N_STEPS, "n_test": data.test.n_samples}
    for seed in SEEDS:
        ann = ann_of(seed, data)
        options = replace(OPTIONS_HARD, seed=seed)
        conversion = convert(ann.model, data.train, options)
        trained = finetune(
            conversion,
            data.parts(N_STEPS),
            replace(OPTIONS, epochs=EPOCHS, seed=seed),
            checkpoint=TRAINED / f"conversion_hard_{seed}.checkpoint",
            on_epoch=lambda e: print(
                f"epoch {e.number} loss {e.loss:.3f} validation {e.validation_accuracy:.4f}",
                flush=True,
            ),
        )
        soft = convert(
            ann.model, data.train, replace(OPTIONS_HARD, reset=Reset.SUBTRACT, seed=seed)
        )
        result[f"seed {seed}"] = {
            "ann": ann.test,
            "soft": curve(soft.model, data.test, N_STEPS, batch_size=200)[-1],
            "hard": curve(conversion.model, data.test, N_STEPS, batch_size=200)[-1],
            "finetuned": curve(trained.model, data.test, N_STEPS, batch_size=200)[-1],
            "thresholds": thresholds(trained.model),
        }
        write_json(result, RESULTS / "conversion_hard.json")
        print(result[f"seed {seed}"], flush=True)


def thresholds(model: Model) -> dict[str, float]:
    """Return the thresholds that training left; all started from 1."""
    return {
        p.name: round(float(np.max(p.neuron.v_threshold)), 4)
        for p in model.populations
        if isinstance(p.neuron, If)
    }


if __name__ == "__main__":
    main()
