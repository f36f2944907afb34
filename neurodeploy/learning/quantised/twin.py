"""`QuantisedTwin`: forward the integers of the lowered network, backward its float twin."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.hardware import NumberRanges
from neurodeploy.learning.quantised.arithmetic import (
    State,
    delivered,
    doubles,
    initial,
    step,
    with_gradient_of,
)
from neurodeploy.learning.twin.readout import read
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.learning.twin.twin import Trace, Trainable, Twin
from neurodeploy.lowering.lower import Lowered, lower
from neurodeploy.lowering.normal_form import normal_form
from neurodeploy.model import Max, Model, Projection
from neurodeploy.model.join import without_joins
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.program import Direct, Population, Program
from neurodeploy.program.schedule import step_order

Peaks = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """What the network is lowered with; see `lowering.lower`."""

    ranges: NumberRanges
    coding: InputCoding = InputCoding.ENCODED
    peaks: Peaks | None = None


class QuantisedTwin(nn.Module):
    """A network trained in the integers it will have.

    In every forward pass of training the weights are lowered anew: thresholds, exponents and
    mantissas are the compiler's own. What arrives at a population is the integer sum; the gradient
    is that of the float operators. Time runs without lags: each population starts in step 0.

    Parameters
    ----------
    given : integers to run outside training, those of a deployment of `model`; None lowers it.

    Raises
    ------
    InputError
        If the model has a `Max` (ND2802).
    """

    def __init__(
        self,
        model: Model,
        formats: Formats,
        *,
        surrogate: Surrogate | None = None,
        trainable: Trainable | None = None,
        given: Lowered | None = None,
    ) -> None:
        super().__init__()
        model = without_joins(FoldBatchNorm().apply(model))
        if any(isinstance(p.neuron, Max) for p in model.populations):
            raise InputError("ND2802", "a maximum pool cannot be trained in integers")
        self.float_twin = Twin(model, surrogate=surrogate, trainable=trainable, dtype=torch.float64)
        self.formats = formats
        self._given, self._lowered = given, given

    @property
    def template(self) -> Model:
        """The network it was built from, without joins."""
        return self.float_twin.template

    @property
    def lowered(self) -> Lowered:
        """The integers of the weights as they are now."""
        if self._lowered is None or self.training:
            self._lowered = lower(
                self.float_twin.model(),
                ranges=self.formats.ranges,
                coding=self.formats.coding,
                peaks=self.formats.peaks,
            )
        return self._lowered

    def train(self, mode: bool = True) -> "QuantisedTwin":  # torch's
        """Switch training on or off; the integers are made anew."""
        self._lowered = None if mode else self._given
        super().train(mode)
        return self

    def model(self) -> Model:
        """Return the float network as it is now."""
        return self.float_twin.model()

    def forward(self, x: Tensor) -> Trace:
        """Run every sample; `x` (sample, step, *shape of the one input)."""
        run = _Run(self.float_twin, self.lowered, x.to(torch.float64).transpose(0, 1))
        outputs = run.all_steps()
        readouts = {o.population: read(o, outputs[o.population]) for o in self.template.outputs}
        return Trace(outputs=outputs, readouts=readouts)


class _Run:
    """One batch through the integers."""

    def __init__(self, twin: Twin, lowered: Lowered, series: Tensor) -> None:
        self.twin, self.program, self.series = twin, lowered.program, series
        self.n_samples = series.shape[1]
        self.models = {p.name: p for p in twin.template.populations}
        self.vth = {q.population: q.vth for q in lowered.quantisation}
        self.host = {drive.input: drive for drive in lowered.host}
        self.sent: dict[str, list[Tensor]] = {p.name: [] for p in self.program.populations}
        self.sent[twin.template.inputs[0].name] = [x.flatten(1) for x in series]
        self.lag = _lags(self.program)
        self.order = [self.program.population(name) for name in step_order(self.program)]
        self.unit = {p.name: self._unit(p) for p in self.order}

    def all_steps(self) -> dict[str, Tensor]:
        """Return (step, sample, *shape) of every population: spikes, or voltages in float units."""
        states = {p.name: initial(p, self.n_samples) for p in self.order}
        for k in range(len(self.series)):
            for population in self.order:
                self._step(population, states[population.name], k)
        return {p.name: self._output(p) for p in self.order}

    def _step(self, population: Population, state: State, k: int) -> None:
        whole = self._integers(population, k) * 2.0**self.program.formats.state_shift
        smooth = self._smooth(population, k)
        arriving = whole if smooth is None else with_gradient_of(whole, smooth)
        self.sent[population.name].append(
            step(
                population,
                state,
                arriving,
                self.program.formats,
                self.twin.surrogate,
                self.unit[population.name],
            )
        )

    def _integers(self, population: Population, k: int) -> Tensor:
        """Return the sum of what arrives in step k, (sample, neuron), in integers."""
        total = torch.zeros((self.n_samples, population.size), dtype=torch.float64)
        for projection in self.program.projections_to(population.name):
            if isinstance(projection.operator, Direct):
                total = total + self._injected(projection.sources[0], k)
                continue
            late = projection.max_delay_steps - self.lag[projection.target]
            late += self.lag[projection.sources[0]]
            if k < late:
                continue
            values = [self.sent[source][k - late].detach() for source in projection.sources]
            value = torch.stack(values).sum(dim=0)
            payload = value if projection.graded else (value != 0).to(torch.float64)
            total = total + delivered(projection, payload, self.program.formats)
        return total

    def _injected(self, name: str, k: int) -> Tensor:
        """Return the integers that the host computes: ``rint(factor chain(x))``."""
        drive = self.host[name]
        value = self.series[k].detach()
        with torch.no_grad():
            for operator in self.twin.chain(self.twin.template.projection(drive.projection)):
                value = operator(value)
        return torch.round(value.flatten(1) * doubles(drive.factor.ravel()))

    def _smooth(self, population: Population, k: int) -> Tensor | None:
        """Return the same sum in floats, in state units, for its gradient alone."""
        projections = self.twin.template.projections_to(population.name)
        if not projections:
            return None
        shape = (self.n_samples, *population.shape)
        total = torch.zeros(shape, dtype=torch.float64)
        for projection in projections:
            total = total + self._through(projection, k)
        held = self.twin.parameters_at(self.models[population.name])
        gain = 1.0 if held is None else held.value("gain")
        return (gain * total).flatten(1) * self.unit[population.name]

    def _through(self, projection: Projection, k: int) -> Tensor:
        model = self.twin.template
        shape = model.node(projection.sources[0]).shape
        late = k - projection.delay_steps
        value = torch.zeros((self.n_samples, *shape), dtype=torch.float64)
        if late >= 0:
            values = [self.sent[source][late] for source in projection.sources]
            value = torch.stack(values).sum(dim=0).reshape(self.n_samples, *shape)
        for operator in self.twin.chain(projection):
            value = operator(value)
        return value

    def _unit(self, population: Population) -> Tensor:
        """Return the state units in one float unit of voltage, (neuron,)."""
        shift = self.program.formats.state_shift
        if population.name not in self.models:
            return doubles(population.vth.ravel()) * 2.0**shift
        form = normal_form(self.models[population.name], self.twin.template.dt_s)
        return float(self.vth[population.name] << shift) / doubles(form.theta)

    def _output(self, population: Population) -> Tensor:
        values = torch.stack(self.sent[population.name])
        if not population.spiking:
            values = values * self.program.output_scale[population.name]
        return values.reshape(*values.shape[:2], *population.shape)


def _lags(program: Program) -> dict[str, int]:
    """Return how many steps later than the inputs each node starts."""
    return {n.name: 0 for n in program.inputs} | {p.name: p.t_start for p in program.populations}
