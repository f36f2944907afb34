"""Measure everything and write docs/bench.json and docs/bench.md.

    python -m tools.bench [--toy] [--only PART ...] [-o FOLDER]

Parts: the names of the networks, and threads, bound, memory, starting, scaling. With `--only`, what
other calls found of the other parts stays. `--toy` shows in minutes that every part works; its
figures mean nothing. What a part lacks is said, not hidden.
"""

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bench import bounds, document, memory, scaling, starting
from tools.bench.clock import load
from tools.bench.data import ROOT, Missing
from tools.bench.lava import lava_rows
from tools.bench.pairs import PAIRS, paired, spread
from tools.bench.reference import reference_rows
from tools.bench.sanafe import sanafe_rows
from tools.bench.sides import Row, dense_rows, scnn_rows
from tools.bench.work import Work
from tools.bench.works import CACHE, WORKS, mnist_work

Results = dict[str, Any]

PARTS = (*WORKS, "threads", "bound", "memory", "starting", "scaling")
BATCHED = ("snntorch 1.0.0, batch 128", "snntorch 1.0.0, batch 512", "snntorch 1.0.0, batch 2048")


def main() -> None:
    """Run the chosen parts; results are written after each."""
    parser = argparse.ArgumentParser(description="Measure ours and the peers.")
    parser.add_argument("--toy", action="store_true", help="tiny sizes: only that it works")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    os.chdir(ROOT)
    results = begun(options.output, options.toy, tuple(options.only) != PARTS)
    for part in PARTS:
        if part not in options.only:
            continue
        setting = {"commit": commit(), "date": today(), "load": load()}
        begin = time.perf_counter()
        try:
            measure(part, results, options.toy)
        except Missing as error:
            say(f"{part}: left out, {error}")
            if part in WORKS:
                doc = str(WORKS[part].__doc__)
                results["work"][part] = {"title": doc, "skipped": str(error), "peers": {}}
        seconds = time.perf_counter() - begin
        results["parts"][part] = {**setting, "seconds": seconds}
        say(f"{part}: {seconds:.0f} s")
        write(results, options.output)


def begun(folder: Path, toy: bool, more: bool) -> Results:
    """Return empty results, or with `more` what earlier calls on this machine found."""
    path = folder / "bench.json"
    if more and path.exists():
        found: Results = json.loads(path.read_text())
        if (found["toy"], found["machine"]) == (toy, machine()):
            return found
    return {
        "toy": toy,
        "machine": machine(),
        "parts": {},
        "work": {},
        "bound": {},
        "starting": {},
        "scaling": [],
    }


def measure(part: str, results: Results, toy: bool) -> None:
    """Add one part to the results."""
    if part in WORKS:
        results["work"][part] = network(part, toy)
    elif part == "threads":
        results["threads"] = threads(toy)
    elif part == "bound":
        work = mnist_work(toy)
        results["bound"]["mnist"] = bounds.bound_rows(work, 32 if toy else 4096, toy)
        dense = WORKS["dense"](toy)
        results["bound"]["dense"] = bounds.bound_rows(dense, 4 if toy else 64, toy)
    elif part == "memory":
        grown, noise = memory.bytes_per_sample(toy)
        results["memory"] = {"ratio": grown, "spread": noise, "load": load()}
    elif part == "starting":
        for name, seconds in starting.seconds(toy).items():
            middle = document.middle(seconds)
            found = {"seconds": seconds, "ratio": middle, "spread": spread(tuple(seconds))}
            results["starting"][name] = found
    else:
        found_curves = scaling.curves(toy)
        scaling.write_page(found_curves, CACHE / "scaling.html")
        scaling.photograph(CACHE / "scaling.html", ROOT / "docs" / "images" / "scaling.png")
        results["scaling"] = [
            {"name": c.name, "axis": c.axis, "values": c.values, "seconds": c.seconds}
            for c in found_curves
        ]


def network(name: str, toy: bool) -> Results:
    """Return our own time of one network, and every peer's."""
    work = WORKS[name](toy)
    n_samples = max(min(work.stimulus.n_samples, 256), 2)
    run = work.run(min(n_samples, 16), workers=1)
    own = [work.seconds(n_samples, workers=1) for _ in range(1 if toy else 3)]
    found: Results = {
        "title": work.title,
        "synops": work.synops(run),
        "one_thread_s": min(own),
        "bound": bounds.least_seconds(work, run),
        "peers": {},
    }
    for peer, row in rows(name, work, toy):
        found["peers"][peer] = row
        says = row.get("skipped") or f"{row['ratio']:.1f} times, spread {100 * row['spread']:.0f} %"
        say(f"  {name}, {peer}: {says}")
    batched = [found["peers"][b] for b in BATCHED if "ratio" in found["peers"].get(b, {})]
    if batched:
        found["peers"]["snntorch 1.0.0, best"] = min(batched, key=lambda row: row["ratio"])
    return found


def rows(name: str, work: Work, toy: bool) -> Iterator[Row]:
    """Yield the rows of every peer on one network."""
    if name == "mnist":
        yield from reference_rows(work, toy)
        yield from dense_rows(work, toy)
        yield from lava_rows(work, toy)
        yield from sanafe_rows(mnist_work(toy, "loihi1-fitted", "zero"), toy)
    if name == "scnn":
        yield from scnn_rows(work, toy)


def threads(toy: bool) -> Results:
    """Return how much faster two threads are than one, by turns."""
    work = mnist_work(toy)
    n_samples = 128 if toy else 8192
    return paired(
        lambda: work.seconds(n_samples, workers=2),
        lambda: work.seconds(n_samples, workers=1),
        load(),
        1 if toy else PAIRS,
    ).as_dict()


def machine() -> Results:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """Return which state of the code is measured."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def today() -> str:
    """Return the date."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def write(results: Results, folder: Path) -> None:
    """Write what there is by now."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(results, indent=1) + "\n")
    document.write_page(results, folder / "bench.md")


def say(text: str) -> None:
    """Print at once: a bench is watched."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
