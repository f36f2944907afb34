"""Tables of the experiments with early exit, from what `examples.early_exit` wrote."""

from collections.abc import Sequence
from typing import Any

from neurodeploy.report.interval import interval, paired
from tables.cells import RESULTS, percent, points, read, signed, table


def tables() -> str:
    """Every table whose experiment has been run, with a sentence before each."""
    parts = {
        "early_exit_fashion": (_images, _depth, _harder),
        "early_exit_nmnist": (_events,),
        "early_exit_policy": (_policy,),
    }
    found = [
        part()
        for name, made in parts.items()
        if (RESULTS / f"{name}.json").is_file()
        for part in made
    ]
    return "\n\n".join(found)


def _images() -> str:
    found = read("early_exit_fashion")
    runs, setting = found["runs"], found["setting"]
    own, full = _test(runs, "accuracy"), _test(runs, "exit_accuracy_full")
    first = [_by_step(runs, arm, 0) for arm in ("tet", "bptt")]
    rows = [
        ("test accuracy", percent(full), percent(own)),
        ("informative steps", str(setting["n_steps"]), _numbers(_test(runs, "exit_step"))),
        ("right to wrong", "", points(_test(runs, "exit_right_to_wrong"))),
        ("false exits among the early", "", points(_test(runs, "exit_false_rate"))),
        ("accuracy of the early", "", points(_test(runs, "exit_accuracy_early"))),
        ("never stop early", "", points(_test(runs, "exit_never_fraction"))),
        ("oracle's steps", "", _numbers(_test(runs, "exit_oracle_step"))),
    ]
    return (
        f"TET's networks at {setting['n_steps']} steps, direct coding, three seeds, on loihi2 "
        "(`python -m examples.early_exit.fashion`). On 5,000 validation images the threshold of "
        f"the margin was chosen for {setting['goal']}; the 10,000 test images were then run with "
        f"exit and without. With exit less without: {signed(paired(own, full))}. At step 1 TET is "
        f"right in {points(first[0])} and the loss on the time mean in {points(first[1])}: "
        f"{signed(paired(*first))}.\n\n" + table(("", "every step", "with exit"), rows)
    )


def _depth() -> str:
    runs = read("early_exit_fashion")["runs"]
    rows = []
    for text, name in (("synaptic operations", "synops"), ("dynamic energy", "dynamic")):
        parts = [_test(runs, f"exit_{name}_{part}") for part in ("at_once", "depth", "share")]
        rows.append((text, *(_numbers(part) for part in parts)))
    lag = round(interval(_test(runs, "exit_pipeline_steps")).mean)
    timed = {name: [run["timed"][name] for run in runs] for name in runs[0]["timed"]}
    graded = [run["graded"]["exit_dynamic_share"] for run in runs]
    return (
        f"What that is worth on a chip whose output lags {lag} steps behind: shares of every "
        "step's, checks by the chip's neurons charged. The host multiplies the first layer once "
        "an image; where the chip does so in every step, the dynamic energy is "
        f"{_numbers(graded)} of every step's. Of the total energy "
        f"{points(timed['exit_saving_total'])} are saved if the next image starts at once (static "
        f"energy {points(timed['exit_saving_static'])}, latency "
        f"{points(timed['exit_saving_latency'])}), and "
        f"{points(timed['exit_saving_race_to_idle'])} if the chip waits.\n\n"
        + table(("", "layers stop at once", "depth, checks", "charged"), rows)
    )


def _harder() -> str:
    found = read("early_exit_fashion")
    runs, n = found["runs"], found["setting"]["harder"]
    rows = []
    for k, first in enumerate(runs[0]["harder"]):
        own = [run["harder"][k] for run in runs]
        accuracies = [points([o[name] for o in own]) for name in ("full_accuracy", "accuracy")]
        rows.append((first["by"], *accuracies, _numbers([o["mean_step"] for o in own])))
    return (
        f"On {n:,} of the test images made harder (noise as a share of the pixels' range) the same "
        "policies wait longer:\n\n" + table(("", "every step", "with exit", "steps"), rows)
    )


