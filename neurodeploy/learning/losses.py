"""What training minimises, from a twin's trace and the labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.twin.readout import each_step
from neurodeploy.learning.twin.twin import Trace
from neurodeploy.model import Model


class Kind(StrEnum):
    """Which values the cross entropy is taken of.

    ``readout``: the network's own readout (spike counts, a last voltage). ``mean``: the mean over
    the steps. ``tet``: each step's own values, averaged (temporal efficient training, Deng et al.
    2022), with a pull towards a constant.
    """

    READOUT = "readout"
    MEAN = "mean"
    TET = "tet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Terms and their weights.

    Parameters
    ----------
    tet_pull, tet_target : weight and target of the pull of TET on each step's values.
    synops_weight : of the synaptic operations an inference, over `synops_unit` of them.
    synops_unit : operations at which that term is 1; None is those of the network as it starts, on
        a batch of training data.
    distill_weight : share of the teacher's soft labels in the cross entropy, 0 to 1.
    distill_temperature : what both logits are divided by for the teacher's part.
    """

    kind: Kind = Kind.READOUT
    tet_pull: float = 1e-3
    tet_target: float = 1.0
    synops_weight: float = 0.0
    synops_unit: float | None = None
    distill_weight: float = 0.0
    distill_temperature: float = 4.0

    def __call__(
        self,
        model: Model,
        trace: Trace,
        labels: Tensor,
        *,
        fan_out: Mapping[str, Tensor] | None = None,
        teacher: Tensor | None = None,
    ) -> Tensor:
        """Return the loss, ().

        Parameters
        ----------
        labels : (sample,)
        fan_out : synapses that a spike of each neuron reaches, by node, (*shape).
        teacher : the teacher's logits (sample, class).
        """
        values = each_step(model, trace.outputs)
        loss = self._task(values, trace, labels)
        if teacher is not None and self.distill_weight:
            student = trace.logits if self.kind is Kind.READOUT else values.mean(dim=0)
            soft = distillation(student, teacher, self.distill_temperature)
            loss = (1.0 - self.distill_weight) * loss + self.distill_weight * soft
        if fan_out is not None and self.synops_weight:
            assert self.synops_unit is not None  # whoever trains measures it first
            loss = loss + self.synops_weight * synops(trace, fan_out) / self.synops_unit
        return loss

    def _task(self, values: Tensor, trace: Trace, labels: Tensor) -> Tensor:
        match self.kind:
            case Kind.READOUT:
                return functional.cross_entropy(trace.logits, labels)
            case Kind.MEAN:
                return functional.cross_entropy(values.mean(dim=0), labels)
            case Kind.TET:
                flat = values.flatten(0, 1)
                entropy = functional.cross_entropy(flat, labels.repeat(len(values)))
                pull = torch.mean((flat - self.tet_target) ** 2)
                return (1.0 - self.tet_pull) * entropy + self.tet_pull * pull


def distillation(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Return temperature^2 KL(teacher, student), as Hinton et al. 2015 keep its gradients' size."""
    soft = functional.softmax(teacher / temperature, dim=1)
    log = functional.log_softmax(student / temperature, dim=1)
    return temperature**2 * functional.kl_div(log, soft, reduction="batchmean")


def synops(trace: Trace, fan_out: Mapping[str, Tensor]) -> Tensor:
    """Return the synaptic operations of an inference, mean over samples, differentiable."""
    parts = [(trace.outputs[name] * reached).sum() for name, reached in fan_out.items()]
    return torch.stack(parts).sum() / next(iter(trace.outputs.values())).shape[1]
