"""The results as docs/bench.md; the tables are also those of the README."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.lines import LINES, verdict
from tools.tables.cells import table

Results = Mapping[str, Any]


def write_page(results: Results, path: Path) -> None:
    """Write every table."""
    parts = [
        "# How fast",
        f"Written by `make bench`; do not edit. {setting(results)}",
        "Ours and a peer's are measured by turns, seven pairs after one that is thrown away; a "
        "ratio is the median of the pairs', its spread the distance between the quartiles over "
        "it. Ours counts operations and bounds the time of every step (L1), in two threads. A "
        "spread above 10 % is too noisy to claim anything.",
        "## What was promised",
        promised(results),
        "## Peers",
        peers(results),
        "A step of SANA-FE is set against L2 (simple) and L3 (detailed) of the same placed "
        "network on the chip `loihi1-fitted`; Lava without its start.",
        "## Networks",
        works(results),
        "## The machine's limit",
        bounds(results),
        "The bare kernel lists no spikes, moves no neurons and counts nothing: it only adds, for "
        "each spike, a row of 8-bit weights to sums in registers, on one thread.",
        "## Before the first sample",
        starting(results),
        "Curves over threads, samples, steps, activity and size: `build/bench/scaling.html`, "
        "figures in `docs/bench.json`.",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n")


def setting(results: Results) -> str:
    """Return what the figures were measured on."""
    machine = results["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} processors, {machine['date']}, load average "
        f"{machine['load']:.2f} before the first measurement"
        + (", toy sizes: no figure means anything." if results["toy"] else ".")
    )


def promised(results: Results) -> str:
    """Return one row a promise."""
    rows = []
    for line in LINES:
        figure, says = verdict(line, results)
        sign = "<=" if line.at_most else ">="
        rows.append((line.name, f"{sign} {line.limit:g} {line.unit}", figure, says))
    return table(("what", "promised", "measured", ""), rows)


def peers(results: Results) -> str:
    """Return one row a peer and network."""
    rows = []
    for name, work in results["work"].items():
        for peer, found in work["peers"].items():
            if "skipped" in found:
                rows.append((name, peer, "not measured", "", "", found["skipped"]))
                continue
            ratio = f"{found['ratio']:,.1f}" + (" (too noisy)" if found["too_noisy"] else "")
            theirs, ours = (1e6 * middle(found[key]) for key in ("theirs_s", "ours_s"))
            rows.append((name, peer, f"{theirs:,.0f}", f"{ours:,.1f}", ratio, agreement(found)))
    columns = ("network", "peer", "its us", "our us", "times", "same answers")
    return table(columns, rows)


def agreement(found: Results) -> str:
    """Return how far the spikes agree, and which rule differs."""
    if "spikes" in found:
        return f"{100 * found['spikes']:.2f} % of our spikes"
    equal = f"{100 * found['equal_outputs']:.1f} % of the output counts"
    return equal if found["rules"] == "the same" else f"{equal}; {found['rules']}"


def works(results: Results) -> str:
    """Return one row a network."""
    rows = [
        (
            work["title"],
            f"{work['synops']:.3g}",
            f"{1e6 * work['one_thread_s']:,.0f}",
            f"{work['synops'] / work['one_thread_s'] / 1e9:.2f}",
        )
        for work in results["work"].values()
        if "synops" in work
    ]
    rows += [
        (work["title"], "", "", work["skipped"])
        for work in results["work"].values()
        if "skipped" in work
    ]
    return table(("network", "SOPs a sample", "us a sample, one thread", "G SOP/s"), rows)


def bounds(results: Results) -> str:
    """Return how much of a bare kernel is reached."""
    rows = [
        (
            name,
            f"{found['adds'] / 1e6:.2f}",
            f"{found['bare_adds_per_s'] / 1e9:.1f}",
            f"{found['adds_per_s'] / 1e9:.1f}",
            f"{100 * found['fraction']:.0f} %",
            f"{found['read_bytes_per_s'] / 1e9:.0f}",
        )
        for name, found in results["bound"].items()
    ]
    columns = (
        *("network", "M adds a sample", "bare G adds/s", "ours, all included"),
        *("fraction", "GB/s a plain sum reads"),
    )
    return table(columns, rows)


def starting(results: Results) -> str:
    """Return one row a thing that a user waits for."""
    rows = [(name, f"{found['ratio']:.2f} s") for name, found in results["starting"].items()]
    return table(("what", "median"), rows)


def middle(values: list[float]) -> float:
    """Return the median."""
    return sorted(values)[len(values) // 2]
