"""The three balancing rules side by side over the steps, on Fashion-MNIST, three seeds.

Each rule's free number is chosen on validation images. Run: python -m examples.conversion.fashion
"""

from dataclasses import replace

import numpy as np

from examples.conversion.artificial import ann_of
from examples.conversion.curve import curve
from examples.fashion import Fashion, load_fashion
from examples.once import RESULTS, write_json
from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion import Conversion, ConversionOptions, Rule, convert
from neurodeploy.methods.robust.conversion import robust_conversion
from neurodeploy.model import Model

SEEDS = (0, 1, 2)
N_STEPS = 32
CHOICE_STEPS = 16
N_CALIBRATION, N_ROBUST, N_CHOICE = 1000, 128, 1000
PERCENTILES = (98.0, 99.0, 99.5, 99.9)
SCALES = (0.3, 0.6, 1.0)
ROBUST_STEPS = 32


def main() -> None:
    data = load_fashion()
    result: dict[str, object] = {"n_test": data.test.n_samples, "choice_steps": CHOICE_STEPS}
    for seed in SEEDS:
        ann = ann_of(seed, data)
        rows: dict[str, object] = {"ann": ann.test}
        for rule in Rule:
            conversion, choices = chosen(ann.model, data, rule, seed)
            rows[rule.value] = {
                "accuracy": curve(conversion.model, data.test, N_STEPS, batch_size=200),
                "choices": choices,
                "calibration": list(conversion.record.lines),
            }
            result[f"seed {seed}"] = rows
            write_json(result, RESULTS / "conversion_fashion.json")
            print(f"seed {seed} {rule.value}: {rows[rule.value]}", flush=True)


def chosen(ann: Model, data: Fashion, rule: Rule, seed: int) -> tuple[Conversion, dict[str, float]]:
    """Return the conversion by `rule` that is best on validation images after a few steps."""
    choice = data.validation.taken(np.arange(N_CHOICE))
    found = {
        name: (curve(conversion.model, choice, CHOICE_STEPS)[-1], conversion)
        for name, conversion in candidates(ann, data.train, rule, seed).items()
    }
    best = max(found, key=lambda name: found[name][0])
    return found[best][1], {name: accuracy for name, (accuracy, _) in found.items()}


def candidates(ann: Model, train: Samples, rule: Rule, seed: int) -> dict[str, Conversion]:
    """Return the conversions among which validation images choose, by what tells them apart."""
    start = ConversionOptions(rule=rule, n_samples=N_CALIBRATION, seed=seed)
    match rule:
        case Rule.MAX:
            return {"100": convert(ann, train, start)}
        case Rule.PERCENTILE:
            return {
                f"{p:g}": convert(ann, train, replace(start, percentile=p)) for p in PERCENTILES
            }
        case Rule.ROBUST:
            start = replace(start, n_samples=N_ROBUST, n_steps=ROBUST_STEPS)
            return {
                f"{s:g}": robust_conversion(ann, train, CHOICE_STEPS, replace(start, scale=s))
                for s in SCALES
            }


if __name__ == "__main__":
    main()
