"""What happens at the queues of links and cores, compiled; `machine.events` says what they are.

When a core starts with a message is known as soon as the message has come to it. So the start is
an event only where someone waits for the place that it frees; other places are counted as free when
someone asks (`settle`).
"""

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.events.heap import push
from neurodeploy.machine.events.state import I64, NONE, Messages, Queues


@compiled
def append(messages: Messages, queues: Queues, at: int, m: int) -> bool:
    """Put m at the end of a queue, where a place is kept for it; say whether it is the head."""
    queue = queues[at]
    alone = queue["head"] == NONE
    messages[m]["behind"] = NONE
    if alone:
        queue["head"] = m
    else:
        messages[queue["tail"]]["behind"] = m
    queue["tail"] = m
    return bool(alone)


@compiled
def settle(messages: Messages, queues: Queues, at: int, latest: int) -> None:
    """Free the places of what a core has started with before the event `latest`."""
    queue = queues[at]
    m = queue["head"]
    if queue["announced"]:
        return
    while m != NONE and messages[m]["start"] < latest:
        m = messages[m]["behind"]
        queue["places"] += 1
    queue["head"] = m


@compiled
def announce(messages: Messages, queues: Queues, at: int, heap: I64, eager: bool) -> None:
    """Make the start of a core's next message an event if someone waits, or if `eager`."""
    queue = queues[at]
    if queue["announced"] or queue["head"] == NONE:
        return
    if eager or queue["first_waiting"] != NONE:
        queue["announced"] = True
        push(heap, messages[queue["head"]]["start"])


@compiled
def take_place(
    messages: Messages, queues: Queues, goal: int, m: int, heap: I64, latest: int, eager: bool
) -> bool:
    """Take a place in the queue `goal` for m, or let m wait for one."""
    if messages[m]["granted"]:
        messages[m]["granted"] = False
        return True
    queue = queues[goal]
    if not queue["announced"]:
        settle(messages, queues, goal, latest)
    if queue["places"] > 0:
        queue["places"] -= 1
        return True
    messages[m]["waiting_behind"] = NONE
    if queue["first_waiting"] == NONE:
        queue["first_waiting"] = m
    else:
        messages[queue["last_waiting"]]["waiting_behind"] = m
    queue["last_waiting"] = m
    announce(messages, queues, goal, heap, eager)
    return False


@compiled
def free_place(messages: Messages, queues: Queues, at: int, heap: I64, now: int) -> None:
    """Give a place that became free to who has waited for it longest; `now` is a key's tick."""
    queue = queues[at]
    waiting = queue["first_waiting"]
    if waiting == NONE:
        queue["places"] += 1
        return
    queue["first_waiting"] = messages[waiting]["waiting_behind"]
    messages[waiting]["granted"] = True
    push(heap, now | waiting)


@compiled
def serve(
    messages: Messages,
    queues: Queues,
    at: int,
    m: int,
    heap: I64,
    t: int,
    bits: int,
    latest: int,
    eager: bool,
) -> None:
    """Let m, which has come to its core, be served after those before it."""
    settle(messages, queues, at, latest)
    queue = queues[at]
    start = max(queue["busy_until"], t)
    queue["busy_until"] = start + messages[m]["service"]
    if queue["head"] == NONE and start == t:
        free_place(messages, queues, at, heap, t << bits)
        return
    messages[m]["start"] = start << bits | m
    append(messages, queues, at, m)
    announce(messages, queues, at, heap, eager)


@compiled
def begin(
    messages: Messages, queues: Queues, at: int, m: int, heap: I64, now: int, eager: bool
) -> None:
    """Take m, with which its core starts, out of the queue."""
    queue = queues[at]
    queue["head"] = messages[m]["behind"]
    queue["announced"] = False
    free_place(messages, queues, at, heap, now)
    announce(messages, queues, at, heap, eager)
