"""`Subject`: the samples that are attacked, drawn from the data and checked."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurodeploy.audits.attacks.protocol import Protocol
from neurodeploy.audits.attacks.sight import repeated
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.model import Model
from neurodeploy.storage.codec import digest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """Samples to attack.

    Parameters
    ----------
    x : (sample, ...) float32, before they are encoded; series where `encoding` is None.
    labels : (sample,)
    where : the data, and `stimulus` how values become a series.
    """

    x: Tensor
    labels: Tensor
    encoding: Encoding | None
    where: str
    stimulus: str
    digest: str


def subject_of(
    model: Model, samples: Samples, encoding: Encoding | None, protocol: Protocol
) -> Subject:
    """Return `protocol.n_samples` of `samples`, drawn by its seed.

    Raises
    ------
    InputError
        If there are no labels (ND2803), samples do not fit the network (ND2306, ND2307), or lie
        outside the range that it declares (ND2305).
    """
    if samples.y is None:
        raise InputError("ND2803", f"{samples.where}: holds no labels y, which an attack needs")
    node = model.inputs[0]
    order = np.random.default_rng(protocol.seed).permutation(samples.n_samples)
    drawn = samples.taken(np.sort(order[: protocol.n_samples]))
    assert drawn.y is not None
    first = drawn.taken(np.arange(1))
    _, stimulus = series_of(first, node.shape, encoding)
    if _is_series(drawn, encoding):
        values, encoding = series_of(drawn, node.shape, encoding)[0], None
    else:
        values = drawn.x
    x = torch.from_numpy(np.ascontiguousarray(values, np.float32))
    if protocol.each_step and encoding is not None and encoding.coder == "direct":
        assert encoding.n_steps is not None
        x, encoding = repeated(x, encoding.n_steps).contiguous(), None
        stimulus = f"{stimulus}, each step with a perturbation of its own"
    _check_range(x, node.low, node.high, samples.where)
    return Subject(
        x=x,
        labels=torch.from_numpy(drawn.y),
        encoding=encoding,
        where=samples.where,
        stimulus=stimulus,
        digest=digest((x.numpy(), drawn.y)),
    )


def _is_series(samples: Samples, encoding: Encoding | None) -> bool:
    """Return whether the series is attacked: it is given, or made by what has no gradient."""
    if samples.offsets is not None or encoding is None:
        return True
    return encoding.coder not in ("direct", "rate")


def _check_range(x: Tensor, low: float, high: float, where: str) -> None:
    found = float(x.min()), float(x.max())
    if found[0] < low or found[1] > high:
        raise InputError(
            "ND2305",
            f"{where}: values from {found[0]:g} to {found[1]:g}; the network is declared for "
            f"{low:g} to {high:g}: state the range with --input-range",
        )
