"""Tables of the robust experiments, from what `examples.robust` wrote."""

from collections.abc import Mapping, Sequence
from typing import Any

from neurodeploy.report.interval import paired
from tables.cells import percent, points, read, signed, table

Runs = Mapping[str, Mapping[str, Any]]
Many = Sequence[Mapping[str, Any]]

COSTS = (
    ("steps", "", 1.0),
    ("synops_hw", "", 1.0),
    ("energy_total_j", "uJ", 1e6),
    ("latency_s", "us", 1e6),
)
"""Metric, unit of its cell, and what it is multiplied by for that."""

WHOLE, STOPPING = "without_exit", "with_exit"

MAIN = ("method", "natural_finetuning", "natural_start", "none", "scratch")
OFF = ("natural_start", "fixed_thresholds", "unscaled", "old_statistics", "without_kl")


def tables() -> str:
    """Every table, with a sentence before each."""
    found = read("robust_fashion")
    parts = (_arms(found), _parts(found), _single(found), _deployed(), _events())
    return "\n\n".join(parts)


def _arms(found: Any) -> str:
    runs, setting, labels = found["runs"], found["settings"], found["labels"]
    rows = [_row(name, labels[name], runs) for name in MAIN if name in runs]
    rows += [
        _row(f"ann_{start}", f"{start} ANN (one gradient)", runs)
        for start in ("robust", "natural")
        if f"ann_{start}" in runs
    ]
    n = next(iter(runs["method"].values()))["n"]
    worst = {name: _of(runs, name, "robust") for name in ("method", "natural_start", "none")}
    gains = [
        f"over {_short(other)} {signed(paired(worst['method'], worst[other]))}"
        for other in ("natural_start", "none")
    ]
    drop = paired(_of(runs, "none", "test"), _of(runs, "method", "test"))
    return (
        f"Artificial networks trained on {setting['n_train']} images for "
        f"{setting['ann_epochs']} epochs (PGD-{setting['attack_steps']} where robust), finetuned "
        f"on {setting['n_finetuned']} for {setting['epochs']}; {setting['n_steps']} steps, hard "
        f"reset, eps {setting['eps']:g} of the range of the pixels; from scratch on all images for "
        f"{setting['scratch_epochs']}; seeds {', '.join(runs['method'])} "
        "(`python -m examples.robust.fashion`). Worst is the accuracy on the same "
        f"{n} test images that PGD-5 through all nineteen gradients of Özdenizci and Legenstein "
        f"2024 leaves. {_first_run()} Paired by seed, the method's worst is better "
        f"{'; '.join(gains)}. It costs {signed(drop)} of clean accuracy against no defence.\n\n"
        + table(("network", "test, clean", "worst of the ensemble"), rows)
    )


def _first_run() -> str:
    """Say what had been seen before the settings were fixed."""
    runs = read("robust_first")["runs"]
    names = {"method": "method", "natural_start": "natural start", "none": "no defence"}
    cells = []
    for key, name in names.items():
        each = " ".join(f"{100 * run['robust']:.0f}" for run in runs[key].values())
        cells.append(f"{name} {each} %")
    return (
        "A first run, 8,000 images for both stages and a learning rate of 0.03, had given on "
        f"seeds 0 and 1, PGD-7 and other images: {'; '.join(cells)}; then the artificial "
        "network got more images, finetuning fewer and its default rate, and seeds and test images "
        "that had chosen nothing were taken."
    )


def _parts(found: Any) -> str:
    runs = found["runs"]
    rows = []
    for name in OFF:
        if name not in runs:
            continue
        seeds = [seed for seed in runs[name] if seed in runs["method"]]
        label = "robust start (a natural ANN instead)" if name == "natural_start" else None
        rows.append(
            (
                label or found["labels"][name],
                *(
                    signed(
                        paired(
                            [runs[name][seed][key] for seed in seeds],
                            [runs["method"][seed][key] for seed in seeds],
                        )
                    )
                    for key in ("test", "robust")
                ),
            )
        )
    return (
        "What each part does: the method without it, less the method, paired by seed.\n\n"
        + table(("without", "test, clean", "worst of the ensemble"), rows)
    )


