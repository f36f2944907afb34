"""Jobs for the worker and what comes back: a folder, its protocol stands in `worker/run_job.py`."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import TargetFailed
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.softmax import exp_tables
from neurodeploy.storage.arrays import read_npz, write_npz
from neurodeploy.storage.codec import encode
from neurodeploy_loihi_sim.layout import Layout

PROTOCOL = 3

Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exit:
    """An exit rule as the worker takes it, see `worker/exit_rule.py`.

    Parameters
    ----------
    key : of the neurons that are judged.
    limits : (sample,), the last informative step of each.
    """

    key: str
    criterion: str
    score: str
    readout: str
    first_step: int
    n_informative: int
    n_steps: int
    min_steps: int
    period: int
    level: int
    factors: NDArray[np.int64]
    exp_high: NDArray[np.int64]
    exp_low: NDArray[np.int64]
    limits: NDArray[np.int64]


def exit_of(rule: ExitRule, key: str, limits: Sequence[int]) -> Exit:
    """Return `rule` for the neurons `key` and samples with these last informative steps."""
    high, low = exp_tables()
    return Exit(
        key=key,
        criterion=rule.criterion.value,
        score=rule.score.value,
        readout=rule.readout.value,
        first_step=rule.first_step,
        n_informative=rule.n_informative,
        n_steps=rule.n_steps,
        min_steps=rule.min_steps,
        period=rule.period,
        level=rule.level,
        factors=rule.factors,
        exp_high=high,
        exp_low=low,
        limits=np.asarray(limits, np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """A layout, and samples to run through it.

    Parameters
    ----------
    stimulus : integers (sample, step, *shape) by the key of the source; a missing step is zero.
    record : keys of the neurons whose u and v are wanted.
    starts : first neuron of every slice that is counted apart, by the key of the neurons.
    active : whether it is wanted which neurons had something to work on.
    exit : when samples stop before their last step; the first head of the layout then hangs
        together with the neurons that are judged.
    """

    layout: Layout
    stimulus: Mapping[str, Ints]
    n_samples: int
    n_steps: int
    record: tuple[str, ...]
    starts: Mapping[str, NDArray[np.int64]]
    active: bool = False
    exit: Exit | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """What the neurons of one network did, by the name of the population.

    Parameters
    ----------
    spikes : (sample, step, neuron), int8; int32 voltages of a readout.
    u, v : int32 (sample, step, neuron) of the recorded populations.
    counts : int64 (sample, step, kind, slice); the kinds are neurons with something to work on,
        currents that wrapped, and voltages that saturated.
    active : uint8 (sample, step, neuron), 1 where it had something to work on, where wanted.
    used : (sample,), steps that were run; after them there are zeros.
    """

    spikes: Mapping[str, Ints]
    u: Mapping[str, Ints]
    v: Mapping[str, Ints]
    counts: Mapping[str, NDArray[np.int64]]
    active: Mapping[str, Ints]
    used: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Job:
    networks: tuple[Network, ...]
    protocol: int = PROTOCOL
    parent: int = field(default_factory=os.getpid)


def write_job(folder: Path, networks: Sequence[Network]) -> None:
    """Write what the worker reads."""
    data, arrays = encode(_Job(networks=tuple(networks)))
    write_npz(folder / "arrays.npz", arrays)
    (folder / "job.json").write_text(json.dumps(data))


def read_recordings(
    folder: Path, answer: Mapping[str, Any], networks: Sequence[Network]
) -> list[Recording]:
    """Return what the worker recorded, one recording a network.

    Raises
    ------
    TargetFailed
        If the worker speaks another protocol (ND5105).
    """
    if answer["protocol"] != PROTOCOL:
        raise TargetFailed(
            "ND5105",
            f"loihi-sim: its worker speaks protocol {answer['protocol']}, this is {PROTOCOL}; "
            "install neurodeploy anew",
        )
    arrays = read_npz(folder / "answer.npz")
    return [_recording(arrays, k, network.layout) for k, network in enumerate(networks)]


def _recording(arrays: Mapping[str, Ints], number: int, layout: Layout) -> Recording:
    def of(what: str) -> dict[str, Ints]:
        found = {n.name: arrays.get(f"{number}/{what}/{n.key}") for n in layout.neurons}
        return {name: values for name, values in found.items() if values is not None}

    counts = {name: values.astype(np.int64) for name, values in of("counts").items()}
    return Recording(
        spikes=of("spikes"),
        u=of("u"),
        v=of("v"),
        counts=counts,
        active=of("active"),
        used=arrays[f"{number}/used"].astype(np.int64),
    )
