"""The spiking network of an artificial one, once every layer has its threshold."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from neurodeploy.methods.conversion.options import ConversionOptions
from neurodeploy.model import I, If, Linear, Max, Model, Output, Population, Projection, Scale
from neurodeploy.model.join import without_bias
from neurodeploy.terms import Readout


def spiking(ann: Model, thresholds: Mapping[str, float], options: ConversionOptions) -> Model:
    """Return `ann` with If neurons for rectifiers; a spike stands for a threshold of activation.

    The value theta of a spike becomes a `Scale` at the start of what leaves the layer, so that
    ``theta times rate`` follows the activation, residual sums and biases included (Rueckauer et al.
    2017, with thresholds left in the neuron). A linear output adds up what arrives.
    """
    amplitudes = spike_amplitudes(ann, thresholds)
    read = {output.population for output in ann.outputs}
    populations = tuple(
        _population(p, thresholds, options, is_output=p.name in read) for p in ann.populations
    )
    outputs = tuple(
        Output(population=o.population, readout=_readout(ann.population(o.population)))
        for o in ann.outputs
    )
    return replace(
        ann,
        populations=populations,
        projections=tuple(part for p in ann.projections for part in _scaled(ann, p, amplitudes)),
        outputs=outputs,
        dt_s=options.dt_s,
    )


def spike_amplitudes(ann: Model, thresholds: Mapping[str, float]) -> dict[str, float]:
    """Return what a spike of each layer stands for; a maximum of spikes keeps its source's."""
    amplitudes = dict(thresholds)
    pools = [p for p in ann.populations if isinstance(p.neuron, Max)]
    for _ in pools:  # pools of pools: each round reaches one further
        for pool in pools:
            (source,) = ann.projections_to(pool.name)[0].sources
            if source in amplitudes:
                amplitudes[pool.name] = amplitudes[source]
    return amplitudes


def _population(
    population: Population,
    thresholds: Mapping[str, float],
    options: ConversionOptions,
    *,
    is_output: bool,
) -> Population:
    gain = np.array(1.0 / options.dt_s)
    if population.name in thresholds:
        theta = thresholds[population.name]
        return replace(
            population,
            neuron=If(r=gain, v_threshold=np.array(theta)),
            reset=options.reset,
            v0=np.array(options.v0_used * theta),
        )
    if isinstance(population.neuron, Linear) and is_output:
        return replace(population, neuron=I(r=gain))
    return population


def _readout(population: Population) -> Readout:
    return Readout.LAST if isinstance(population.neuron, Linear) else Readout.COUNT


def _scaled(
    ann: Model, projection: Projection, amplitudes: Mapping[str, float]
) -> list[Projection]:
    """Return one projection for each value that spikes have; the first keeps the biases."""
    if isinstance(ann.population(projection.target).neuron, Max):
        return [projection]  # the maximum of spikes is a spike
    groups: dict[float, list[str]] = {}
    for source in projection.sources:
        groups.setdefault(amplitudes.get(source, 1.0), []).append(source)
    parts = []
    for k, (theta, sources) in enumerate(groups.items()):
        chain = projection.chain if k == 0 else without_bias(projection.chain)
        scale = () if theta == 1.0 else (Scale(scale=np.array(theta)),)
        name = projection.name if k == 0 else f"{projection.name}.{sources[0]}"
        parts.append(replace(projection, name=name, sources=tuple(sources), chain=(*scale, *chain)))
    return parts
