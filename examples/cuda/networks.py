"""VGG-11 as an artificial network, and a pre-activation ResNet-18 of spiking neurons."""

from dataclasses import dataclass, field

import numpy as np

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    I,
    If,
    Input,
    Linear,
    Model,
    Neuron,
    Operator,
    Output,
    Population,
    Projection,
    Relu,
    Scale,
)
from neurodeploy.terms import Readout, Reset

DT_S = 1e-3
PIXELS = Input(name="pixels", shape=(3, 32, 32), low=0, high=255)
VGG11 = (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0)
"""Channels of each convolution; 0 is a mean over 2x2 (Simonyan and Zisserman 2015, table 1, A)."""


def vgg11(seed: int, share: float = 1.0, dense: int = 4096) -> Model:
    """Return VGG-11 with rectifiers, means for pools, and two dense layers of `dense` neurons.

    Parameters
    ----------
    share : of the channels.
    """
    draft, side, pools = _Draft(seed), 32, 0
    last, n_channels = PIXELS.name, 3
    before: tuple[Operator, ...] = (Scale(scale=np.full((1, 1, 1), 1 / 255)),)
    for k, width in enumerate(VGG11):
        if width == 0:
            before, side, pools = (_mean(2),), side // 2, pools + 1
            continue
        n_out = max(round(width * share), 1)
        chain = (*before, draft.conv(n_out, n_channels, 3))
        last = draft.add(f"conv{k - pools + 1}", (n_out, side, side), Relu(), {last: chain})
        before, n_channels = (), n_out
    before, n_in = (_mean(2), Flatten()), n_channels
    for k in (1, 2):
        chain = (*before, draft.affine(dense, n_in))
        last = draft.add(f"fc{k}", (dense,), Relu(), {last: chain})
        before, n_in = (), dense
    draft.add("classes", (10,), Linear(), {last: (draft.affine(10, dense),)})
    return draft.finish()


def preact_resnet18(seed: int, theta: float, width: int = 64) -> Model:
    """Return a pre-activation ResNet-18 (He et al. 2016) whose neurons are IF with soft reset.

    BatchNorm stands before each neuron; what goes around a block is the sum itself, or where the
    block changes the size a convolution of its first spikes.

    Parameters
    ----------
    theta : every threshold.
    width : channels of the first stage; each next one has twice as many.
    """
    draft, side = _Draft(seed), 32
    pixels = Scale(scale=np.full((1, 1, 1), 1 / 255))
    neuron = If(r=np.array(1 / DT_S), v_threshold=np.array(theta))
    first = (pixels, draft.conv(width, 3, 3))
    last = draft.add("stem", (width, side, side), Linear(), {PIXELS.name: first})
    n_channels = width
    for stage in range(4):
        for block in range(2):
            n_out, stride = width << stage, 2 if block == 0 and stage > 0 else 1
            name = f"block{stage + 1}{'ab'[block]}"
            before = (n_channels, side, side)
            side //= stride
            shape = (n_out, side, side)
            norm = (_norm(n_channels),)
            one = draft.add(f"{name}_1", before, neuron, {last: norm})
            chain = (draft.conv(n_out, n_channels, 3, stride), _norm(n_out))
            two = draft.add(f"{name}_2", shape, neuron, {one: chain})
            changes = stride > 1 or n_out != n_channels
            around = (draft.conv(n_out, n_channels, 1, stride),) if changes else ()
            inside = (draft.conv(n_out, n_out, 3),)
            source = one if changes else last
            last = draft.add(f"{name}_sum", shape, Linear(), {two: inside, source: around})
            n_channels = n_out
    shape = (n_channels, side, side)
    end = draft.add("end", shape, neuron, {last: (_norm(n_channels),)})
    pooled = (_mean(side), Flatten(), draft.affine(10, n_channels))
    draft.add("classes", (10,), I(r=np.array(1 / DT_S)), {end: pooled})
    return draft.finish()


@dataclass(slots=True)
class _Draft:
    """A network while it is put together; its weights are drawn in the order of its layers."""

    seed: int
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)

    def add(
        self,
        name: str,
        shape: tuple[int, ...],
        neuron: Neuron,
        sources: dict[str, tuple[Operator, ...]],
    ) -> str:
        reset = Reset.SUBTRACT if isinstance(neuron, If) else Reset.NONE
        self.populations.append(Population(name=name, shape=shape, neuron=neuron, reset=reset))
        self.projections += [
            Projection(name=f"{source}_to_{name}", sources=(source,), target=name, chain=chain)
            for source, chain in sources.items()
        ]
        return name

    def conv(self, n_out: int, n_in: int, kernel: int, stride: int = 1) -> Conv2d:
        pad = kernel // 2
        weight = self._drawn((n_out, n_in, kernel, kernel))
        return Conv2d(weight=weight, bias=None, stride=(stride, stride), padding=(pad, pad))

    def affine(self, n_out: int, n_in: int) -> Affine:
        return Affine(weight=self._drawn((n_out, n_in)), bias=np.zeros(n_out))

    def finish(self) -> Model:
        return Model(
            inputs=(PIXELS,),
            populations=tuple(self.populations),
            projections=tuple(self.projections),
            outputs=(Output(population="classes", readout=Readout.LAST),),
            dt_s=DT_S,
        )

    def _drawn(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return weights of He et al. 2015, equation 10."""
        rng = np.random.default_rng([self.seed, len(self.projections)])
        return rng.normal(0.0, np.sqrt(2 / np.prod(shape[1:])), shape)


def _mean(side: int) -> AvgPool2d:
    return AvgPool2d(kernel=(side, side), stride=(side, side))


def _norm(n_channels: int) -> BatchNorm:
    one, zero = np.ones(n_channels), np.zeros(n_channels)
    return BatchNorm(mean=zero, var=one, gamma=one, beta=zero, eps=1e-5)
