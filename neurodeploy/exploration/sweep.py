"""`sweep`: one network on chips x placements x numbers of steps, and the front of what came out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.exploration.pareto import Objective, front
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.placement import Strategy
from neurodeploy.report.metric import Metric
from neurodeploy.target import RunOptions
from neurodeploy.toolchain import (
    CompileOptions,
    Network,
    compile_network,
    profile,
    stimulus_of,
)
from neurodeploy.toolchain.compiling import Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is swept; the order given is the order of the points.

    Parameters
    ----------
    chips : names or paths of chip pages.
    n_steps : steps of the stimulus; None is what the samples or the encoding have.
    """

    chips: tuple[str, ...]
    placements: tuple[Strategy, ...]
    n_steps: tuple[int | None, ...] = (None,)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.chips) * len(self.placements) * len(self.n_steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One setting and its metrics; `refusal` says why there are none."""

    chip: str
    placement: str
    n_steps: int
    metrics: Mapping[str, Metric]
    refusal: str = ""

    def value(self, metric: str) -> float | None:
        """Return the nominal value of a metric, None where it is unknown or there is none."""
        return self.metrics[metric].value if metric in self.metrics else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """All points, and the indices of those that no other beats in every objective."""

    objectives: tuple[Objective, ...]
    points: tuple[Point, ...]
    front: tuple[int, ...]


def default_objectives(samples: Samples) -> tuple[Objective, ...]:
    """Return accuracy (where there are labels), energy and latency."""
    costs = (
        Objective(metric="energy_total_j", minimise=True),
        Objective(metric="latency_s", minimise=True),
    )
    if samples.y is None:
        return costs
    return (Objective(metric="accuracy", minimise=False), *costs)


def sweep(
    network: Network,
    target: str,
    samples: Samples,
    encoding: Encoding | None,
    grid: Grid,
    *,
    options: CompileOptions | None = None,
    calibration: Calibration | None = None,
    run_options: RunOptions | None = None,
    objectives: Sequence[Objective] = (),
    on_progress: Callable[[int], None] | None = None,
) -> Sweep:
    """Compile and profile every point of `grid`; a point that does not compile keeps its reason.

    Parameters
    ----------
    calibration : samples that set the scales and plan the placements; not the ones profiled.
    objectives : what the front is drawn for; else `default_objectives`.

    Raises
    ------
    InputError
        If the samples have fewer steps than a point asks for (ND2310).
    """
    chosen = tuple(objectives) or default_objectives(samples)
    points: list[Point] = []
    stimuli = [_shortened(samples, encoding, n_steps) for n_steps in grid.n_steps]
    for chip, placement in product(grid.chips, grid.placements):
        choice = replace(options or CompileOptions(), chip=chip, placement=placement)
        points += _points(network, target, choice, calibration, stimuli, run_options)
        if on_progress is not None:
            on_progress(len(points))
    values = [[point.value(objective.metric) for objective in chosen] for point in points]
    return Sweep(objectives=chosen, points=tuple(points), front=front(values, chosen))


def _points(
    network: Network,
    target: str,
    options: CompileOptions,
    calibration: Calibration | None,
    stimuli: Sequence[tuple[Samples, Encoding | None, int]],
    run_options: RunOptions | None,
) -> Iterator[Point]:
    assert options.chip is not None
    try:
        deployment = compile_network(network, target, options, calibration)
    except DoesNotCompile as refusal:
        for *_, n_steps in stimuli:
            yield Point(
                chip=options.chip,
                placement=options.placement,
                n_steps=n_steps,
                metrics={},
                refusal="; ".join(refusal.problems),
            )
        return
    for samples, encoding, n_steps in stimuli:
        metrics = _metrics(deployment, samples, encoding, run_options)
        yield Point(
            chip=options.chip, placement=options.placement, n_steps=n_steps, metrics=metrics
        )


def _metrics(
    deployment: Deployment,
    samples: Samples,
    encoding: Encoding | None,
    run_options: RunOptions | None,
) -> Mapping[str, Metric]:
    stimulus = stimulus_of(deployment, samples, encoding)
    return profile(deployment, stimulus, run_options).metrics


def _shortened(
    samples: Samples, encoding: Encoding | None, n_steps: int | None
) -> tuple[Samples, Encoding | None, int]:
    """Return the stimulus with `n_steps` steps: encoded anew, or the first steps of a series."""
    if encoding is not None and encoding.n_steps is not None:
        wanted = encoding.n_steps if n_steps is None else n_steps
        return samples, replace(encoding, n_steps=wanted), wanted
    if encoding is not None:  # its steps are those of what it encodes
        return samples, encoding, samples.x.shape[1]
    there = samples.x.shape[1]
    wanted = there if n_steps is None else n_steps
    if wanted > there:
        raise InputError(
            "ND2310",
            f"{samples.where}: has {there} steps, --steps asks for {wanted}; give at most {there}, "
            "or values without steps and --encode",
        )
    return replace(samples, x=np.ascontiguousarray(samples.x[:, :wanted])), None, wanted
