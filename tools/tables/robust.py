"""Tables of the robust experiments, from what `examples.robust` wrote."""

from collections.abc import Mapping
from typing import Any

from neurodeploy.report.interval import paired
from tables.cells import percent, points, read, signed, table

Runs = Mapping[str, Mapping[str, Any]]

COSTS = (("accuracy", "%", 100.0), ("energy_total_j", "uJ", 1e6), ("latency_s", "us", 1e6))
"""Metric, unit of its cell, and what it is multiplied by for that."""

MAIN = ("method", "natural_finetuning", "natural_start", "none", "scratch")
OFF = ("natural_start", "fixed_thresholds", "unscaled", "old_statistics", "without_kl")


def tables() -> str:
    """Every table, with a sentence before each."""
    found = read("robust_fashion")
    return "\n\n".join((_arms(found), _parts(found), _single(found), _deployed()))


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
        f"Trained on {setting['n_train']} images, {setting['n_steps']} steps, hard reset, eps "
        f"{setting['eps']:g} of the range of the pixels; {setting['ann_epochs']} epochs for the "
        f"artificial network, PGD-{setting['attack_steps']}, then {setting['epochs']} of "
        f"finetuning (from scratch {setting['scratch_epochs']}), three seeds "
        "(`python -m examples.robust.fashion`). Worst is the accuracy on the same "
        f"{n} test images that is left by PGD-7 through all nineteen gradients of Özdenizci and "
        "Legenstein 2024. Paired by seed, the method's worst is better "
        f"{'; '.join(gains)}. It costs {signed(drop)} of clean accuracy.\n\n"
        + table(("network", "test, clean", "worst of the ensemble"), rows)
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
    rows = []
    for label, part, key in (
        ("float network, the nineteen", "float", "robust"),
        ("integers, what turned the float network", "integers", "transferred"),
        ("integers, and PGD through their own twin", "integers", "robust"),
    ):
        rows.append(
            (
                label,
                percent([r[part]["clean"] for r in runs]),
                percent([r[part][key] for r in runs]),
            )
        )
    lost = paired([r["integers"]["robust"] for r in runs], [r["float"]["robust"] for r in runs])
    return (
        f"The method on loihi2 in integers, on {runs[0]['n']} images "
        "(`python -m examples.robust.deployed`). Integers less float under attack: "
        f"{signed(lost)}.\n\n"
        + table(("attacked", "clean", "under attack"), rows)
        + "\n\n"
        + _costs(runs)
    )


def _costs(runs: list[dict[str, Any]]) -> str:
    columns = ("", "clean", "under attack")
    rows = []
    for label, part in (("all steps", "without_exit"), ("with an exit policy", "with_exit")):
        for name, unit, scale in (
            ("accuracy", "%", 100),
            ("energy_total_j", "uJ", 1e6),
            ("latency_s", "us", 1e6),
        ):
            cells = [
                f"{scale * sum(r[part][kind][name] for r in runs) / len(runs):.1f} {unit}"
                for kind in ("clean", "attacked")
            ]
            rows.append((f"{label}: {name.split('_')[0]}", *cells))
    return "Means of an inference on the same images, modelled:\n\n" + table(columns, rows)


def _row(name: str, label: str, runs: Any) -> tuple[str, str, str]:
    return label, percent(_of(runs, name, "test")), percent(_of(runs, name, "robust"))


def _of(runs: Any, name: str, key: str) -> list[float]:
    return [run[key] for run in runs[name].values()]


def _first(runs: Runs) -> Mapping[str, Any]:
    return next(iter(runs.values()))


def _short(name: str) -> str:
    return {"natural_start": "a natural start", "none": "no defence"}[name]