def _events() -> str:
    found = read("early_exit_nmnist")
    test, n_steps, n = found["test"], found["setting"]["n_steps"], found["n_test"]
    lost = round(n * (test["exit_accuracy_full"] - test["accuracy"]))
    rows = [
        ("right", f"{round(n * test['exit_accuracy_full'])}", f"{round(n * test['accuracy'])}"),
        ("steps, mean", str(n_steps), f"{test['exit_step']:.1f}"),
        ("steps, p95", str(n_steps), f"{test['exit_step_p95']:.0f}"),
        ("synaptic operations", "1", f"{test['exit_synops_share']:.3f}"),
        ("dynamic energy", "1", f"{test['exit_dynamic_share']:.3f}"),
        ("total energy, back to back", "1", f"{1 - test['exit_saving_total']:.3f}"),
        ("total energy, race to idle", "1", f"{1 - test['exit_saving_race_to_idle']:.3f}"),
    ]
    return (
        "Events, from the file alone: `cnn_sinabs.nir` on N-MNIST, never trained by us (`python -m "
        f"examples.early_exit.nmnist`). Chosen on {found['setting']['n_validation']:,} training "
        f"recordings, it loses {lost} of {n} test recordings at {test['exit_step']:.1f} of "
        f"{n_steps} steps.\n\n" + table((f"{n} test recordings", "every step", "with exit"), rows)
    )


def _policy() -> str:
    found = read("early_exit_policy")
    runs, setting = found["runs"], found["setting"]
    rows = []
    for k, beta in enumerate(setting["betas"]):
        trials = [run["trials"][k] for run in runs]
        own, coin = ([t[name] for t in trials] for name in ("accuracy", "coin_flip"))
        outputs = [t["outputs"] for t in trials]
        seen = points(outputs) if None not in outputs else "none so early"
        chosen = sum(run["chosen"] == beta for run in runs)
        rows.append(
            (
                f"{beta:g}" + (f", chosen {chosen} times" if chosen else ""),
                _numbers([t["mean_step"] for t in trials]),
                percent(own),
                points(coin),
                signed(paired(own, coin)),
                seen,
            )
        )
    macs = interval([run["macs"] for run in runs]).mean
    oracle = [run["oracle"] for run in runs]
    return (
        f"SEENN-II, a network of {macs:,.0f} MACs that looks at the image first "
        f"(`python -m examples.early_exit.policy`, {_minutes(runs)} of processor time a seed, "
        f"recordings included). {_verdict(runs)} An oracle gets {points(oracle)} in "
        f"{_numbers([run['oracle_step'] for run in runs])} steps.\n\n"
        + table(
            (
                "beta",
                "steps",
                "policy",
                "same steps blindly",
                "policy less blind",
                "SEENN-I, same steps",
            ),
            rows,
        )
    )


def _verdict(runs: Sequence[dict[str, Any]]) -> str:
    """Say whether the chosen networks were worth it, mean over seeds."""
    chosen = [next(t for t in run["trials"] if t["beta"] == run["chosen"]) for run in runs]
    own, coin = ([t[name] for t in chosen] for name in ("accuracy", "coin_flip"))
    found = paired(own, coin)
    blind = "beats" if found.low > 0 else "is not shown to beat"
    text = f"As chosen on validation images it {blind} the same steps dealt out blindly"
    text += f" ({signed(found)})"
    outputs = [t["outputs"] for t in chosen]
    if None in outputs:
        return text + "."
    other = paired(own, outputs)
    seen = "beats" if other.low > 0 else "is not shown to beat"
    return f"{text}, and {seen} SEENN-I at the same steps ({signed(other)})."


def _test(runs: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [run["test"][name] for run in runs]


def _by_step(runs: Sequence[dict[str, Any]], arm: str, step: int) -> list[float]:
    return [run["by_step"][arm][step] for run in runs]


def _numbers(values: Sequence[float]) -> str:
    return f"{interval(values).mean:.3f}"


def _minutes(runs: Sequence[dict[str, Any]]) -> str:
    return f"{interval([run['cpu_s'] for run in runs]).mean / 60:.1f} min"
