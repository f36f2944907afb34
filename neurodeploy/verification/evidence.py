"""`Evidence`: two recordings of one program on one stimulus, and what a layer of them heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Input, Program
from neurodeploy.target import Stimulus
from neurodeploy.verification.layer import Ints, layer_of
from neurodeploy.verification.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What two machines did: `reference` shows every population, `other` perhaps only some."""

    program: Program
    stimulus: Stimulus
    reference: Recording
    other: Recording

    @property
    def extent(self) -> tuple[int, int]:
        """Samples and steps that both have."""
        shapes = [
            values.shape
            for recording in (self.reference, self.other)
            for part in recording.parts.values()
            for values in part.values()
        ]
        return min(shape[0] for shape in shapes), min(shape[1] for shape in shapes)

    def heard(self, name: str, sample: int | None = None) -> dict[str, Ints]:
        """Return the outputs (sample, step, neuron) of everything that population `name` hears.

        Each as `other` shows it, as `reference` does where it was not recorded; `sample` keeps
        only that one.
        """
        n_samples, n_steps = self.extent
        kept = slice(0, n_samples) if sample is None else slice(sample, sample + 1)
        inputs = {node.name: node for node in self.program.inputs}
        found = {}
        for source in layer_of(self.program, name).sources:
            if source in inputs:
                given = self.stimulus.x[source][kept]
                found[source] = _series(inputs[source], given, n_steps)
            else:
                shown = self.other if source in self.other.outputs else self.reference
                found[source] = shown.outputs[source][kept, :n_steps]
        return found

    def assumed(self, name: str) -> tuple[str, ...]:
        """Return the populations that `name` hears and `other` does not show."""
        populations = {p.name for p in self.program.populations}
        heard = layer_of(self.program, name).sources
        return tuple(s for s in heard if s in populations and s not in self.other.outputs)


def _series(node: Input, given: NDArray[np.integer], n_steps: int) -> Ints:
    """Return an input's values, zeros after its last step."""
    values = np.zeros((len(given), n_steps, int(np.prod(node.shape, dtype=np.int64))), np.int64)
    part = given[:, :n_steps]
    values[:, : part.shape[1]] = part.reshape(*part.shape[:2], -1)
    return values
