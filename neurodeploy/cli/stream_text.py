"""What `neurodeploy exit --stream` prints."""

from typing import TYPE_CHECKING, Any

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.report.cost import Cost
    from neurodeploy.report.stream import StreamCost


def show_streams(found: "tuple[StreamCost, ...]", *, json: bool) -> None:
    """Print a stream without exit and two with, per sample."""
    if json:
        output.print_json([_document(cost) for cost in found])
        return
    first = found[0]
    output.heading(f"A stream of {first.n_samples} samples that overlap in the layers")
    output.table(
        ("with exit", "steps", "SOPs", "dynamic", "static", "period", "decided after"),
        [
            (
                "no" if cost is first else cost.name,
                output.number(cost.steps),
                output.number(cost.synops),
                *(_shown(part, "J") for part in (cost.dynamic, cost.static)),
                *(_shown(part, "s") for part in (cost.period, cost.latency)),
            )
            for cost in found
        ],
    )
    missing = dict.fromkeys(
        name for cost in found for part in _parts(cost) for name in part.missing
    )
    output.say(
        "\nPer sample, L3, the first filling and the last draining included. At its pace a sample "
        "enters every so many steps as the stimulus has, and an exit frees only what the layers "
        "have not yet done."
    )
    if missing:
        output.say(f"Lower bounds, missing: {', '.join(missing)}")


def _parts(cost: "StreamCost") -> "tuple[Cost, ...]":
    return cost.dynamic, cost.static, cost.period, cost.latency


def _shown(cost: "Cost", unit: str) -> str:
    return output.si(cost.value, unit)


def _document(cost: "StreamCost") -> dict[str, Any]:
    return dict(options.as_plain(cost))
