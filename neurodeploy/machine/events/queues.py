"""What happens at the queues of links and cores, compiled; `machine.events` says what they are.

When a core starts with a message is known as soon as the message has come to it. So the start is
an event only where someone waits for the place that it frees; other places are counted as free when
someone asks (`settle`).
"""

from neurodeploy.machine.compiled import uncounted
from neurodeploy.machine.events.heap import push
from neurodeploy.machine.events.state import NONE, Step


@uncounted
def append(step: Step, at: int, m: int) -> bool:
    """Put m at the end of a queue, where a place is kept for it; say whether it is the head."""
    queue, messages = step.queues[at], step.messages
    alone = queue["head"] == NONE
    messages[m]["behind"] = NONE
    if alone:
        queue["head"] = m
    else:
        messages[queue["tail"]]["behind"] = m
    queue["tail"] = m
    return bool(alone)


@uncounted
def settle(step: Step, at: int, latest: int) -> None:
    """Free the places of what a core has started with before the event `latest`."""
    queue, messages = step.queues[at], step.messages
    m = queue["head"]
    if queue["announced"]:
        return
    while m != NONE and messages[m]["start"] < latest:
        m = messages[m]["behind"]
        queue["places"] += 1
    queue["head"] = m


@uncounted
def announce(step: Step, at: int) -> None:
    """Make the start of a core's next message an event if someone waits, or if `eager`."""
    queue = step.queues[at]
    if queue["announced"] or queue["head"] == NONE:
        return
    if step.eager or queue["first_waiting"] != NONE:
        queue["announced"] = True
        push(step.heap, step.messages[queue["head"]]["start"])


@uncounted
def take_place(step: Step, goal: int, m: int, latest: int) -> bool:
    """Take a place in the queue `goal` for m, or let m wait for one."""
    messages, queue = step.messages, step.queues[goal]
    if messages[m]["granted"]:
        messages[m]["granted"] = False
        return True
    settle(step, goal, latest)
    if queue["places"] > 0:
        queue["places"] -= 1
        return True
    messages[m]["waiting_behind"] = NONE
    if queue["first_waiting"] == NONE:
        queue["first_waiting"] = m
    else:
        messages[queue["last_waiting"]]["waiting_behind"] = m
    queue["last_waiting"] = m
    announce(step, goal)
    return False


@uncounted
def free_place(step: Step, at: int, now: int) -> None:
    """Give a place that became free to who has waited for it longest; `now` is a key's tick."""
    queue, messages = step.queues[at], step.messages
    waiting = queue["first_waiting"]
    if waiting == NONE:
        queue["places"] += 1
        return
    queue["first_waiting"] = messages[waiting]["waiting_behind"]
    messages[waiting]["granted"] = True
    push(step.heap, now | waiting)


@uncounted
def serve(step: Step, at: int, m: int, t: int, latest: int) -> None:
    """Let m, which has come to its core, be served after those before it."""
    settle(step, at, latest)
    queue = step.queues[at]
    start = max(queue["busy_until"], t)
    queue["busy_until"] = start + step.services[m]
    queue["worked"] += step.services[m]
    if queue["head"] == NONE and start == t:
        free_place(step, at, t << step.bits)
        return
    step.messages[m]["start"] = start << step.bits | m
    append(step, at, m)
    announce(step, at)


@uncounted
def begin(step: Step, at: int, m: int, now: int) -> None:
    """Take m, with which its core starts, out of the queue."""
    queue = step.queues[at]
    queue["head"] = step.messages[m]["behind"]
    queue["announced"] = False
    free_place(step, at, now)
    announce(step, at)
