"""`from_lava_dl`: a `.net` file to a Program."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.lava_dl.input_transform import transform_of
from neurodeploy.frontends.lava_dl.layer import Integers, Layer
from neurodeploy.frontends.lava_dl.net_file import read_layers
from neurodeploy.frontends.lava_dl.refusals import refusals
from neurodeploy.frontends.lava_dl.shapes import geometry_of
from neurodeploy.program import Conv, Dense, Direct, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout

INPUT = "input"


def from_lava_dl(path: Path, *, aligned: bool = False) -> Program:
    """Return the network in a lava-dl `.net` file, with the file's own integers.

    Each layer with neurons is a population, named by its type and index (``conv1``). Spikes enter
    a first dense or convolutional layer; an input layer with neurons takes the integers that
    `input_transform` makes of an image, in every step. The last layer's spikes are counted, from
    the step at which the input can first reach it.

    Parameters
    ----------
    aligned : False is ``netx.hdf5.Network(path)`` from rest: every layer moves from the first step,
        so that biases act before the input arrives. True starts a layer when the input can first
        reach it, which is what lava-dl trains, and what netx's ``reset_interval`` does for each
        sample (where no axon is delayed; its ``reset_offset`` is then 1 for files that do not begin
        with input neurons).

    Notes
    -----
    An input layer's neurons get their values as bias in netx and as current here; their decay of
    the current is set to 4095 (no memory), which makes v and spikes the same.

    Source: lava-nc/lava-dl, `lava.lib.dl.netx.hdf5.Network` (4919a66) and `netx.blocks.process`
    (16f4bb2), run by Lava 0.10.0's fixed-point models. Delays are those of a layer's outgoing axons
    (`slayer.block.base`, 0174ac5), so they stand in the projection to the next layer.

    Raises
    ------
    InputError
        If the file cannot be read (ND2220), or holds what a Program cannot express (ND2221, all
        reasons at once).
    """
    layers = read_layers(path)
    problems = refusals(layers)
    if problems:
        raise InputError("ND2221", *(f"{path}: {problem}" for problem in problems))
    return _program(layers, aligned)


def _program(layers: Sequence[Layer], aligned: bool) -> Program:
    node = _input(layers[0])
    populations: list[Population] = []
    projections: list[Projection] = []
    source, lag, delays = node.name, 0, np.zeros(1, np.int64)
    for layer in layers:
        if layer.kind == "flatten" or layer.neuron_kind is None:
            continue
        if layer.kind == "input":
            populations.append(replace(layer.population(t_start=0), du=np.asarray(4095, np.int32)))
            projections.append(_direct(source, layer.name))
        else:
            lag += 1
            populations.append(layer.population(t_start=lag if aligned else 0))
            projections.append(_weighted(layer, layers[layer.index - 1], source, delays))
        source, delays = layer.name, layer.integers("delay")
    return Program(
        inputs=(node,),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population=source, readout=Readout.COUNT, lag_steps=lag),),
        drain_steps=lag,
    )


def _input(first: Layer) -> Input:
    transform = transform_of(first)
    if transform is not None:
        return Input(name=INPUT, shape=first.shape, low=transform.low, high=transform.high)
    if first.kind == "dense":
        return Input(name=INPUT, shape=(first.weight_matrix().shape[1],))
    return Input(name=INPUT, shape=first.shape)


def _direct(source: str, target: str) -> Projection:
    return Projection(
        name=f"{source}-{target}",
        sources=(source,),
        target=target,
        operator=Direct(),
        delay_steps=0,
    )


def _weighted(layer: Layer, before: Layer, source: str, delays: Integers) -> Projection:
    """Return the projection into `layer`; `delays` are the source's axons', one a neuron."""
    operator: Dense | Conv
    if layer.kind == "conv":
        operator = _conv(layer, before)
    else:
        operator = Dense(mantissa=layer.weight_matrix().astype(np.int32))
    return Projection(
        name=f"{source}-{layer.name}",
        sources=(source,),
        target=layer.name,
        operator=operator,
        delay_steps=_delay_steps(operator, delays),
    )


def _conv(layer: Layer, before: Layer) -> Conv:
    return Conv(mantissa=layer.kernel().astype(np.int32), geometry=geometry_of(layer, before.shape))


def _delay_steps(operator: Dense | Conv, delays: Integers) -> int | NDArray[np.int32]:
    if (delays == delays[0]).all():
        return 1 + int(delays[0])
    per_neuron = np.repeat(delays, operator.n_in // len(delays)).astype(np.int32)
    return np.broadcast_to(1 + per_neuron, operator.mantissa.shape)