def _single(found: Any) -> str:
    runs = found["runs"]["method"]
    names = {name: name.split()[-1] for name in _first(runs)["own"]}
    own = {short: [run["own"][name] for run in runs.values()] for name, short in names.items()}
    ranked = sorted(own, key=lambda name: sum(own[name]))
    worst = [run["robust"] for run in runs.values()]
    shown = dict.fromkeys((ranked[0], "activation-path", "rate-path", *ranked[-3:]))
    rows = [(name, points(own[name]), signed(paired(own[name], worst))) for name in shown]
    return (
        "What one gradient alone would have claimed of the method, and by how much it says too "
        "much; the first is the strongest, the last three are the weakest of the nineteen.\n\n"
        + table(("gradient", "accuracy under it", "above the worst of all"), rows)
    )


def _deployed() -> str:
    runs = list(read("robust_deployed")["runs"].values())
    rows = [
        _shares("float network, every attack", runs, "float", "clean", "robust"),
        _shares("integers, what turned the float network", runs, WHOLE, "clean", "transferred"),
        _shares("integers, and PGD through their own twin", runs, WHOLE, "clean", "robust"),
        _shares("integers with an exit policy, the same", runs, STOPPING, "clean", "robust"),
    ]
    worst = [r[WHOLE]["robust"] for r in runs]
    lost = paired(worst, [r["float"]["robust"] for r in runs])
    early = paired([r[STOPPING]["robust"] for r in runs], worst)
    return (
        f"The method on loihi2 in integers, on {runs[0]['float']['n']} test images "
        "(`python -m examples.robust.deployed`): after the nineteen also Auto-PGD, on the ratio of "
        "logits with two targets, samples made on the network of another seed, and Square. "
        f"Integers less float under attack: {signed(lost)}; a gain is no proof, since the "
        "integers met fewer attacks of their own, and the float network none of theirs. With the "
        f"exit policy less without: {signed(early)}; such an attack has to hold only until the "
        f"network stops looking, and how much that costs differs from seed to seed. "
        f"{_masking(runs)}\n\n"
        + table(("attacked", "clean", "under attack"), rows)
        + "\n\n"
        + _over_steps(runs)
        + "\n\n"
        + _costs(runs)
    )


def _shares(label: str, runs: Many, part: str, clean: str, attacked: str) -> tuple[str, str, str]:
    return (
        label,
        percent([run[part][clean] for run in runs]),
        percent([run[part][attacked] for run in runs]),
    )


def _masking(runs: Many) -> str:
    """Return what speaks for masked gradients, or that nothing does and what was looked at."""
    found = [line for run in runs for line in run["float"]["masking"]["findings"]]
    if found:
        return f"**Gradients are masked**: {'; '.join(dict.fromkeys(found))}."
    first = runs[0]["float"]["masking"]
    large = [run["float"]["masking"]["large_eps"] for run in runs]
    return (
        f"No sign of masked gradients on {first['n_samples']} of them: at eps 0.5 "
        f"{_mean([100 * one['k'] / one['n'] for one in large]):.1f} % are right, PGD-50 is no "
        "weaker than PGD-10, and Square alone does not beat the gradients."
    )


def _over_steps(runs: Many) -> str:
    """Return accuracy under attack over T, and over the threshold of the exit policy."""
    names = [row["name"] for row in runs[0][WHOLE]["exits"]]
    rows = [
        _exit_row(name, [run[WHOLE]["exits"][k] for run in runs]) for k, name in enumerate(names)
    ]
    # Each seed has a threshold of its own, so that places name them, not values.
    first = len(names)
    for k, factor in enumerate((1.0, 0.25, 0.5, 2.0, 4.0)):
        held = [run[STOPPING]["exits"][first + k] for run in runs]
        rows.append(_exit_row(f"margin above {factor:g} x the chosen", held))
    return (
        "The same over T, and over the threshold of the exit policy, which validation images "
        "chose; images that were made against all steps, and against the policy.\n\n"
        + table(("stops at", "clean", "under attack", "steps", "steps under attack"), rows)
    )


