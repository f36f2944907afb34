"""Tables of the conversions, from what `examples.conversion` wrote."""

from collections.abc import Mapping, Sequence
from typing import Any

from neurodeploy.report.interval import paired
from tables.cells import RESULTS, percent, points, read, signed, table

POOLS = {
    "differences": "`differences`: layers that compute the maximum pair by pair",
    "rate-gated": "`rate-gated`: the input of the highest rate so far, in floats alone",
    "or": "`or`: any spike of the window",
    "average": "`average`: the mean instead, not finetuned",
}


def tables() -> str:
    """Every table, with a sentence before each."""
    parts = (_pools, _resnet, _exit, _hard, _rules, _staircases)
    return "\n\n".join(filter(None, (part() for part in parts)))


def _pools() -> str:
    found = read("conversion_mnist")
    rows = [
        (
            label,
            f"{found[name]['percentile']:g}",
            *_at(found[name]["accuracy"], (16, 32, 64)),
            f"{100 * (found[name]['accuracy'][63] - found['ann']):+.2f}",
        )
        for name, label in POOLS.items()
    ]
    return (
        f"`mnist-8.onnx` of the ONNX zoo, all {found['n_test']:,} test images; the artificial "
        f"network has {100 * found['ann']:.2f} % (`python -m examples.conversion.mnist`). The "
        "percentile of each row was chosen on training images at T=64.\n\n"
        + table(("maximum pools", "percentile", "T=16", "T=32", "T=64", "points to the ANN"), rows)
    )


def _resnet() -> str:
    found = read("conversion_resnet")
    steps = (8, 16, 32, 64, 96, 128)
    rows = [("floats", *_at(found["accuracy"], steps))]
    if "integers" in found:
        whole = found["integers"]
        rows.append((f"integers of `{found['chip']}`", *_at(whole["accuracy"], steps)))
    text = (
        f"ResNet-20 (published weights), the first {found['n_test']:,} CIFAR-10 test images, soft "
        f"reset, percentile {found['percentile']:g} chosen on training images; the artificial "
        f"network has {100 * found['ann']:.2f} % (`python -m examples.conversion.resnet`).\n\n"
        + table(("", *(f"T={n}" for n in steps)), rows)
    )
    if "integers" not in found:
        return text
    return text + (
        f"\n\nThe integers take {whole['n_cores']} cores (that the chip can reset softly is "
        f"assumed on its page), {whole['spikes'] / 1e6:.2f} M spikes and "
        f"{whole['synops_effective'] / 1e6:.0f} M synaptic operations an image."
    )


def _exit() -> str:
    if not (RESULTS / "conversion_exit.json").is_file():
        return ""
    found = read("conversion_exit")
    rows = [
        (
            f"{found[part]['n']:,} {name}",
            points([found[part]["full_accuracy"]]),
            points([found[part]["accuracy"]]),
            f"{found[part]['mean_step']:.1f}",
        )
        for part, name in (("train", "training images, which chose"), ("test", "test images"))
    ]
    counted = found["counted"]
    saved = 1 - counted["early"]["synops_effective"] / counted["full"]["synops_effective"]
    softmax = f" at temperature {found['temperature']:g}" if found["rule"] != "margin" else ""
    return (
        f"An exit policy on these integers, of {found['n_steps']} steps at most: rule "
        f"`{found['rule']}`{softmax}, threshold {found['threshold']:.4g}, asked for "
        f"{found['asked']} (`python -m examples.conversion.resnet_exit`).\n\n"
        + table(("", "all steps", "with exit", "mean steps"), rows)
        + f"\n\nCounted on {counted['n']} of the test images, it saves {100 * saved:.0f} % of the "
        "synaptic operations."
    )


def _hard() -> str:
    found = read("conversion_hard")
    seeds = _seeds(found)
    names = {
        "ann": "artificial network",
        "soft": "soft reset, not finetuned",
        "hard": "hard reset, not finetuned",
        "finetuned": "hard reset, two epochs of finetuning",
    }
    rows = [(label, percent([seed[key] for seed in seeds])) for key, label in names.items()]
    loss = paired([s["finetuned"] for s in seeds], [s["ann"] for s in seeds])
    return (
        "Hard reset: the network of [training](training.md), four layers, "
        f"{found['n_steps']} steps, all {found['n_test']:,} test images, {len(seeds)} seeds "
        "(`python -m examples.conversion.hard`). Weights and thresholds are trained together, "
        "the artificial network as teacher; finetuned less artificial, paired by seed: "
        f"{signed(loss)}.\n\n" + table(("", "test"), rows)
    )


def _rules() -> str:
    found = read("conversion_fashion")
    seeds, steps = _seeds(found), (2, 4, 8, 16, 32)
    rows = [
        (
            f"`{rule}`",
            ", ".join(sorted({_best(seed[rule]["choices"]) for seed in seeds}, key=float)),
            *(points([seed[rule]["accuracy"][n - 1] for seed in seeds]) for n in steps),
        )
        for rule in ("max", "percentile", "robust")
    ]
    ann = points([seed["ann"] for seed in seeds])
    return (
        f"The three rules on the same networks, mean of {len(seeds)} seeds, soft reset, not "
        f"finetuned; the artificial networks have {ann} (`python -m examples.conversion.fashion`). "
        "The percentile, or the scale of `robust`, was chosen on validation images at "
        f"T={found['choice_steps']}.\n\n"
        + table(("rule", "chosen", *(f"T={n}" for n in steps)), rows)
    )


def _staircases() -> str:
    found = read("conversion_staircase")
    seeds, steps = _seeds(found), (2, 4, 8, 16, 32)
    row = (
        points([seed["staircases"] for seed in seeds]),
        *(points([seed["accuracy"][n - 1] for seed in seeds]) for n in steps),
    )
    return (
        f"The same networks finetuned as staircases of {found['levels']} levels for "
        f"{found['epochs']} epochs before the conversion (`python -m "
        "examples.conversion.staircase`).\n\n"
        + table(("staircases", *(f"T={n}" for n in steps)), [row])
    )


def _seeds(found: Mapping[str, Any]) -> list[Any]:
    return [entry for name, entry in found.items() if name.startswith("seed ")]


def _at(accuracy: Sequence[float], steps: Sequence[int]) -> list[str]:
    return [f"{100 * accuracy[n - 1]:.2f} %" for n in steps]


def _best(choices: Mapping[str, float]) -> str:
    return max(choices, key=lambda name: choices[name])
