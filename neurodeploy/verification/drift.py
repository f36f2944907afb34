"""`LayerDrift`: how far each layer's integers are from the float model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.model import Model
from neurodeploy.verification.evidence import Evidence
from neurodeploy.verification.float_run import FloatRun, Floats
from neurodeploy.verification.ladder import Cause, causes_of
from neurodeploy.verification.layer import Ints, layer_of
from neurodeploy.verification.recording import Overflows, Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDrift:
    """One population, float step t held against program step t + its lag, over all samples.

    Parameters
    ----------
    float_spikes, integer_spikes : totals; 0 for a population that does not spike.
    differing : neuron-steps in which one spikes and the other does not.
    count_error : spikes too many or too few, summed over samples and neurons, per float spike.
    voltage_error : of a population that does not spike: root mean square over that of the float v.
    causes : differing spikes by cause; they sum to `differing`.
    """

    population: str
    float_spikes: int
    integer_spikes: int
    differing: int
    count_error: float
    voltage_error: float | None
    overflows: Overflows
    causes: Mapping[Cause, int]

    @property
    def mismatch(self) -> float:
        """Share of all spikes, float and integer, that the other does not have: 0 to 1."""
        return self.differing / max(self.float_spikes + self.integer_spikes, 1)


def drift_of(
    deployment: Deployment,
    model: Model,
    evidence: Evidence,
    floats: FloatRun,
    overflows: Mapping[str, Overflows],
) -> tuple[LayerDrift, ...]:
    """Return the drift of every population that both model and program have, in order."""
    names = [p.name for p in deployment.program.populations if p.name in floats.outputs]
    as_heard = _in_program_time(evidence, floats)
    return tuple(
        _spiking(model, evidence, as_heard, floats, name, overflows[name])
        if deployment.program.population(name).spiking
        else _readout(deployment, evidence, floats, name, overflows[name])
        for name in names
    )


def _spiking(
    model: Model,
    evidence: Evidence,
    as_heard: Evidence,
    floats: FloatRun,
    name: str,
    overflows: Overflows,
) -> LayerDrift:
    wanted, found = floats.outputs[name], _own_steps(evidence, floats, name)
    differing = int(np.count_nonzero(wanted != found))
    n_float, n_integer = (int(np.count_nonzero(spikes)) for spikes in (wanted, found))
    counts = np.abs(wanted.sum(axis=1) - found.sum(axis=1)).sum()
    layer, lag = layer_of(evidence.program, name), evidence.program.population(name).t_start
    heard = {s: x[:, : wanted.shape[1] + lag] for s, x in as_heard.heard(name).items()}
    return LayerDrift(
        population=name,
        float_spikes=n_float,
        integer_spikes=n_integer,
        differing=differing,
        count_error=float(counts) / max(n_float, 1),
        voltage_error=None,
        overflows=overflows,
        causes=causes_of(model, layer, heard, wanted, differing),
    )


def _readout(
    deployment: Deployment, evidence: Evidence, floats: FloatRun, name: str, overflows: Overflows
) -> LayerDrift:
    wanted = floats.outputs[name]
    found = _own_steps(evidence, floats, name) * deployment.program.output_scale.get(name, 1.0)
    size = float(np.sqrt(np.mean(wanted**2)))
    return LayerDrift(
        population=name,
        float_spikes=0,
        integer_spikes=0,
        differing=0,
        count_error=0.0,
        voltage_error=float(np.sqrt(np.mean((found - wanted) ** 2))) / size if size else 0.0,
        overflows=overflows,
        causes={},
    )


def _own_steps(evidence: Evidence, floats: FloatRun, name: str) -> Floats:
    """Return the reference's outputs in the steps that are the float model's."""
    lag = evidence.program.population(name).t_start
    steps = slice(lag, lag + floats.outputs[name].shape[1])
    return evidence.reference.outputs[name][:, steps].astype(np.float64)


def _in_program_time(evidence: Evidence, floats: FloatRun) -> Evidence:
    """Return evidence in which the float model's spikes are what the layers hear."""
    delayed: dict[str, Ints] = {}
    for population in evidence.program.populations:
        if population.name in floats.outputs and population.spiking:
            shown = evidence.reference.outputs[population.name]
            lag, spikes = population.t_start, floats.outputs[population.name]
            series = np.zeros(shown.shape, np.int64)
            series[:, lag : lag + spikes.shape[1]] = spikes[:, : shown.shape[1] - lag]
            delayed[population.name] = series
    return Evidence(
        program=evidence.program,
        stimulus=evidence.stimulus,
        reference=evidence.reference,
        other=Recording(name="float", outputs=delayed),
    )
