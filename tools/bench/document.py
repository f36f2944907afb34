"""The results as docs/bench.md; the tables are also those of the README."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.lines import LINES, verdict
from tools.bench.pairs import PAIR_S
from tools.bench.starting import AT_ONCE, TIMES
from tools.tables.cells import table

Results = Mapping[str, Any]


def write_page(results: Results, path: Path) -> None:
    """Write every table."""
    parts = [
        "# How fast",
        f"Written by `make bench`; do not edit. {setting(results)}",
        "Ours and a peer's are measured by turns, seven pairs after two turns that are thrown "
        f"away; short turns are repeated until a pair takes about {PAIR_S:g} s; a "
        "ratio is the median of the pairs', its spread the distance between the quartiles over "
        "it. Ours counts operations and bounds the time of every step (L1), in two threads, in "
        "runs of 2048 samples, start of the run included. A spread above 10 % is too noisy to "
        "claim anything.",
        "## What was promised",
        promised(results),
        "## Peers",
        peers(results),
        "A step of SANA-FE is set against a step of the same placed network on the chip "
        "`loihi1-fitted`: simple against the plain counting run (L1) and against L2, detailed "
        "against L3; as many neurons fired. Lava is without its start. Where a peer's reset is "
        "another, its answers are compared with our network's under that reset.",
        "## Networks",
        works(results),
        "The bound is the longer of two times: the additions at the rate of a bare kernel whose "
        "8-bit weights lie in the first cache, and the bytes of the weights (for sparse synapses "
        "also of their targets) at the rate of a plain sum over as many bytes. No neuron moves in "
        "it.",
        "## The machine's limit",
        bounds(results),
        "The bare kernel lists no spikes, moves no neurons and counts nothing: it only adds, for "
        "each spike, a row of 8-bit weights to sums in registers, on one thread.",
        "## Before the first sample",
        starting(results),
        f"A command is run {TIMES} times {AT_ONCE}; the median is that of the means of {AT_ONCE}. "
        "The first of all, the one without kernels and the steps of a large file are run once.",
        "## Curves",
        "![time of a sample over threads, samples, steps, activity and size](images/scaling.png)",
        "`build/bench/scaling.html` is the page, the figures are in `docs/bench.json`.",
        "## Conditions",
        conditions(results),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n")


def setting(results: Results) -> str:
    """Return what the figures were measured on."""
    machine = results["machine"]
    days = sorted({part["date"] for part in results["parts"].values()})
    return f"{machine['processor']}, {machine['cores']} processors, {' to '.join(days)}" + (
        ", toy sizes: no figure means anything." if results["toy"] else "."
    )


def conditions(results: Results) -> str:
    """Return one row a part: how busy the machine was before it, and for how long it ran."""
    rows = [
        (name, part["commit"], f"{part['load']:.2f}", f"{part['seconds']:.0f} s")
        for name, part in results["parts"].items()
    ]
    return table(("part", "code", "load average before", "took"), rows)


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
    if found["rules"] == "the same":
        return equal
    predicted = f"{100 * found['equal_predictions']:.1f} % of the predictions"
    return f"{equal}, {predicted}; {found['rules']}"


def works(results: Results) -> str:
    """Return one row a network."""
    rows = [
        (
            work["title"],
            f"{work['synops']:.3g}",
            f"{1e6 * work['one_thread_s']:,.0f}",
            f"{work['synops'] / work['one_thread_s'] / 1e9:.2f}",
            f"{1e6 * work['bound']['seconds']:,.1f}, {work['bound']['by']}",
            f"{100 * work['bound']['seconds'] / work['one_thread_s']:.1f} %",
        )
        for work in results["work"].values()
        if "synops" in work
    ]
    rows += [
        (work["title"], "", "", work["skipped"], "", "")
        for work in results["work"].values()
        if "skipped" in work
    ]
    columns = ("SOPs a sample", "us a sample, one thread", "G SOP/s", "bound us", "reached")
    return table(("network", *columns), rows)


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
