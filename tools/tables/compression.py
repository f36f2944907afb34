"""Tables of the compression experiments, from what `examples.compression` wrote."""

from collections.abc import Sequence
from typing import Any

from neurodeploy.report.interval import Interval, interval, paired
from tables.cells import RESULTS, of, percent, points, read, signed, table

Runs = Sequence[dict[str, Any]]

METHODS = {
    "minimax": "minimax, node by node",
    "minimax-once": "minimax, one ramp, finetuned afterwards",
    "iterative": "iterative global magnitude",
    "magnitude": "one-shot global magnitude",
    "uniform": "one-shot, every layer alike",
    "l1": "L1 for half the epochs, then the least",
}
ARMS = {
    "effective": "40 % of the SOPs, zeros apart: minimax",
    "effective, iterative": "the same: iterative magnitude",
    "effective, by weights": "the weights that come to it: minimax",
    "one core": "one core (before: three): minimax",
    "one core, iterative": "the same: iterative magnitude",
    "stored": "40 % of the SOPs, stored zeros too: minimax",
    "stored, iterative": "the same: iterative magnitude",
}


def tables() -> str:
    """Every table, with a sentence before each."""
    return "\n\n".join((_connectivity(), _resources()))


def _connectivity() -> str:
    runs, setting = _all("connectivity")
    first = runs[0]
    budgets = sorted({run["budget"] for run in runs}, reverse=True)
    return (
        f"T={setting['n_steps']}, BPTT's networks, {setting['n_train']:,} images an epoch, "
        f"{setting['epochs_a_node']} epochs a node, the same for all methods at a budget "
        "(`python -m examples.compression.connectivity`). The budget counts the "
        f"{first['n_removable']:,} weights behind the first layer; of all {first['n_all']:,} "
        f"weights are left {_shares(runs, 'of_all')}. Settings were chosen on the validation part "
        f"with other networks than these. Before: {percent(_before(runs))}.\n\n"
        + "\n\n".join(_at(runs, budget) for budget in budgets)
    )


def _at(runs: Runs, budget: float) -> str:
    here = [run for run in runs if run["budget"] == budget and run["ranking"] == "share"]
    own = {name: [r for r in here if r["method"] == name] for name in METHODS}
    rows = [
        (
            METHODS[name],
            percent(of(found, "accuracy")),
            "" if name == "iterative" else signed(_less(found, own["iterative"])),
            signed(paired(of(found, "accuracy"), of(found, "before"))),
            points(of(found, "flips")),
            f"{100 * interval(of(found, 'worst_class')).mean:+.1f}",
            f"{interval(of(found, 'synops_effective')).mean / 1000:,.0f} k",
        )
        for name, found in own.items()
        if found
    ]
    columns = (
        *(f"{100 * budget:g} % left", "test", "less iterative", "less before"),
        *("changed", "worst class", "SOPs"),
    )
    return table(columns, rows) + "\n\n" + _as_good(own)


def _as_good(own: dict[str, Runs]) -> str:
    others = [
        METHODS[name]
        for name, found in own.items()
        if name != "minimax" and found and _less(found, own["minimax"]).mean >= 0
    ]
    if not others:
        return "No rival is as good as minimax here."
    return "As good as minimax or better, in the mean: " + "; ".join(others) + "."


def _resources() -> str:
    runs, setting = _all("resources")
    own = {name: [r for r in runs if r["arm"] == name] for name in ARMS}
    rows = [
        (
            ARMS[name],
            percent(of(found, "accuracy")),
            points(of(found, "connectivity")),
            _share(found, "synops_effective"),
            _share(found, "synops_hw"),
            f"{interval(of(found, 'cores')).mean:.3g}",
            _kib(found, "synapse_bytes"),
            points(of(found, "flips")),
            f"{100 * interval(of(found, 'worst_class')).mean:+.1f}",
        )
        for name, found in own.items()
        if found
    ]
    columns = (
        *("budget", "test", "weights", "SOPs, zeros apart", "stored zeros too", "cores"),
        *("synapses", "changed", "worst class"),
    )
    differences = "; ".join(
        f"{what} {signed(_less(own[a], own[b]))}"
        for what, a, b in (
            ("minimax less iterative magnitude on SOPs", "effective", "effective, iterative"),
            ("SOPs less weights as the budget", "effective", "effective, by weights"),
            ("minimax less iterative magnitude on one core", "one core", "one core, iterative"),
        )
    )
    return (
        f"Budgets of what deployment pays, {setting['epochs']} epochs, measured on Loihi 2's page "
        f"with {setting['n_test']:,} test images (`python -m examples.compression.resources`) "
        "on the networks whose validation part chose minimax's settings. A kernel is stored whole, "
        "so that only channels save operations with stored zeros; before, "
        f"{percent(_before(runs))} and {_kib(runs, 'synapse_bytes_before')}. Paired by seed: "
        f"{differences}.\n\n" + table(columns, rows) + "\n\n" + _rivals(own)
    )


def _rivals(own: dict[str, Runs]) -> str:
    """Return on which budgets the simple rival is as good."""
    said = {"effective": "SOPs", "one core": "one core", "stored": "SOPs with stored zeros"}
    as_good = [
        what for arm, what in said.items() if _less(own[f"{arm}, iterative"], own[arm]).mean >= 0
    ]
    if not as_good:
        return "Iterative magnitude is nowhere as good as minimax here, in the mean."
    return f"Iterative magnitude is as good or better, in the mean, on: {', '.join(as_good)}."


def _less(first: Runs, second: Runs) -> Interval:
    """Return by how much the first is better, on the seeds that both have."""
    by_seed = {run["seed"]: run["accuracy"] for run in second}
    both = [run for run in first if run["seed"] in by_seed]
    return paired(of(both, "accuracy"), [by_seed[run["seed"]] for run in both])


def _kib(runs: Runs, name: str) -> str:
    return f"{interval(of(runs, name)).mean / 1024:,.0f} KiB"


def _all(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the runs of all seeds, by seed, and the setting they share."""
    files = sorted(RESULTS.glob(f"compression_{name}_*.json"))
    found = [read(file.stem) for file in files]
    assert all(one["setting"] == found[0]["setting"] for one in found)
    return [run for one in found for run in one["runs"]], found[0]["setting"]


def _before(runs: Runs) -> list[float]:
    return list({run["seed"]: run["before"] for run in runs}.values())


def _share(runs: Runs, name: str) -> str:
    shares = [run[name] / run[f"{name}_before"] for run in runs]
    return f"{100 * interval(shares).mean:.1f} %"


def _shares(runs: Runs, name: str) -> str:
    budgets = sorted({run["budget"] for run in runs}, reverse=True)
    shares = (
        interval([run[name] for run in runs if run["budget"] == budget]).mean for budget in budgets
    )
    return ", ".join(f"{100 * share:.2f} %" for share in shares)
