"""What drives one population: fused projections, normalised so that the threshold is 1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.lowering.fuse import Fused, fuse, scaled
from neurodeploy.lowering.normal_form import NormalForm
from neurodeploy.model import Input, Model, Projection

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One source's projection into a population; `low` to `high` is the range of the source.

    `on_host` says that the host multiplies, and its integers enter without synapses.
    """

    name: str
    source: str
    fused: Fused
    delay_steps: int
    low: float
    high: float
    graded: bool = False
    on_host: bool = False

    def reach(self) -> float:
        """Return the largest magnitude that its current can have in one step."""
        return float(max(np.max(part, initial=0.0) for part in self.row_bounds()))

    def row_bounds(self) -> tuple[Floats, Floats]:
        """Return (most, minus least) of each row's (or channel's) sum, at its worst."""
        weight = self.fused.weight
        if weight is None:
            return np.array([self.high]), np.array([-self.low])
        rows = weight.reshape(len(weight), -1)
        most = np.maximum(rows * self.high, rows * self.low).sum(axis=1)
        least = np.minimum(rows * self.high, rows * self.low).sum(axis=1)
        return most, -least


def drives_of(
    model: Model, name: str, form: NormalForm, host: frozenset[str]
) -> tuple[tuple[Drive, ...], Floats]:
    """Return what drives population `name`, and the constant its projections' biases add.

    A projection from several sources becomes one drive each, because a chip sends one message a
    spike. Biases of the drives in `host` stay with them.

    Raises
    ------
    ValueError
        If a chain cannot be fused, naming the projection.
    """
    drives: list[Drive] = []
    bias = np.zeros(len(form.gain))
    for projection in model.projections_to(name):
        fused = _normalised(model, projection, form)
        on_host = projection.name in host
        drives.extend(
            _drive(model, projection, source, fused, on_host) for source in projection.sources
        )
        bias += 0.0 if on_host else fused.bias
    return tuple(drives), bias


def _normalised(model: Model, projection: Projection, form: NormalForm) -> Fused:
    try:
        fused = fuse(projection.chain, model.node(projection.sources[0]).shape)
        target = model.population(projection.target)
        return scaled(fused, (form.gain / form.theta).reshape(target.shape))
    except ValueError as error:
        raise ValueError(f"projection {projection.name!r}: {error}") from error


def _drive(model: Model, projection: Projection, source: str, fused: Fused, on_host: bool) -> Drive:
    node = model.node(source)
    several = len(projection.sources) > 1
    low, high = (node.low, node.high) if isinstance(node, Input) else (0.0, 1.0)
    return Drive(
        name=f"{projection.name}.{source}" if several else projection.name,
        source=source,
        fused=fused,
        delay_steps=projection.delay_steps,
        low=min(low, 0.0),
        high=max(high, 0.0),
        graded=isinstance(node, Input) and (low < 0 or high > 1),
        on_host=on_host,
    )


def constant_drive(name: str, source: str, column: Floats) -> Drive:
    """Return the drive of a line that spikes in every step, one weight a neuron."""
    fused = Fused(weight=column[:, None], bias=np.zeros(len(column)), shape=(len(column),))
    return Drive(name=name, source=source, fused=fused, delay_steps=0, low=0.0, high=1.0)


def total_reach(drives: tuple[Drive, ...], form: NormalForm) -> float:
    """Return the largest magnitude of the current, in thresholds, over any input in range.

    The geometric sum of the current's decay is at most one over its leak.
    """
    least_leak = float(np.min(form.leak_i, initial=1.0))
    start = float(np.max(np.abs(form.u0 / form.theta), initial=0.0))
    return sum(drive.reach() for drive in drives) / max(least_leak, 1e-12) + start
