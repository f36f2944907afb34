"""What one training step holds for its way back, and how long it takes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from neurodeploy.learning.data import Parts, batches, check, labels_of, series
from neurodeploy.learning.losses import Loss
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.prepare import prepared
from neurodeploy.model import Model

N_TIMED = 3
"""Steps of which the fastest is told; others on the machine only ever slow one down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCost:
    """One batch.

    Parameters
    ----------
    saved_bytes : of all tensors that the forward pass keeps for the backward pass, each storage
        once, without the parameters. This is what grows with the number of steps; what passes
        through on top of it is not counted.
    time_s : of forward and backward pass, the fastest of a few.
    """

    batch_size: int
    n_steps: int
    saved_bytes: int
    time_s: float


def beside_bptt(model: Model, parts: Parts, options: TrainOptions) -> Mapping[str, StepCost]:
    """Return the cost of a step by the method of `options`, and by BPTT, of the same network.

    Raises
    ------
    InputError
        As `train`, for data that does not fit.
    """
    check(model, parts)
    bptt = replace(options, method=Method.BPTT, threshold_percentile=None)
    return {o.method.value: _cost(model, parts, o) for o in (options, bptt)}


def _cost(model: Model, parts: Parts, options: TrainOptions) -> StepCost:
    first = next(batches(parts.train, options.batch_size, options.seed))
    x = series(parts.train, first, parts.encoding, model.inputs[0].shape, options.device)
    labels = labels_of(parts.train, first).to(options.device)
    twin = prepared(model, options, x).train()
    loss = replace(options.loss, synops_weight=0.0, distill_weight=0.0)
    saved, _ = _step(twin, x, labels, loss)
    times = [_step(twin, x, labels, loss)[1] for _ in range(N_TIMED)]
    return StepCost(
        batch_size=len(labels), n_steps=x.shape[1], saved_bytes=saved, time_s=min(times)
    )


def _step(twin: nn.Module, x: Tensor, labels: Tensor, loss: Loss) -> tuple[int, float]:
    """Return the bytes that were saved, and the seconds it took."""
    own = {p.untyped_storage().data_ptr() for p in twin.parameters()}
    held: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage().data_ptr()
        if storage not in own:
            held[storage] = tensor  # kept, so that no other storage takes its place
        return tensor

    began = time.perf_counter()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        trace = twin(x)
        value = loss(twin.template, trace, labels)  # type: ignore[arg-type]  # a twin's Model
    saved = sum(tensor.untyped_storage().nbytes() for tensor in held.values())
    held.clear()
    torch.autograd.backward(value)
    if x.is_cuda:
        torch.cuda.synchronize()
    return saved, time.perf_counter() - began
