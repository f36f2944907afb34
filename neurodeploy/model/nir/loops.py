"""Which projections close loops."""

from collections.abc import Iterable

from neurodeploy.model.nir.notes import Link


def closing_edges(starts: Iterable[str], links: Iterable[Link]) -> set[tuple[str, str]]:
    """Return the edges back to a node on the way from a start: depth first, without recursion."""
    after: dict[str, list[str]] = {}
    for link in links:
        for source in link.sources:
            after.setdefault(source, []).append(link.target)
    closing: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        way = [(start, iter(after.get(start, ())))]
        on_way = {start}
        while way:
            name, targets = way[-1]
            target = next(targets, None)
            if target is None:
                way.pop()
                on_way.discard(name)
                done.add(name)
            elif target in on_way:
                closing.add((name, target))
            elif target not in done:
                on_way.add(target)
                way.append((target, iter(after.get(target, ()))))
    return closing