def _exit_row(name: str, rows: Many) -> tuple[str, ...]:
    accuracies = (
        points([row[key] for row in rows]) for key in ("clean_accuracy", "attacked_accuracy")
    )
    steps = (
        f"{_mean([row[key] for row in rows]):.2f}" for key in ("clean_steps", "attacked_steps")
    )
    return (name, *accuracies, *steps)


def _costs(runs: Many) -> str:
    """Return what an inference costs on clean images, under attack, and aimed at the battery."""
    rows = []
    for label, part in (("all steps", WHOLE), ("with an exit policy", STOPPING)):
        for name, unit, scale in COSTS:
            ends = [
                [run[part]["costs"][name] for run in runs],
                [run[part]["battery"]["synops"][name] for run in runs],
                [run[part]["battery"]["steps"][name] for run in runs],
            ]
            values = [_mean([pair[0] for pair in ends[0]])]
            values += [_mean([pair[1] for pair in pairs]) for pairs in ends]
            digits = ",.0f" if name == "synops_hw" else ".4g"
            cells = [f"{scale * value:{digits}} {unit}".strip() for value in values]
            rows.append((f"{label}: {name.split('_')[0]}", *cells))
    columns = ("mean of an inference", "clean", "for errors", "for operations", "for steps")
    return (
        "What an attacker can cost, within the same eps: samples made for errors, for more "
        "synaptic operations, and to keep the network unsure for longer. Modelled; steps include "
        "those in which the pipeline fills.\n\n" + table(columns, rows)
    )


def _events() -> str:
    found = read("robust_events")
    budgets = list(dict.fromkeys(row["budget"] for row in found["spikes"]))
    kinds = dict.fromkeys(" + ".join(row["operations"]) for row in found["spikes"])
    rows = [
        (kind, how, *(_left(found["spikes"], kind, chosen, budget) for budget in budgets))
        for kind in kinds
        for chosen, how in (("worst", "by gradient"), ("random", "at random"))
    ]
    noise = [
        (row["kind"], f"{row['level']:g}", f"{100 * row['accuracy']:.1f} %")
        for row in found["noise"]
    ]
    return (
        f"Spikes of N-MNIST, on {found['n_spikes']} recordings in steps of 3 ms and the NIR "
        f"paper's network ({100 * found['clean']:.0f} % right on {found['n']}, "
        "`python -m examples.robust.events`): accuracy after so many spikes were added, dropped "
        "or shifted by at most two steps, each a change.\n\n"
        + table(("spikes", "chosen", *(f"at most {budget}" for budget in budgets)), rows)
        + "\n\nThe same network when nobody means it harm: spikes lost with a chance, moved by up "
        "to so many steps, and weights and thresholds off by a relative deviation.\n\n"
        + table(("noise", "level", "right"), noise)
    )


def _left(rows: Many, kind: str, chosen: str, budget: int) -> str:
    """Return the accuracy at a budget; where one gradient alone was followed, that is the worst."""
    held = {
        row["chosen"]: row["right"]
        for row in rows
        if " + ".join(row["operations"]) == kind and row["budget"] == budget
    }
    share = held[chosen] if chosen in held else held["triangular-1"]
    return f"{100 * share['k'] / share['n']:.0f} %"


def _row(name: str, label: str, runs: Any) -> tuple[str, str, str]:
    return label, percent(_of(runs, name, "test")), percent(_of(runs, name, "robust"))


def _of(runs: Any, name: str, key: str) -> list[float]:
    return [run[key] for run in runs[name].values()]


def _first(runs: Runs) -> Mapping[str, Any]:
    return next(iter(runs.values()))


def _short(name: str) -> str:
    return {"natural_start": "a natural start", "none": "no defence"}[name]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
