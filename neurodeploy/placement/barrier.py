"""How many tiles a barrier of one length spans: what a placement may grow to at no cost in time."""

from collections.abc import Iterator

from neurodeploy.hardware import Hardware


def spans(hardware: Hardware, n_cores: int) -> Iterator[tuple[int, int]]:
    """Yield (cores, ticks): so many cores, `n_cores` at most, can lie under a barrier so long.

    Cores in ascending number, the last of them `n_cores`. An unknown barrier is taken as 0 ticks,
    so that nothing is planned by it.
    """
    found: list[tuple[int, int]] = []
    for least_tiles, quantity in hardware.sync_s:
        ticks = 0 if quantity.value is None else hardware.ticks(quantity.value)
        before = (least_tiles - 1) * hardware.topology.cores_per_tile
        if before >= n_cores:
            break
        if found and found[-1][1] == ticks:
            continue
        if found:
            found[-1] = (before, found[-1][1])
        found.append((n_cores, ticks))
    yield from found or [(n_cores, 0)]
