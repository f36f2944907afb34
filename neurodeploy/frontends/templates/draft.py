"""A network while its layers are put one after the other."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.templates.options import Kind, TemplateOptions, TemplateReadout
from neurodeploy.model import (
    Affine,
    Conv2d,
    CubaLif,
    Flatten,
    I,
    If,
    Input,
    Lif,
    Model,
    Operator,
    Output,
    Population,
    Projection,
)
from neurodeploy.model.exact import factor_of, time_constant_of
from neurodeploy.terms import Readout

Floats = NDArray[np.float64]
Shape = tuple[int, ...]
INPUT = "input"


class Draft:
    """Collects layers; each is named after its population.

    Weights are normal with the variance 2 / fan-in (He et al. 2015), behind spikes, which are
    rarer than a rectifier's values, 4 / fan-in, so that deep layers are not silent. Biases are
    uniform up to 1 / sqrt(fan-in), thresholds 1, and an arriving current adds to the voltage as it
    is. Neurons with a filtered current get no bias, which would need an input of its own on a chip.
    """

    def __init__(self, options: TemplateOptions) -> None:
        self.options = options
        self.rng = np.random.default_rng(options.seed)
        self.populations: list[Population] = []
        self.projections: list[Projection] = []

    def shape_of(self, name: str) -> Shape:
        """Return the shape of the input or of a layer."""
        if name == INPUT:
            return self.options.input_shape
        return next(p.shape for p in self.populations if p.name == name)

    def conv(
        self,
        name: str,
        source: str,
        n_channels: int,
        *,
        kernel: int = 3,
        stride: int = 1,
        before: tuple[Operator, ...] = (),
    ) -> str:
        """Add a layer behind a convolution that keeps the size but for its stride."""
        self._join(
            name, source, (*before, self.kernels(source, n_channels, kernel, stride, before))
        )
        return name

    def kernels(
        self,
        source: str,
        n_channels: int,
        kernel: int,
        stride: int,
        before: tuple[Operator, ...] = (),
    ) -> Conv2d:
        """Return a convolution of what `source` sends through `before`, which keeps channels."""
        n_in = self.shape_of(source)[0]
        return Conv2d(
            weight=self._weights((n_channels, n_in, kernel, kernel), _gain(source, before)),
            bias=self._biases(n_channels, n_in * kernel * kernel),
            stride=(stride, stride),
            padding=(kernel // 2, kernel // 2),
        )

    def dense(self, name: str, source: str, size: int, before: tuple[Operator, ...] = ()) -> str:
        """Add a layer of which each neuron sees all that `source` sends."""
        self._join(name, source, self._flat(source, size, before))
        return name

    def recurrence(self, name: str) -> None:
        """Let layer `name` see its own spikes one step later."""
        size = self.shape_of(name)[0]
        self.connect(
            f"{name}_recurrent", name, name, (Affine(weight=self._weights((size, size), 1.0)),)
        )

    def connect(self, name: str, source: str, target: str, chain: tuple[Operator, ...]) -> None:
        """Add a projection between layers that are there; one to itself takes a step."""
        late = int(source == target)
        self.projections.append(
            Projection(name=name, sources=(source,), target=target, chain=chain, delay_steps=late)
        )

    def finish(self, source: str, before: tuple[Operator, ...] = ()) -> Model:
        """Add the classes and return the network."""
        options = self.options
        name = "classes"
        if options.readout is TemplateReadout.SPIKES:
            self.dense(name, source, options.n_classes, before)
            output = Output(population=name, readout=Readout.COUNT)
        else:
            chain = self._flat(source, options.n_classes, before)
            integrator = I(r=factor_of(1.0, options.dt_s))
            shape = (options.n_classes,)
            self.populations.append(Population(name=name, shape=shape, neuron=integrator))
            self.connect(f"{name}_weights", source, name, chain)
            output = Output(population=name, readout=Readout.LAST)
        return Model(
            inputs=(Input(name=INPUT, shape=options.input_shape),),
            populations=tuple(self.populations),
            projections=tuple(self.projections),
            outputs=(output,),
            dt_s=options.dt_s,
        )

    def _join(self, name: str, source: str, chain: tuple[Operator, ...]) -> None:
        shape = self.shape_of(source)
        for operator in chain:
            shape = operator.output_shape(shape)
        self.populations.append(
            Population(
                name=name, shape=shape, neuron=_neuron(self.options), reset=self.options.reset
            )
        )
        self.connect(f"{name}_weights", source, name, chain)

    def _flat(self, source: str, size: int, before: tuple[Operator, ...]) -> tuple[Operator, ...]:
        shape = self.shape_of(source)
        for operator in before:
            shape = operator.output_shape(shape)
        n_in = int(np.prod(shape))
        flat = (Flatten(),) if len(shape) > 1 else ()
        weight = self._weights((size, n_in), _gain(source, before))
        return (*before, *flat, Affine(weight=weight, bias=self._biases(size, n_in)))

    def _weights(self, shape: Shape, gain: float) -> Floats:
        n_in = int(np.prod(shape[1:]))
        return _single(self.rng.normal(0.0, np.sqrt(gain / n_in), shape))

    def _biases(self, size: int, n_in: int) -> Floats | None:
        if self.options.neuron is Kind.CUBA:
            return None
        return _single(self.rng.uniform(-1.0, 1.0, size) / np.sqrt(n_in))


def _gain(source: str, before: tuple[Operator, ...]) -> float:
    """Return the variance of the weights over 1 / fan-in."""
    spikes = source != INPUT and not before  # sums of spikes are as large as a rectifier's values
    return 4.0 if spikes else 2.0


def _single(values: Floats) -> Floats:
    """Return `values` as single precision holds them, so that files are half as large."""
    return values.astype(np.float32).astype(np.float64)


def _neuron(options: TemplateOptions) -> Lif | If | CubaLif:
    """Return a neuron of threshold 1 to which an arriving current adds as it is."""
    one = np.ones(())
    match options.neuron:
        case Kind.IF:
            return If(r=factor_of(1.0, options.dt_s), v_threshold=one)
        case Kind.LIF:
            tau_s = time_constant_of(options.leak, options.dt_s)
            r = factor_of(1.0, options.dt_s / tau_s)
            return Lif(tau_s=tau_s, r=r, v_threshold=one)
        case Kind.CUBA:
            tau_mem_s = time_constant_of(options.leak, options.dt_s)
            tau_syn_s = time_constant_of(options.current_leak, options.dt_s)
            return CubaLif(
                tau_syn_s=tau_syn_s,
                tau_mem_s=tau_mem_s,
                r=factor_of(1.0, options.dt_s / tau_mem_s),
                w_in=factor_of(1.0, options.dt_s / tau_syn_s),
                v_threshold=one,
            )
