"""`Recording`: what one executor showed of its populations, step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.readout import read
from neurodeploy.program import Program
from neurodeploy.program.reference import Trace, simulate
from neurodeploy.target import Run, Stimulus

Ints = NDArray[np.int64]
Advance = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """Outputs, currents and voltages (sample, step, neuron) by population, where recorded.

    Parameters
    ----------
    name : of the executor: ``reference``, a target or a file.
    outputs : spikes, or the voltage of a population that does not spike.
    readouts : (sample, neuron) by output population; empty where unknown.
    """

    name: str
    outputs: Mapping[str, Ints]
    currents: Mapping[str, Ints] = field(default_factory=dict)
    voltages: Mapping[str, Ints] = field(default_factory=dict)
    readouts: Mapping[str, Ints] = field(default_factory=dict)

    @property
    def parts(self) -> Mapping[str, Mapping[str, Ints]]:
        """What may be compared: ``spikes``, ``u`` and ``v``."""
        return {"spikes": self.outputs, "u": self.currents, "v": self.voltages}

    def predictions(self) -> Ints | None:
        """Index of the largest value of the first output (sample,); ties go to the lowest."""
        first = next(iter(self.readouts.values()), None)
        return None if first is None else np.argmax(first, axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflows:
    """Neuron-steps of one population whose current wrapped and whose voltage was clipped."""

    wraps: int
    saturations: int


def recording_of(name: str, run: Run) -> Recording:
    """Return a target's run as a recording."""
    return Recording(
        name=name,
        outputs=run.rasters,
        currents=run.currents,
        voltages=run.voltages,
        readouts=run.outputs,
    )


def reference_recording(
    program: Program, stimulus: Stimulus, advance: Advance
) -> tuple[Recording, Mapping[str, Overflows]]:
    """Run `program.reference` on every sample; `advance` is called after each."""
    n_steps = stimulus.n_steps + program.drain_steps
    samples: list[Recording] = []
    overflows = {p.name: Overflows(wraps=0, saturations=0) for p in program.populations}
    for sample in range(stimulus.n_samples):
        trace = simulate(program, {name: x[sample] for name, x in stimulus.x.items()}, n_steps)
        samples.append(_shown(program, trace, stimulus.n_steps))
        overflows = {name: _added(trace, name, total) for name, total in overflows.items()}
        advance()
    recording = Recording(
        name="reference",
        outputs=_stacked([s.outputs for s in samples]),
        currents=_stacked([s.currents for s in samples]),
        voltages=_stacked([s.voltages for s in samples]),
        readouts=_stacked([s.readouts for s in samples]),
    )
    return recording, overflows


def _shown(program: Program, trace: Trace, n_stimulus_steps: int) -> Recording:
    """Return what of one sample's trace is kept; arrays without the axis of samples."""

    def flat(values: Mapping[str, Ints]) -> dict[str, Ints]:
        return {p.name: values[p.name].reshape(-1, p.size) for p in program.populations}

    outputs = flat(trace.outputs)
    readouts = {
        o.population: read(o, outputs[o.population], n_stimulus_steps) for o in program.outputs
    }
    return Recording(
        name="one sample",
        outputs=outputs,
        currents=flat(trace.u),
        voltages=flat(trace.v),
        readouts=readouts,
    )


def _added(trace: Trace, name: str, total: Overflows) -> Overflows:
    return Overflows(
        wraps=total.wraps + int(trace.wraps[name].sum()),
        saturations=total.saturations + int(trace.saturations[name].sum()),
    )


def _stacked(samples: list[Mapping[str, Ints]]) -> dict[str, Ints]:
    return {name: np.stack([sample[name] for sample in samples]) for name in samples[0]}
