"""Lower a Model to a Program: normal form, lags, scale and rounding, population by population."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.host import HostDrive, InputCoding
from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware import NumberRanges
from neurodeploy.lowering.drive import Drive, constant_drive, drives_of
from neurodeploy.lowering.gates import gate, window_projections
from neurodeploy.lowering.normal_form import NormalForm, normal_form
from neurodeploy.lowering.quantisation import measure, refuse_vanished, worst_current
from neurodeploy.lowering.retime import lags
from neurodeploy.lowering.round import Rounded, round_drive, round_population
from neurodeploy.lowering.scale import Load, choose_vth
from neurodeploy.lowering.supported import problems_of
from neurodeploy.model import Input as ModelInput
from neurodeploy.model import Max, Model, Threshold
from neurodeploy.model import Population as ModelPopulation
from neurodeploy.model.join import without_joins
from neurodeploy.program import (
    LOIHI,
    Direct,
    Input,
    NumberFormat,
    Output,
    Population,
    Program,
    Projection,
)
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A Program, what rounding did to each population, and what stays on the host."""

    program: Program
    quantisation: tuple[LayerQuantisation, ...]
    host: tuple[HostDrive, ...]


def lower(
    model: Model,
    *,
    ranges: NumberRanges,
    formats: NumberFormat = LOIHI,
    coding: InputCoding = InputCoding.ENCODED,
    peaks: Mapping[str, tuple[float, float]] | None = None,
) -> Lowered:
    """Return `model` in integers.

    Parameters
    ----------
    ranges : which integers the chip holds.
    peaks : largest |current| and |voltage| of each population on calibration data, in the model's
        units; without, wraps are excluded for every input in its declared range.

    Raises
    ------
    DoesNotCompile
        If something in the model has no integer form (ND3101), every reason at once.
    """
    model = without_joins(model)
    problems = problems_of(model, coding)
    if problems:
        raise DoesNotCompile("ND3101", *problems)
    return _Lowering(model, ranges, formats, coding, peaks).run()


