"""What a sender does between the messages that are events, compiled.

A core that a single sender feeds, from its own tile or from the host, is nobody else's business:
when its queue has a place is known without events.
"""

from neurodeploy.machine.compiled import uncounted
from neurodeploy.machine.events.heap import push
from neurodeploy.machine.events.queues import append
from neurodeploy.machine.events.state import NONE, Step


@uncounted
def send(step: Step, m: int, t: int) -> None:
    """Let a sender go on at t with its messages from m on, until one that is an event."""
    s = step.messages[m]["sender"]
    t += step.gaps[m]
    while step.messages[m]["alone"]:
        t = _enter_alone(step, step.n_links + step.messages[m]["core"], m, t)
        step.sent[s] = t
        m += 1
        if m == step.first[s + 1]:
            return
        t += step.gaps[m]
    step.messages[m]["at"] = NONE
    push(step.heap, t << step.bits | m)


@uncounted
def _enter_alone(step: Step, at: int, m: int, t: int) -> int:
    """Let m enter the queue of a core, at t or when the first message there starts; return when."""
    messages, queue = step.messages, step.queues[at]
    if queue["places"] > 0:
        queue["places"] -= 1
    else:
        head = queue["head"]
        t = max(t, messages[head]["start"])
        queue["head"] = messages[head]["behind"]
    start = max(queue["busy_until"], t)
    queue["busy_until"] = start + step.services[m]
    queue["worked"] += step.services[m]
    messages[m]["start"] = start
    append(step, at, m)
    return t
