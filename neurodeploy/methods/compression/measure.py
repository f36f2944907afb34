"""What a network costs and gives once it is deployed, measured on data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.methods.compression.places import Weighted
from neurodeploy.model import Model
from neurodeploy.placement.limits import SYNAPSE_BYTES
from neurodeploy.program import Conv
from neurodeploy.regression import Budget, Figures, figures_of
from neurodeploy.report.build import build_report
from neurodeploy.target import RunOptions
from neurodeploy.toolchain import CompileOptions
from neurodeploy.toolchain.opening import suited


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where, and on what, networks are measured.

    Parameters
    ----------
    calibration : samples whose largest states set the integers' scale; None is the worst case over
        the input's range.
    fidelity : how far time is modelled; without limits on time or energy counts are enough.
    """

    samples: Samples
    encoding: Encoding | None
    target: str = "cpu-emu"
    compile: CompileOptions = field(default_factory=CompileOptions)
    calibration: Samples | None = None
    fidelity: Fidelity = Fidelity.L3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """One deployment on the bench's data.

    Parameters
    ----------
    predictions : class of every sample, (sample,).
    """

    deployment: Deployment
    figures: Figures
    predictions: NDArray[np.int64]
    labels: NDArray[np.int64]

    def value(self, name: str) -> float | None:
        """Return the nominal value of a metric."""
        metric = self.figures.metrics.get(name)
        return None if metric is None else metric.value

    @property
    def accuracy(self) -> float:
        """Share of samples whose class is right."""
        return float(np.mean(self.predictions == self.labels))

    @property
    def synapse_bytes(self) -> int:
        """Bytes of all cores' synapses, with indices and heads of lists."""
        return sum(core[SYNAPSE_BYTES].used for core in self.deployment.placement.usage)


def bench_for(
    parts: Parts,
    budget: Budget,
    target: str,
    options: CompileOptions,
    n_samples: int,
    n_calibration: int = 0,
) -> Bench:
    """Return the bench of the first validation samples, with time where a limit asks for it."""
    n_samples = min(n_samples, parts.validation.n_samples)
    n_calibration = min(n_calibration, parts.train.n_samples)
    states = parts.train.taken(np.arange(n_calibration)) if n_calibration else None
    return Bench(
        samples=parts.validation.taken(np.arange(n_samples)),
        encoding=parts.encoding,
        target=target,
        compile=options,
        calibration=states,
        fidelity=Fidelity.L3 if _is_timed(budget) else Fidelity.L0,
    )


def deployed(model: Model, bench: Bench) -> Deployment:
    """Return the deployment of `model`, as `profile` makes it of a network's file."""
    options, _ = suited(model, bench.compile, bench.samples, bench.encoding)
    states = None if bench.calibration is None else (bench.calibration, bench.encoding)
    return toolchain.compile_network(model, bench.target, options, states)


def measured(model: Model, bench: Bench) -> Measured:
    """Return what `model` does on the bench.

    Raises
    ------
    DoesNotCompile
        If the chip cannot hold it.
    """
    deployment = deployed(model, bench)
    stimulus = toolchain.stimulus_of(deployment, bench.samples, bench.encoding)
    options = RunOptions(fidelity=bench.fidelity)
    run = toolchain.run(deployment, stimulus, options)
    report = build_report(deployment, stimulus, run, bench.fidelity)
    assert bench.samples.y is not None  # whoever trains has seen to it
    return Measured(
        deployment=deployment,
        figures=figures_of(report, "the compressed network"),
        predictions=np.asarray(run.predictions(), np.int64),
        labels=np.asarray(bench.samples.y, np.int64),
    )


def operations(model: Model, found: Measured, *, stored: bool) -> Mapping[str, float]:
    """Return the synaptic operations an inference by projection, as far as removal saves any.

    A population's operations are measured; where several projections lead to it they are shared
    out by the weights that are not 0.

    Parameters
    ----------
    stored : count stored zeros too; then a convolution's kernel, which is stored whole, saves
        nothing by single weights, and counts 0.
    """
    name = "synops_hw" if stored else "synops_effective"
    shares = dict[str, float]()
    for population in model.populations:
        layer = found.figures.layer(population.name)
        metric = None if layer is None else layer.metrics.get(name)
        into = model.projections_to(population.name)
        sizes = {p.name: _n_weights(p.chain) for p in into}
        total = sum(sizes.values())
        if metric is None or metric.value is None or not total:
            continue
        shares |= {p.name: metric.value * sizes[p.name] / total for p in into}
    return shares


def kernels(deployment: Deployment) -> frozenset[str]:
    """Return the projections whose weights the chip stores as whole kernels, by name."""
    program = deployment.program
    return frozenset(p.name for p in program.projections if isinstance(p.operator, Conv))


def _n_weights(chain: tuple[object, ...]) -> int:
    return sum(int(np.count_nonzero(o.weight)) for o in chain if isinstance(o, Weighted))


def _is_timed(budget: Budget) -> bool:
    """Return whether a figure that is limited needs the time that a run takes."""
    names = [*(limit.name for limit in budget.limits), *(share.name for share in budget.shares)]
    return any(name.startswith(_TIMED) for name in names)


_TIMED = (
    *("latency", "time", "step_time", "throughput", "energy", "edp", "power"),
    "synops_busiest_core_hz",
)