class _Lowering:
    """The walk over one model; holds what the populations share."""

    def __init__(
        self,
        model: Model,
        ranges: NumberRanges,
        formats: NumberFormat,
        coding: InputCoding,
        peaks: Mapping[str, tuple[float, float]] | None,
    ) -> None:
        self.model, self.ranges, self.formats, self.peaks = model, ranges, formats, peaks
        inputs = {node.name for node in model.inputs}
        self.host_projections = frozenset(
            p.name
            for p in model.projections
            if coding is InputCoding.INJECTED and inputs & set(p.sources)
        )
        self.problems: list[str] = []
        self.populations: list[Population] = []
        self.projections: list[Projection] = []
        self.quantisation: list[LayerQuantisation] = []
        self.host: list[HostDrive] = []
        self.output_scale: dict[str, float] = {}
        self.lag: Mapping[str, int] = {}

    def run(self) -> Lowered:
        """Lower every population; raise with all problems at once."""
        forms, drives = self._normalise()
        if not self.problems:
            self._retime(forms, drives)
        if not self.problems:
            for population in self.model.populations:
                self._population(population, forms, drives)
        if self.problems:
            raise DoesNotCompile("ND3101", *self.problems)
        return Lowered(
            program=self._program(),
            quantisation=tuple(self.quantisation),
            host=tuple(self.host),
        )

    def _normalise(
        self,
    ) -> tuple[dict[str, NormalForm], dict[str, tuple[tuple[Drive, ...], NDArray[np.float64]]]]:
        forms: dict[str, NormalForm] = {}
        drives: dict[str, tuple[tuple[Drive, ...], NDArray[np.float64]]] = {}
        for population in self.model.populations:
            if isinstance(population.neuron, Max):
                continue
            try:
                form = normal_form(population, self.model.dt_s)
                drives[population.name] = drives_of(
                    self.model, population.name, form, self.host_projections
                )
                forms[population.name] = form
            except ValueError as error:
                self.problems.append(f"population {population.name!r}: {error}")
        return forms, drives

    def _retime(
        self,
        forms: Mapping[str, NormalForm],
        drives: Mapping[str, tuple[tuple[Drive, ...], NDArray[np.float64]]],
    ) -> None:
        filtered = {n for n, (_, bias) in drives.items() if bias.any() and _filters(forms[n])}
        try:
            self.lag = lags(self.model, self.host_projections, filtered)
        except ValueError as error:
            self.problems.append(str(error))
            return
        self.problems.extend(
            f"projection {p.name!r} is injected by the host without delay, but population "
            f"{p.target!r} also hears other layers and starts {self.lag[p.target]} steps later; "
            "use --input-coding graded"
            for p in self.model.projections
            if p.name in self.host_projections and self.lag[p.target]
        )

    def _population(
        self,
        population: ModelPopulation,
        forms: Mapping[str, NormalForm],
        all_drives: Mapping[str, tuple[tuple[Drive, ...], NDArray[np.float64]]],
    ) -> None:
        if isinstance(population.neuron, Max):
            start = self.lag[population.name]
            self.populations.append(gate(population.name, population.shape, start, self.formats))
            self.projections += window_projections(
                self.model, population, population.neuron, self.lag
            )
            return
        form = forms[population.name]
        drives, drive_bias = all_drives[population.name]
        bias = form.rest / form.theta
        if drive_bias.any() and _filters(form):
            drives = (*drives, self._constant_line(population.name, drive_bias))
        else:
            bias = bias + drive_bias
        current, voltage = self._peaks(population.name, form)
        load = Load(form=form, drives=drives, bias=bias, peak_current=current, peak_voltage=voltage)
        try:
            vth, rounded = self._scaled(load)
            refuse_vanished(load, rounded)
        except ValueError as error:
            self.problems.append(f"population {population.name!r}: {error}")
            return
        integers = round_population(
            population.name,
            population.shape,
            Reset.ZERO if isinstance(population.neuron, Threshold) else population.reset,
            load,
            vth,
            self.ranges,
            self.formats,
            self.lag[population.name],
        )
        self.populations.append(integers)
        self.quantisation.append(measure(load, integers, rounded, vth, self.formats))
        if not form.spiking:
            self.output_scale[population.name] = 1.0 / (vth << self.formats.state_shift)
        for drive, part in zip(drives, rounded, strict=True):
            self._project(population.name, drive, part, vth * form.gain / form.theta)

    def _scaled(self, load: Load) -> tuple[int, tuple[Rounded, ...]]:
        """Return V and the rounded drives; where rounding pushes a sum over the limit, shrink."""
        ranges, limit = self.ranges, self.formats.current_limit >> self.formats.state_shift
        vth = choose_vth(load, ranges, self.formats)
        while True:
            rounded = tuple(round_drive(drive, vth, ranges) for drive in load.drives)
            worst = worst_current(load, rounded, vth)
            if load.peak_current is not None or worst < limit:
                return vth, rounded
            vth = int(vth * 0.99 * limit / worst)
            if vth < 1:
                raise ValueError("its current would wrap at any scale; give calibration data")

    def _peaks(self, name: str, form: NormalForm) -> tuple[float | None, float | None]:
        if self.peaks is None or name not in self.peaks:  # a join's bias line
            return None, None
        least = float(np.min(form.theta))
        current, voltage = self.peaks[name]
        return current / least, voltage / least

    def _constant_line(self, name: str, column: NDArray[np.float64]) -> Drive:
        """Add a neuron that spikes in every step, so that a bias passes the current's filter."""
        source, start = f"{name}.one", self.lag[name] - 1
        self.populations.append(gate(source, (1,), start, self.formats, always=True))
        self.lag = {**self.lag, source: start}
        return constant_drive(f"{name}.bias", source, column)

    def _project(
        self, target: str, drive: Drive, part: Rounded, factor: NDArray[np.float64]
    ) -> None:
        source, delay = drive.source, 0
        if isinstance(part.operator, Direct):
            source = f"{drive.name}.current"
            self.host.append(HostDrive(input=source, projection=drive.name, factor=factor))
        else:
            delay = drive.delay_steps + self.lag[target] - self.lag[source]
        self.projections.append(
            Projection(
                name=drive.name,
                sources=(source,),
                target=target,
                operator=part.operator,
                weight_exp=part.weight_exp,
                delay_steps=delay,
                graded=drive.graded and not drive.on_host,
            )
        )

    def _program(self) -> Program:
        outputs = tuple(
            Output(
                population=o.population,
                readout=o.readout,
                first_step=o.first_step,
                lag_steps=self.lag[o.population],
            )
            for o in self.model.outputs
        )
        return Program(
            inputs=tuple(self._inputs()),
            populations=tuple(self.populations),
            projections=tuple(self.projections),
            outputs=outputs,
            formats=self.formats,
            drain_steps=max((o.lag_steps for o in outputs), default=0),
            input_scale=dict.fromkeys((n.name for n in self.model.inputs), 1.0),
            output_scale=self.output_scale,
        )

    def _inputs(self) -> list[Input]:
        if not self.host_projections:
            return [_input(node) for node in self.model.inputs]
        limit = self.formats.current_limit >> self.formats.state_shift
        shapes = {p.name: p.shape for p in self.populations}
        targets = {p.name: p.target for p in self.projections}
        return [
            Input(name=h.input, shape=shapes[targets[h.projection]], low=-limit, high=limit)
            for h in self.host
        ]


def _filters(form: NormalForm) -> bool:
    return bool((form.leak_i != 1.0).any())


def _input(node: ModelInput) -> Input:
    return Input(name=node.name, shape=node.shape, low=int(node.low), high=int(node.high))
