"""The event simulation as its description reads: objects, lists and `min`, one message at a time.

It shares no code with `neurodeploy.machine.events`: synapses are counted neuron by neuron, routes
are walked tile by tile, and the next event is looked for among all messages.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.program import Conv, Dense, Direct, Program, Projection, Sparse
from neurodeploy.program.fan_out import fan_out

Rasters = Mapping[str, np.ndarray]
Place = tuple[object, ...]


@dataclass
class Queue:
    places: float
    waiting_messages: list["Message"] = field(default_factory=list)
    wanting_a_place: list["Message"] = field(default_factory=list)
    busy_until: int = 0


@dataclass
class Message:
    number: int
    sender: int
    core: int
    gap: int
    service: int
    tile: tuple[int, int]
    at: Place | None = None
    due: int | None = None
    has_place: bool = False
    on_the_way: bool = False


@dataclass
class Sent:
    """What one sender does in a step: its messages, and the work after the last of them."""

    messages: list[Message]
    rest: int


class NaiveMachine:
    """One step of a placed program."""

    def __init__(self, hardware: Hardware, program: Program, placement: Placement) -> None:
        self.hardware, self.program, self.placement = hardware, program, placement
        self.wiring = {
            (number, core): self._into(projection, core)
            for number, projection in enumerate(program.projections)
            for core in range(placement.n_cores)
        }
        buffers = hardware.limits.get("link_buffer_messages")
        self.places = math.inf if buffers is None else buffers.value

    def price(self, name: str) -> int:
        quantity = self.hardware.latency_s.get(name)
        known = quantity is not None and quantity.value is not None
        return self.hardware.ticks(quantity.value) if known else 0

    def step_ticks(self, rasters: Rasters, active: Rasters, step: int) -> int:
        """Ticks from the start of a step until everything has come to rest."""
        sent = self._sent(rasters, active, step)
        ends = [group.rest for group in sent]
        queues: dict[Place, Queue] = {}
        for group in sent:
            if group.messages:
                group.messages[0].due = group.messages[0].gap
        everyone = [message for group in sent for message in group.messages]
        last_sent = [0] * len(sent)
        while any(message.due is not None for message in everyone):
            message = min(
                (m for m in everyone if m.due is not None), key=lambda m: (m.due, m.number)
            )
            self._event(message, everyone, queues, last_sent)
        assert not any(q.waiting_messages or q.wanting_a_place for q in queues.values())
        ends = [last + rest for last, rest in zip(last_sent, ends, strict=True)]
        return max(ends + [queue.busy_until for queue in queues.values()])

    def _event(
        self,
        message: Message,
        everyone: list[Message],
        queues: dict[Place, Queue],
        last_sent: list[int],
    ) -> None:
        now = message.due
        assert now is not None
        message.due = None

        def queue(place: Place) -> Queue:
            return queues.setdefault(place, Queue(places=self.places))

        if message.on_the_way:
            message.on_the_way = False
            queue(message.at).waiting_messages.append(message)
            if queue(message.at).waiting_messages[0] is not message:
                return
        if message.at is None:
            goal = self._goal(message)
            if not self._gets_place(message, queue(goal)):
                return
            last_sent[message.sender] = now
            following = [
                m for m in everyone if m.sender == message.sender and m.number == message.number + 1
            ]
            for after in following:
                after.due = now + after.gap
            message.at = goal
            queue(goal).waiting_messages.append(message)
            if queue(goal).waiting_messages[0] is not message:
                return
        here = queue(message.at)
        if here.busy_until > now:
            message.due = here.busy_until
            return
        if message.at[0] == "core":
            here.busy_until = now + message.service
        else:
            goal = self._goal(message)
            if not self._gets_place(message, queue(goal)):
                return
            _, tile, to_tile = message.at
            here.busy_until = now + self.price("link_message")
            message.due = now + self.price("hop_ew" if tile[1] == to_tile[1] else "hop_ns")
            message.tile, message.at, message.on_the_way = to_tile, goal, True
        here.waiting_messages.pop(0)
        if here.waiting_messages:
            here.waiting_messages[0].due = here.busy_until
        if here.wanting_a_place:
            first = here.wanting_a_place.pop(0)
            first.has_place, first.due = True, now
        else:
            here.places += 1

    def _gets_place(self, message: Message, goal: Queue) -> bool:
        if message.has_place:
            message.has_place = False
            return True
        if goal.places == 0:
            goal.wanting_a_place.append(message)
            return False
        goal.places -= 1
        return True

    def _goal(self, message: Message) -> Place:
        """The link from where the message will stand when it has left `at`, or its core."""
        tile = message.at[2] if message.at is not None and message.at[0] == "link" else message.tile
        (x, y), (to_x, to_y) = tile, self.placement.tiles[message.core]
        if (x, y) == (to_x, to_y) or message.sender == 0:
            return ("core", message.core)
        if x != to_x:
            return ("link", (x, y), (x + (1 if to_x > x else -1), y))
        return ("link", (x, y), (x, y + (1 if to_y > y else -1)))

    def _sent(self, rasters: Rasters, active: Rasters, step: int) -> list[Sent]:
        number = 0
        found = []
        for sender in range(self.placement.n_cores + 1):
            messages, gap = [], 0
            for node, neuron in self._neurons(sender - 1):
                if sender:
                    gap += self.price("neuron_access")
                    gap += self.price("neuron_update") if active[node][step, neuron] else 0
                if not rasters[node][step, neuron]:
                    continue
                gap += self.price("spike_out" if sender else "host_in")
                for core in range(self.placement.n_cores):
                    service = self._service(node, neuron, core, rasters, step)
                    if service is None:
                        continue
                    gap += self.price("axon_out") if sender else 0
                    tile = self.placement.tiles[sender - 1 if sender else core]
                    messages.append(
                        Message(
                            number=number,
                            sender=sender,
                            core=core,
                            gap=gap,
                            service=service,
                            tile=tile,
                        )
                    )
                    number, gap = number + 1, 0
            found.append(Sent(messages, gap))
        return found

    def _neurons(self, core: int) -> list[tuple[str, int]]:
        if core < 0:
            return [(n.name, i) for n in self.program.inputs for i in range(math.prod(n.shape))]
        own = [part for part in self.placement.slices if part.core == core]
        return [(part.population, i) for part in own for i in range(part.start, part.stop)]

    def _service(
        self, node: str, neuron: int, core: int, rasters: Rasters, step: int
    ) -> int | None:
        """Ticks of a message from a neuron at a core; None where it sends none there."""
        reaches, ticks = False, self.price("axon_in")
        for number, projection in enumerate(self.program.projections):
            if node not in projection.sources:
                continue
            values = [int(rasters[s][step, neuron]) for s in projection.sources]
            loud = [s for s, v in zip(projection.sources, values, strict=True) if v]
            for n_synapses, reached in self.wiring[number, core][neuron]:
                reaches |= reached
                if sum(values) and loud[0] == node:
                    ticks += self._list_ticks(projection, n_synapses)
        return ticks if reaches else None

    def _list_ticks(self, projection: Projection, n_synapses: int) -> int:
        if isinstance(projection.operator, Direct):
            return 0
        kind = {Dense: "dense", Sparse: "sparse", Conv: "conv"}[type(projection.operator)]
        added = n_synapses * (self.price(f"synapse_{kind}") + self.price("dendrite"))
        bits = self.hardware.limits.get("synapse_word_bits")
        if bits is None:
            return added
        stored = n_synapses * self.hardware.synapse_formats[kind].bits_per_synapse
        return max(added, math.ceil(stored / bits.value) * self.price("synapse_word"))

    def _into(self, projection: Projection, core: int) -> list[list[tuple[int, bool]]]:
        """By source neuron: synapses into each slice on the core, and whether it is reached."""
        operator = projection.operator
        size = math.prod(self.program.shape_of(projection.sources[0]))
        slices = [s for s in self.placement.slices_of(projection.target) if s.core == core]
        if isinstance(operator, Direct):
            return [[(0, s.start <= i < s.stop) for s in slices] for i in range(size)]
        per_slice = [
            sum(fan_out(operator, j, j + 1, effective=False) for j in range(s.start, s.stop))
            for s in slices
        ]
        return [[(int(n[i]), bool(n[i])) for n in per_slice] for i in range(size)]
