"""Where every trial is measured: settings to a network, its integers, and what they do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from neurodeploy.errors import DoesNotCompile
from neurodeploy.frontends.samples import Encoding, Samples, as_series
from neurodeploy.learning.data import Parts, batches, check, series, split
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.tuning.apply import Settings, applied
from neurodeploy.learning.tuning.budget import excess
from neurodeploy.machine.timing import Fidelity
from neurodeploy.model import Model
from neurodeploy.regression import Budget
from neurodeploy.report.metric import Metric
from neurodeploy.target import RunOptions
from neurodeploy.toolchain import CompileOptions, compile_network, profile, stimulus_of

EMULATOR = "cpu-emu"
"""What runs the integers: every target's are the same, and this one is the fastest."""

CALIBRATION = 100
"""Training samples whose percentile sets thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A network, and what its integers did on the validation samples or why there are none."""

    model: Model
    metrics: Mapping[str, Metric]
    excess: Mapping[str, float]
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """How every trial is made.

    Parameters
    ----------
    share : of the samples that are set aside for validation.
    seed : of that choice, of the training and of the search.
    compiling : how to compile; the input's range is that of all samples.
    training : how to train, or None: settings that a trial draws take the place of its values.
    """

    share: float
    seed: int
    compiling: CompileOptions
    budget: Budget
    training: TrainOptions | None = None


class Bench:
    """A network and its data, of which every trial sees the same split.

    Raises
    ------
    InputError
        If the data does not fit the network (ND2303 to ND2309, ND2803).
    """

    def __init__(
        self, model: Model, samples: Samples, encoding: Encoding | None, options: BenchOptions
    ) -> None:
        self.model, self.options = model, options
        if encoding is not None and not encoding.makes_steps:
            samples, encoding = as_series(samples, model.inputs[0].shape, encoding), None
        self.parts = split(samples, encoding, options.share, options.seed)
        check(model, self.parts)

    @property
    def n_steps(self) -> int:
        """Time steps of a sample."""
        encoding = self.parts.encoding
        if encoding is not None and encoding.n_steps is not None:
            return encoding.n_steps
        return int(self.parts.validation.x.shape[1])

    def measure(self, settings: Settings) -> Measured:
        """Return what `settings` give on the validation samples, in integers."""
        options = self.options
        parts = self._shortened(settings)
        model = applied(
            self.model, settings, lambda: _calibration(self.model.inputs[0].shape, parts)
        )
        if options.training is not None:
            model = train(model, parts, _with(options.training, settings)).model
        try:
            deployment = compile_network(model, EMULATOR, options.compiling)
        except DoesNotCompile as refusal:
            return Measured(model=model, metrics={}, excess={}, refusal="; ".join(refusal.problems))
        stimulus = stimulus_of(deployment, parts.validation, parts.encoding)
        report = profile(deployment, stimulus, RunOptions(fidelity=Fidelity.L1))
        return Measured(model=model, metrics=report.metrics, excess=excess(report, options.budget))

    def _shortened(self, settings: Settings) -> Parts:
        """Return the data with as many steps as `settings` ask for."""
        if "steps" not in settings:
            return self.parts
        n_steps, parts = int(settings["steps"]), self.parts
        if parts.encoding is not None:
            return replace(parts, encoding=replace(parts.encoding, n_steps=n_steps))
        return replace(
            parts, train=_first(parts.train, n_steps), validation=_first(parts.validation, n_steps)
        )


def _first(samples: Samples, n_steps: int) -> Samples:
    return replace(samples, x=np.ascontiguousarray(samples.x[:, :n_steps]))


def _calibration(shape: tuple[int, ...], parts: Parts) -> Tensor:
    first = next(batches(parts.train, CALIBRATION, None))
    return series(parts.train, first, parts.encoding, shape)


def _with(training: TrainOptions, settings: Settings) -> TrainOptions:
    return replace(
        training,
        learning_rate=settings.get("learning_rate", training.learning_rate),
        weight_decay=settings.get("weight_decay", training.weight_decay),
    )
