"""Samples that end one by one: one that ends leaves its place to another, and is not run on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import Kept
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy_cpu_emu.kernels.neurons import State
from neurodeploy_cpu_emu.trace import BlockTrace

Ints = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]
Fields = Mapping[str, Any]
"""By the field of `BlockTrace`, its array or its arrays by name."""
Advance = Callable[[BlockTrace, Mapping[str, State], int, int], None]

_FIELDS = ("outputs", "u", "v", "counts", "moves")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoppedTrace:
    """What samples did until each was stopped: the steps of the first one, then of the second, ...

    Parameters
    ----------
    used : (sample,), steps that were run; the arrays have as many rows as there are in all.
    outputs, u, v, moves : (row, neuron), as in `BlockTrace`.
    counts : (row, column)
    """

    used: Ints
    outputs: Arrays
    u: Arrays
    v: Arrays
    counts: Kept
    moves: Arrays


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """How many steps synapses look back, and the inputs, whose steps are all there."""

    n_steps: int
    inputs: frozenset[str]


def run_until(
    rule: ExitRule,
    limits: Ints,
    trace: BlockTrace,
    states: Mapping[str, State],
    back: LookBack,
    advance: Advance,
) -> StoppedTrace:
    """Run the samples of an empty `trace` from check to check until `rule` stops each.

    Parameters
    ----------
    limits : (sample,), the last informative steps.
    back : what the steps that follow look back to.
    advance : runs steps ``first:last`` of all samples of a trace.
    """
    places = _Places(trace, states, back)
    used = np.zeros(trace.n_samples, np.int64)
    seen = np.zeros_like(trace.outputs[rule.population])
    done = 0
    for stop in _stops(rule, limits):
        if not len(places.samples):
            break
        running = places.running
        advance(running, places.states, done, stop)
        alive = np.asarray(places.samples)
        seen[alive, done:stop] = running.outputs[rule.population][:, done:stop]
        done = stop
        over = alive[rule.stop(seen[alive, :done], limits[alive])]
        used[over] = done
        for sample in over.tolist():
            places.leave(sample, done)
    return StoppedTrace(used=used, **_joined(places.kept, used))


class _Places:
    """Which sample stands where in the arrays of a block; those that run come first."""

    def __init__(self, trace: BlockTrace, states: Mapping[str, State], back: LookBack) -> None:
        self.trace, self.all = trace, {name: getattr(trace, name) for name in _FIELDS}
        self.all_states, self.back = states, back
        self.samples = list(range(trace.n_samples))
        self.begun = [0] * trace.n_samples
        self.kept: list[list[Fields]] = [[] for _ in self.samples]

    @property
    def running(self) -> BlockTrace:
        """The samples that still run."""
        n = len(self.samples)
        parts = {f: _each(held, lambda a: a[:n]) for f, held in self.all.items()}
        return replace(self.trace, **parts, lists={})

    @property
    def states(self) -> Mapping[str, State]:
        """Their states."""
        n = len(self.samples)
        return {
            name: (u[:n], v[:n], flag[:n], drive[:n])
            for name, (u, v, flag, drive) in self.all_states.items()
        }

    def leave(self, sample: int, done: int) -> None:
        """Keep what `sample` did in its `done` steps; the last one that runs takes its place."""
        place, last = self.samples.index(sample), len(self.samples) - 1
        self._keep(place, done)
        if place != last:
            self._keep(last, done)
            self._move(last, place, done)
            self.samples[place] = self.samples[last]
            self.begun[place] = done
        self.samples.pop()

    def _keep(self, place: int, done: int) -> None:
        """Copy what the sample at `place` did since it was last kept."""
        steps = slice(self.begun[place], done)
        rows = {f: _each(held, lambda a: a[place, steps].copy()) for f, held in self.all.items()}
        self.kept[self.samples[place]].append(rows)

    def _move(self, source: int, target: int, done: int) -> None:
        """Copy a sample's state, its inputs to come, and the steps that later ones look back to."""
        oldest = max(done - self.back.n_steps, 0)
        for name, values in self.all["outputs"].items():
            steps = slice(oldest, None if name in self.back.inputs else done)
            values[target, steps] = values[source, steps]
        for state in self.all_states.values():
            for part in state:
                part[target] = part[source]


def _stops(rule: ExitRule, limits: Ints) -> Iterator[int]:
    """Yield the steps after which any sample may end, rising."""
    yield from sorted({stop for k in set(limits.tolist()) for stop in rule.may_stop_after(k)})


def _each(held: Any, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Any:
    """Return an array changed, or each of some by name."""
    if isinstance(held, np.ndarray):
        return change(held)
    return {name: change(array) for name, array in held.items()}


def _joined(kept: Sequence[Sequence[Fields]], used: Ints) -> dict[str, Any]:
    """Return the steps that were kept, sample by sample."""
    pieces = [piece for pieces in kept for piece in pieces]
    found = {f: _in_a_row([piece[f] for piece in pieces]) for f in _FIELDS}
    assert len(found["counts"]) == used.sum()
    return found


def _in_a_row(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
