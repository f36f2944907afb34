"""Write docs/peers.md from the rows that the tests marked `peers` left.

    python tools/peers/document.py RESULTS docs/peers.md

Every figure comes from a row; a table without rows is refused, so that the page never shows part
of a run.
"""

import json
import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("peers.md.template")

NETWORKS = ("mlp", "sparse", "conv", "recurrent", "wide")

TABLES = {
    "sanafe-counts": ("cores", "steps", "spikes", "updates", "synops", "messages", "hops"),
    "sanafe-time": ("L1", "L2", "simple", "L3", "detailed", "cycle"),
}

ENERGIES = ("synapse", "dendrite", "soma", "network")


def rows(results: Path, table: str) -> list[dict[str, object]]:
    found = [json.loads(path.read_text()) for path in sorted((results / table).glob("*.json"))]
    if not found:
        sys.exit(f"{results / table} holds no rows; run make peers")
    return sorted(found, key=lambda row: _place(str(row["network"])))


def _place(name: str) -> tuple[int, str]:
    return (NETWORKS.index(name), "") if name in NETWORKS else (len(NETWORKS), name)


def table(columns: tuple[str, ...], body: list[list[str]]) -> str:
    head = [f"| {' | '.join(columns)} |", "|---|" + "---:|" * (len(columns) - 1)]
    return "\n".join(head + [f"| {' | '.join(line)} |" for line in body])


def text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def counts(results: Path) -> str:
    columns = TABLES["sanafe-counts"]
    body = [
        [str(row["network"]), *(text(row[name]) for name in columns)]
        for row in rows(results, "sanafe-counts")
    ]
    return table(("network", *columns), body)


def energy(results: Path) -> str:
    body = []
    for row in rows(results, "sanafe-energy"):
        parts = [f"{float(str(row[f'{name}_j'])) * 1e6:.6f}" for name in ENERGIES]
        body.append([str(row["network"]), *parts, f"{float(str(row['largest_gap'])):.1e}"])
    return table(("network", *(f"{name} (uJ)" for name in ENERGIES), "largest relative gap"), body)


def time(results: Path) -> str:
    columns = TABLES["sanafe-time"]
    body = [
        [str(row["network"]), *(f"{float(str(row[name])) * 1e6:.3f}" for name in columns)]
        for row in rows(results, "sanafe-time")
    ]
    return table(("network (us)", *columns), body)


def neurobench(results: Path) -> str:
    body = []
    for row in rows(results, "neurobench"):
        for state in ("as_trained", "as_deployed"):
            block = row[state]
            assert isinstance(block, dict)
            flat = {k: v for k, v in block.items() if not isinstance(v, dict)}
            flat |= block["SynapticOperations"]
            body.append([f"{row['network']}: {state.replace('_', ' ')}", *map(text, flat.values())])
    names = ("Footprint", "ConnectionSparsity", "ActivationSparsity", "MembraneUpdates")
    return table(("network", *names, "Effective_MACs", "Effective_ACs", "Dense"), body)


def main() -> None:
    results, page = map(Path, sys.argv[1:])
    rules = {f"rule_{row['network']}": row for row in rows(results, "sanafe-rules")}
    (sinabs,) = rows(results, "sinabs")
    filled = TEMPLATE.read_text()
    parts = {
        "counts": counts(results),
        "energy": energy(results),
        "time": time(results),
        "neurobench": neurobench(results),
        **{f"sinabs.{name}": text(value) for name, value in sinabs.items() if name != "network"},
        **{
            f"{rule}.{name}": text(value)
            for rule, row in rules.items()
            for name, value in row.items()
            if name != "network"
        },
    }
    for name, part in parts.items():
        filled = filled.replace("{{" + name + "}}", part)
    if "{{" in filled:
        sys.exit(f"{TEMPLATE}: no result for {filled[filled.index('{{') :].split('}}')[0]}}}}}")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(filled)


if __name__ == "__main__":
    main()
