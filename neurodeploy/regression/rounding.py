"""What rounding to integers did to each layer, against the baseline's."""

from collections.abc import Iterator

from neurodeploy.regression.figures import Figures, Layer
from neurodeploy.regression.verdict import Finding, Origin, Status

_ERRORS = ("weight_error", "weights_rounded_to_zero", "decay_error", "bias_error")

_SAME = 1e-6
"""Relative; these are float sums over weights, whose last digits differ between machines."""


def worse_rounding(before: Figures, now: Figures) -> Iterator[Finding]:
    """Yield a failure for each layer that lost more in rounding than in the baseline.

    A weight bit less costs nothing, and can even save operations: no count says that it is worse.
    """
    for layer in now.layers:
        old = before.layer(layer.name)
        for name in _ERRORS if old is not None else ():
            assert old is not None
            first, second = _error(old, name), _error(layer, name)
            if first is None or second is None or second <= first * (1 + _SAME):
                continue
            yield Finding(
                origin=Origin.BASELINE,
                status=Status.FAILED,
                path=f"layers.{layer.name}.{name}",
                unit="1",
                allowed="+0",
                figure=second,
                before=first,
                binding=f"layer '{layer.name}'",
                remark="rounding of the layer's parameters to integers",
            )


def _error(layer: Layer, name: str) -> float | None:
    found = layer.facts.get(name)
    return float(found) if isinstance(found, int | float) else None
