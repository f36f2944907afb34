"""`Difference`: the first place where two recordings of one program part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Program
from neurodeploy.program.schedule import groups
from neurodeploy.verification.arrivals import arrivals
from neurodeploy.verification.evidence import Evidence
from neurodeploy.verification.layer import layer_of
from neurodeploy.verification.recording import Recording

Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One neuron at the end of one step; None where it was not recorded."""

    s: int | None
    u: int | None
    v: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where two recordings part first.

    Parameters
    ----------
    population : the first layer that differs, sources before targets; within a loop the one that
        differs in the earliest step.
    step, sample, neuron : the earliest step of it, then the lowest sample, then the lowest neuron.
    arriving : the weighted input that the reference gives this neuron in this step.
    before : the reference at the end of the step before; the initial state at step 0.
    reference, other : both readings.
    spikes_differing : spikes of that layer that differ, over all steps and samples.
    layers : every population that differs.
    """

    population: str
    sample: int
    step: int
    neuron: int
    arriving: int
    before: Reading
    reference: Reading
    other: Reading
    spikes_differing: int
    layers: tuple[str, ...]


def first_difference(evidence: Evidence) -> Difference | None:
    """Return where the other recording first parts from the reference; None where all is equal."""
    program, reference, other = evidence.program, evidence.reference, evidence.other
    places = {p.name: unequal(evidence, p.name) for p in program.populations}
    differing = {name: found for name, found in places.items() if found.any()}
    if not differing:
        return None
    name = _first_layer(program, differing)
    step, sample, neuron = (int(k) for k in np.argwhere(differing[name].transpose(1, 0, 2))[0])
    place = sample, step, neuron
    return Difference(
        population=name,
        sample=sample,
        step=step,
        neuron=neuron,
        arriving=_arriving(evidence, name, place),
        before=_before(program, reference, name, place),
        reference=_reading(reference, name, place),
        other=_reading(other, name, place),
        spikes_differing=_n_spikes(evidence, name),
        layers=tuple(differing),
    )


def unequal(evidence: Evidence, name: str) -> NDArray[np.bool_]:
    """Return where anything of population `name` that both show differs, (sample, step, neuron)."""
    n_samples, n_steps = evidence.extent
    both = slice(0, n_samples), slice(0, n_steps)
    found = np.zeros((*evidence.extent, evidence.program.population(name).size), np.bool_)
    for part, values in evidence.other.parts.items():
        if name in values:
            found |= evidence.reference.parts[part][name][both] != values[name][both]
    return found


def _first_layer(program: Program, differing: Mapping[str, NDArray[np.bool_]]) -> str:
    group = next(g for g in groups(program) if any(name in differing for name in g))

    def first_step(name: str) -> int:
        return int(np.flatnonzero(differing[name].any(axis=(0, 2)))[0])

    return min((name for name in group if name in differing), key=first_step)


def _n_spikes(evidence: Evidence, name: str) -> int:
    silent = replace(evidence.other, currents={}, voltages={})
    return int(unequal(replace(evidence, other=silent), name).sum())


def _reading(recording: Recording, name: str, place: Place) -> Reading:
    s, u, v = (
        int(values[name][place]) if name in values else None for values in recording.parts.values()
    )
    return Reading(s=s, u=u, v=v)


def _before(program: Program, reference: Recording, name: str, place: Place) -> Reading:
    sample, step, neuron = place
    if step > 0:
        return _reading(reference, name, (sample, step - 1, neuron))
    population = program.population(name)
    return Reading(s=0, u=int(population.u0.ravel()[neuron]), v=int(population.v0.ravel()[neuron]))


def _arriving(evidence: Evidence, name: str, place: Place) -> int:
    sample, step, neuron = place
    ours = replace(evidence, other=evidence.reference)
    heard = {source: x[:, : step + 1] for source, x in ours.heard(name, sample).items()}
    return int(arrivals(layer_of(evidence.program, name), heard, (1, step + 1))[0, step, neuron])
