"""Give every population a lag, so that each weighted projection can take at least one step."""

from collections.abc import Mapping, Set

from neurodeploy.model import Model


def lags(model: Model, instant: Set[str], needs_lag: Set[str]) -> Mapping[str, int]:
    """Return the lag in steps of every input (0) and population.

    A weighted projection of model delay d from s to t then takes ``d + lag(t) - lag(s)`` steps, at
    least 1; the projections in `instant` take exactly none. Those in `needs_lag` get at least 1.

    Raises
    ------
    ValueError
        If a loop of k projections has a total delay below k, naming its populations.
    """
    found = {node.name: 0 for node in model.nodes} | dict.fromkeys(needs_lag, 1)
    came_from: dict[str, str] = {}
    edges = [
        (source, p.target, 0 if p.name in instant else 1 - p.delay_steps)
        for p in model.projections
        for source in p.sources
    ]
    for _ in range(len(found) + 1):
        late = [(s, t, w) for s, t, w in edges if found[s] + w > found[t]]
        if not late:
            return found
        for source, target, least in late:
            found[target] = max(found[target], found[source] + least)
            came_from[target] = source
    raise ValueError(_loop_message(came_from, late[0][1]))


def _loop_message(came_from: Mapping[str, str], late: str) -> str:
    """Name the loop that `late` was reached from: enough steps back lie inside it."""
    node = late
    for _ in came_from:
        node = came_from[node]
    loop = [node]
    while came_from[loop[-1]] != node:
        loop.append(came_from[loop[-1]])
    forward = loop[::-1]
    first = forward.index(min(forward))
    names = [*forward[first:], *forward[: first + 1]]
    return (
        f"the loop {' -> '.join(names)} has less delay than projections; on a chip each "
        "projection takes one step: add delay to the loop"
    )
