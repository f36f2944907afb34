"""Every weighted operator of a Model as NeuroBench sees a connection layer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Affine, Conv1d, Conv2d, Model, Operator, Projection
from neurodeploy.program import Conv
from neurodeploy.program.fan_out import fan_out

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Connection:
    """One weighted operator.

    Parameters
    ----------
    sources, delay_steps : whose values of how many steps ago it is given, summed.
    before : the operators of its projection's chain that come first.
    effective : int64 (n_in,), weights that are not 0 and that an input value reaches.
    dense : the same with every weight and every value there: all positions of one step.
    """

    sources: tuple[str, ...]
    delay_steps: int
    before: tuple[Operator, ...]
    weight: Floats
    bias: Floats | None
    effective: NDArray[np.int64]
    dense: int

    def given(self, series: Floats) -> Floats:
        """Return its input (step, n_in) from the summed source's series (step, *shape)."""
        value = series
        for operator in self.before:
            value = operator.apply(value)
        return value.reshape(len(value), -1)


def connections_of(model: Model) -> tuple[Connection, ...]:
    """Return the connections in the order of the model's projections."""
    return tuple(c for projection in model.projections for c in _of_chain(model, projection))


def _of_chain(model: Model, projection: Projection) -> Iterator[Connection]:
    shape = model.node(projection.sources[0]).shape
    for k, operator in enumerate(projection.chain):
        if isinstance(operator, Affine | Conv1d | Conv2d):
            yield Connection(
                sources=projection.sources,
                delay_steps=projection.delay_steps,
                before=projection.chain[:k],
                weight=operator.weight,
                bias=operator.bias,
                effective=_reached(operator, shape, effective=True),
                dense=int(_reached(operator, shape, effective=False).sum()),
            )
        shape = operator.output_shape(shape)


def _reached(
    operator: Affine | Conv1d | Conv2d, shape: tuple[int, ...], *, effective: bool
) -> NDArray[np.int64]:
    """Return how many weights each input value is multiplied with, padding left out."""
    if isinstance(operator, Affine):
        counted = operator.weight != 0 if effective else np.ones(operator.weight.shape, np.bool_)
        return np.count_nonzero(counted, axis=-2).astype(np.int64).ravel()
    if isinstance(operator, Conv1d):
        return _reached(operator.as_conv2d, (shape[0], 1, shape[1]), effective=effective)
    geometry = operator.geometry(shape)
    conv = Conv(mantissa=(operator.weight != 0).astype(np.int32), geometry=geometry)
    return fan_out(conv, 0, conv.n_out, effective=effective)
