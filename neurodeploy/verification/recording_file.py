"""Recordings of other machines: an `.npz` as `neurodeploy run --record LAYER -o` writes it.

``spikes.NAME``, ``u.NAME`` and ``v.NAME`` (sample, step, *shape) or (sample, step, neuron), the
first axis missing where there is one sample; a bare ``NAME`` holds spikes. Steps are the program's:
a layer moves from its lag on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.program import Population, Program
from neurodeploy.storage.arrays import read_npz
from neurodeploy.verification.recording import Ints, Recording

_PREFIXES = {"spikes": "spikes.", "u": "u.", "v": "v."}
_IGNORED = ("output.", "predictions")
_STOPPED = (
    "comes from a run that an exit policy stopped, and every step is compared; take the policy out "
    "first: neurodeploy exit BUILD --remove"
)


def read_recording(path: Path, program: Program, n_samples: int) -> Recording:
    """Return the first `n_samples` samples that the file shows of the populations of `program`.

    Raises
    ------
    InputError
        If the file cannot be read (ND2301, ND2302) or its arrays are not of this program (ND2321).
    """
    populations = {p.name: p for p in program.populations}
    found: dict[str, dict[str, Ints]] = {part: {} for part in _PREFIXES}
    problems = []
    for key, values in read_npz(path).items():
        if key.startswith(_IGNORED):
            continue
        if key == "steps_used":
            problems.append(_STOPPED)
            continue
        part, name = _part_of(key)
        if name not in populations:
            problems.append(f"holds {key!r}; the layers are {', '.join(populations)}")
            continue
        try:
            found[part][name] = _as_series(values, populations[name])[:n_samples]
        except ValueError as error:
            problems.append(f"{key} {error}")
    problems = problems or _disagreements(found)
    if problems:
        raise InputError("ND2321", *(f"{path}: {problem}" for problem in problems))
    return Recording(
        name=path.name, outputs=found["spikes"], currents=found["u"], voltages=found["v"]
    )


def _part_of(key: str) -> tuple[str, str]:
    for part, prefix in _PREFIXES.items():
        if key.startswith(prefix):
            return part, key.removeprefix(prefix)
    return "spikes", key


def _as_series(values: NDArray[Any], population: Population) -> Ints:
    """Return (sample, step, neuron); ValueError says what does not fit."""
    if values.dtype.kind not in "biuf" or (values != np.floor(values)).any():
        raise ValueError(f"has dtype {values.dtype} and values that are no integers")
    tails = (population.shape, (population.size,))
    whole = values.astype(np.int64)
    if values.ndim > 2 and values.shape[2:] in tails:
        return whole.reshape(*values.shape[:2], population.size)
    if values.ndim > 1 and values.shape[1:] in tails:
        return whole.reshape(1, len(values), population.size)
    sizes = ", ".join(map(str, population.shape))
    raise ValueError(f"has shape {values.shape}, expected (sample, step, {sizes})")


def _disagreements(found: Mapping[str, Mapping[str, Ints]]) -> list[str]:
    """Return what is wrong between arrays: none at all, or different samples or steps."""
    shapes = {values.shape[:2] for part in found.values() for values in part.values()}
    if not shapes:
        return ["holds no layer; expected spikes.NAME (sample, step, neuron)"]
    if len(shapes) > 1:
        listed = " and ".join(f"{samples} x {steps}" for samples, steps in sorted(shapes))
        return [f"its layers have {listed} samples and steps; record all of them alike"]
    return []
