"""Few steps: rectifiers finetuned as staircases before the conversion (QCFS, Bu et al. 2022).

Run: python -m examples.conversion.staircase
"""

from dataclasses import replace

import numpy as np

from examples.conversion.artificial import ann_of
from examples.conversion.curve import curve
from examples.fashion import load_fashion
from examples.once import RESULTS, write_json
from neurodeploy.methods.conversion import convert
from neurodeploy.methods.conversion.over_steps import ann_predictions
from neurodeploy.methods.conversion.staircase import OPTIONS, finetuned_staircases

SEEDS = (0, 1, 2)
LEVELS = 4
N_STEPS = 32
EPOCHS = 2


def main() -> None:
    data = load_fashion()
    result: dict[str, object] = {"levels": LEVELS, "epochs": EPOCHS}
    for seed in SEEDS:
        ann = ann_of(seed, data)
        options = replace(OPTIONS, epochs=EPOCHS, seed=seed)
        stairs = finetuned_staircases(ann.model, data.parts(1), LEVELS, options).model
        conversion = convert(stairs, data.train.taken(np.arange(1000)))
        right = float((ann_predictions(stairs, data.test) == data.test.y).mean())
        result[f"seed {seed}"] = {
            "ann": ann.test,
            "staircases": right,
            "accuracy": curve(conversion.model, data.test, N_STEPS, batch_size=200),
        }
        write_json(result, RESULTS / "conversion_staircase.json")
        print(result[f"seed {seed}"], flush=True)


if __name__ == "__main__":
    main()
