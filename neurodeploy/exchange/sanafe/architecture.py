"""The architecture file: mesh, tiles, cores, and in each core its units with their costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from neurodeploy.exchange.sanafe.cores import Core
from neurodeploy.exchange.sanafe.figures import Figures
from neurodeploy.exchange.sanafe.yaml_text import flow
from neurodeploy.hardware.hardware import Topology

NEURON, REPLAY, DENDRITE = "neuron", "replay", "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What the file says.

    Parameters
    ----------
    formats : synapse formats in use.
    neurons_per_core : the most that a core holds; at least what the mapping puts there.
    replays_per_core, host_replays : units that send a recorded train, one a neuron.
    host : the core that sends the inputs; its own work and its messages cost nothing.
    """

    name: str
    topology: Topology
    figures: Figures
    formats: tuple[str, ...]
    neurons_per_core: int
    replays_per_core: int
    host_replays: int
    host: Core | None

    def text(self) -> str:
        """Return the YAML text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        n_tiles = self.topology.mesh_width * self.topology.mesh_height
        yield "architecture:"
        yield f"  name: {self.name}"
        yield f"  attributes: {flow(self._chip())}"
        yield "  tile:"
        host = None if self.host is None else self.host.tile
        for first, last in _ranges(n_tiles, host):
            yield f"    - name: tile{_range(first, last)}"
            yield f"      attributes: {flow(self._tile())}"
            yield "      core:"
            yield from self._cores(with_host=first == host)

    def _cores(self, *, with_host: bool) -> Iterator[str]:
        offset = self.host.offset if with_host and self.host is not None else None
        for first, last in _ranges(self.topology.cores_per_tile, offset):
            free = first == offset
            yield f"        - name: {'host' if free else 'core' + _range(first, last)}"
            yield f"          attributes: {flow(self._core(free=free))}"
            for section, units in self._units(free=free).items():
                yield f"          {section}:"
                for name, attributes in units.items():
                    yield f"            - name: {name}"
                    yield f"              attributes: {flow(attributes)}"

    def _chip(self) -> dict[str, object]:
        return {
            "topology": "mesh",
            "width": self.topology.mesh_width,
            "height": self.topology.mesh_height,
            "link_buffer_size": self.figures.link_buffer_messages,
            "sync_model": "table",
            "latency_sync": dict(self.figures.sync_s),
        }

    def _tile(self) -> dict[str, object]:
        ways = {"east": "hop_ew", "west": "hop_ew", "north": "hop_ns", "south": "hop_ns"}
        return {
            f"{kind}_{way}_hop": table[name]
            for kind, table in self._tables()
            for way, name in ways.items()
        }

    def _core(self, *, free: bool) -> dict[str, object]:
        most = max(self.neurons_per_core, self.host_replays) if free else self.neurons_per_core
        return {
            "buffer_position": "soma",
            "buffer_inside_unit": False,
            "max_neurons_supported": most,
        }

    def _units(self, *, free: bool) -> dict[str, dict[str, dict[str, object]]]:
        neuron = {"access_neuron": "neuron_access", "update_neuron": "neuron_update"}
        soma = self._costs({**neuron, "spike_out": "spike_out"}, free=free)
        somas: dict[str, dict[str, object]] = {NEURON: {"model": "leaky_integrate_fire", **soma}}
        replays = self.host_replays if free else self.replays_per_core
        if replays:
            somas[f"{REPLAY}[0..{replays - 1}]"] = {"model": "input", **soma}
        synapses: dict[str, dict[str, object]] = {
            name: {
                "model": "current_based",
                **self._costs({"process_spike": f"synapse_{name}"}, free=free),
            }
            for name in self.formats
        }
        return {
            "axon_in": {"in": self._costs({"message_in": "axon_in"}, free=free)},
            "synapse": synapses,
            "dendrite": {
                DENDRITE: {"model": "accumulator", **self._costs({"update": "dendrite"}, free=free)}
            },
            "soma": somas,
            "axon_out": {"out": self._costs({"message_out": "axon_out"}, free=free)},
        }

    def _costs(self, names: dict[str, str], *, free: bool) -> dict[str, object]:
        return {
            f"{kind}_{theirs}": 0.0 if free else table[ours]
            for kind, table in self._tables()
            for theirs, ours in names.items()
        }

    def _tables(self) -> tuple[tuple[str, "dict[str, float]"], ...]:
        return (("energy", dict(self.figures.energy_j)), ("latency", dict(self.figures.latency_s)))


def _ranges(n: int, alone: int | None) -> Iterator[tuple[int, int]]:
    """Yield inclusive ranges that cover ``0..n-1``, with `alone` in a range of its own."""
    cuts = (0, n) if alone is None else (0, alone, alone + 1, n)
    for first, stop in pairwise(cuts):
        if first < stop:
            yield first, stop - 1


def _range(first: int, last: int) -> str:
    return f"[{first}..{last}]"
