"""The mapped network file: groups of neurons, the edges between them, and who lies where."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.exchange.sanafe.architecture import DENDRITE, NEURON, REPLAY
from neurodeploy.exchange.sanafe.cores import Cores
from neurodeploy.exchange.sanafe.dynamics import RESETS, Rasters, format_of
from neurodeploy.exchange.sanafe.edges import synapses
from neurodeploy.exchange.sanafe.yaml_text import flow
from neurodeploy.program import Dense, Direct, Population, Program, Projection

STATE_UNITS = 64
"""A Program's voltages count 64ths of its weights; SANA-FE's voltages count weights."""

NEVER = 2**30
"""A threshold above every voltage: a readout does not fire. SANA-FE reads 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A placed program as the file says it.

    Parameters
    ----------
    senders : inputs that reach weighted synapses; their trains lie on the host's core.
    replays : populations whose spikes are replayed; `rasters` has theirs and the senders'.
    """

    program: Program
    placement: Placement
    cores: Cores
    senders: tuple[str, ...]
    replays: frozenset[str]
    rasters: Rasters

    @property
    def names(self) -> Mapping[str, str]:
        """SANA-FE's group names by ours: letters, digits and underscores, told apart by number."""
        nodes = (*self.senders, *(p.name for p in self.program.populations))
        safe = [re.sub(r"\W", "_", name, flags=re.ASCII) for name in nodes]
        return {
            name: text if safe.count(text) == 1 else f"{text}_{k}"
            for k, (name, text) in enumerate(zip(nodes, safe, strict=True))
        }

    def text(self) -> str:
        """Return the YAML text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "network:"
        yield "  name: deployment"
        yield "  groups:"
        for name in self.senders:
            yield from self._replay_group(name, self._size(name))
        for population in self.program.populations:
            if population.name in self.replays:
                yield from self._replay_group(population.name, population.size)
            else:
                yield from self._group(population)
        yield "  edges:"
        for projection in self.program.projections:
            yield from self._edges(projection)
        yield "mappings:"
        yield from self._mappings()

    def _size(self, name: str) -> int:
        return int(np.prod(self.program.shape_of(name), dtype=np.int64))

    def _head(self, name: str) -> Iterator[str]:
        yield f"    - name: {self.names[name]}"
        yield "      attributes: [log_spikes: true]"
        yield "      neurons:"

    def _replay_group(self, name: str, size: int) -> Iterator[str]:
        yield from self._head(name)
        raster = self.rasters.get(name)
        for k in range(size):
            train = [] if raster is None else (raster[:, k] != 0).astype(int).tolist()
            yield f"        - {k}: [soma: {flow({'spikes': train})}]"

    def _group(self, population: Population) -> Iterator[str]:
        yield from self._head(population.name)
        attributes = [flow(_attributes(population, k)) for k in range(population.size)]
        start = 0
        for text, run in groupby(attributes):
            stop = start + len(list(run))
            yield f"        - {_neurons(start, stop)}: [soma: {text}]"
            start = stop

    def _edges(self, projection: Projection) -> Iterator[str]:
        operator = projection.operator
        if isinstance(operator, Direct):
            return
        sources, targets, mantissa = synapses(operator)
        # An input unit refuses a current that is not 0, and has no use for one.
        weights = (
            np.zeros_like(mantissa)
            if projection.target in self.replays
            else mantissa << projection.weight_exp
        )
        if not len(weights):
            return
        attributes: dict[str, object] = {"type": "dense", "weight": weights.tolist()}
        if not isinstance(operator, Dense):
            pairs = np.stack([sources, targets], axis=1).tolist()
            attributes |= {"type": "sparse", "source_target_pairs": pairs}
        source, target = self.names[projection.sources[0]], self.names[projection.target]
        yield f"    - {source} -> {target}: {_listed(attributes)}"

    def _mappings(self) -> Iterator[str]:
        """Yield neurons in the order in which their cores visit them."""
        used = dict.fromkeys(range(self.placement.n_cores), 0)
        for part in self.placement.slices:
            core, where = self.cores.placed[part.core], self.names[part.population]
            units = [f"core: {core}", f"dendrite: {DENDRITE}", *self._synapse(part.population)]
            if part.population not in self.replays:
                neurons = _neurons(part.start, part.stop)
                yield f"  - {where}.{neurons}: [{', '.join((*units, f'soma: {NEURON}'))}]"
                continue
            for neuron in range(part.start, part.stop):
                unit = f'soma: "{REPLAY}[{used[part.core]}]"'
                yield f"  - {where}.{neuron}: [{', '.join((*units, unit))}]"
                used[part.core] += 1
        yield from self._host_mappings()

    def _host_mappings(self) -> Iterator[str]:
        neurons = [(name, k) for name in self.senders for k in range(self._size(name))]
        for unit, (name, neuron) in enumerate(neurons):
            units = f'core: {self.cores.host}, dendrite: {DENDRITE}, soma: "{REPLAY}[{unit}]"'
            yield f"  - {self.names[name]}.{neuron}: [{units}]"

    def _synapse(self, population: str) -> list[str]:
        formats = {
            format_of(p)
            for p in self.program.projections_to(population)
            if not isinstance(p.operator, Direct)
        }
        return [f"synapse: {name}" for name in formats]


def replays_on(placement: Placement, replays: frozenset[str]) -> int:
    """Return the most replayed neurons on one core."""
    found: NDArray[np.int64] = np.zeros(placement.n_cores, np.int64)
    for part in placement.slices:
        if part.population in replays:
            found[part.core] += part.size
    return int(found.max(initial=0))


def _attributes(population: Population, k: int) -> dict[str, object]:
    dv, vth, v_reset = (int(getattr(population, name).flat[k]) for name in ("dv", "vth", "v_reset"))
    return {
        "threshold": vth if population.spiking else NEVER,
        "leak_decay": (4096 - dv) / 4096,
        "reset_mode": RESETS[population.reset] if population.spiking else "none",
        "reset": v_reset / STATE_UNITS,
        "bias": int(population.bias.flat[k]) / STATE_UNITS,
    }


def _neurons(start: int, stop: int) -> str:
    return str(start) if stop == start + 1 else f"{start}..{stop - 1}"


def _listed(attributes: Mapping[str, object]) -> str:
    return "[" + ", ".join(f"{key}: {flow(value)}" for key, value in attributes.items()) + "]"
