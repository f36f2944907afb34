"""How far the rates of a network are from the clamp that DSR takes them for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.paths import ThroughTime
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import If, Lif, Model, Population


def representation_errors(model: Model, x: Tensor) -> Mapping[str, tuple[float, ...]]:
    """Return the mean error of each layer's representation after 1, 2, ... steps, in thresholds.

    The error is ``|theta r(s) - clamp(g r(I), 0, theta)| / theta`` over samples and neurons, with
    the spikes s and what arrives I up to that step (Meng et al. 2022, section 4.1; see
    `learning.dsr`). Its part of rounding falls with the number of steps; what is left comes from
    spikes that arrive unevenly.

    Parameters
    ----------
    model : the trained network as it is written, in which a spike is 1.
    x : (sample, step, *shape)
    """
    path = _Measuring()
    with torch.no_grad():
        Twin(model, path=path).eval()(x)
    return path.errors


@dataclass(frozen=True, slots=True)
class _Measuring:
    """Runs each population as it is, and keeps the error of its representation."""

    errors: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs for what arrives."""
        outputs = ThroughTime().run(population, parameters, arriving, surrogate)
        if isinstance(population.neuron, If | Lif):
            assert parameters is not None
            self.errors[population.name] = _errors(parameters, arriving, outputs)
        return outputs


def _errors(parameters: Parameters, arriving: Tensor, spikes: Tensor) -> tuple[float, ...]:
    theta, decay = parameters.theta(), 1.0 - parameters.leak("leak_v")
    given, sent = torch.zeros_like(arriving[0]), torch.zeros_like(arriving[0])
    total, errors = torch.zeros_like(decay), []
    for current, spiked in zip(arriving, spikes, strict=True):
        given = decay * given + parameters.value("gain") * current
        sent = decay * sent + theta * spiked
        total = decay * total + 1.0
        wanted = torch.minimum((given / total).clamp(min=0.0), theta)
        errors.append(float(((sent / total - wanted).abs() / theta).mean()))
    return tuple(errors)
