"""Attacks that aim at the battery: samples that make a network work more or stop later."""

import torch
from torch import Tensor

from neurodeploy.audits.attacks.apgd import apgd
from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.ensemble import MEMBERS
from neurodeploy.audits.attacks.objective import Logits
from neurodeploy.audits.attacks.protocol import Battery
from neurodeploy.audits.attacks.sight import series_of_samples
from neurodeploy.audits.attacks.worst_of import BATCH
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.fan_out import fan_out
from neurodeploy.learning.twin import Twin
from neurodeploy.learning.twin.readout import each_step
from neurodeploy.model import Model


def drained(
    model: Model, x: Tensor, encoding: Encoding | None, ball: Ball, aim: Battery, seed: int
) -> Tensor:
    """Return samples within the ball on which the float network does the most it was found to do.

    Auto-PGD raises the aim through every member in turn; of each sample the best is kept.
    """
    members = {member.name: member for member in MEMBERS}
    best, most = x.clone(), torch.full((len(x),), -torch.inf, dtype=torch.float64)
    for name in aim.members:
        generator = torch.Generator().manual_seed(seed)
        work = _work(members[name].twin(model), encoding, aim, generator)
        for at in torch.split(torch.arange(len(x)), BATCH):
            found = apgd(work, x[at], _itself, ball, generator, n_steps=aim.steps).x
            with torch.no_grad():
                value = work(found)[:, 0].double()
            better = value > most[at]
            best[at[better]], most[at[better]] = found[better], value[better]
    return best


def _work(
    twin: Twin, encoding: Encoding | None, aim: Battery, generator: torch.Generator
) -> Logits:
    """Return what is raised as a function of samples, (sample, 1)."""
    reached = fan_out(twin)

    def synops(x: Tensor) -> Tensor:
        outputs = twin(series_of_samples(x, encoding, generator)).outputs
        parts = [(outputs[name] * n).flatten(2).sum(dim=(0, 2)) for name, n in reached.items()]
        return torch.stack(parts).sum(dim=0)[:, None]

    def doubt(x: Tensor) -> Tensor:
        outputs = twin(series_of_samples(x, encoding, generator)).outputs
        gained = each_step(twin.template, outputs)
        n_steps = torch.arange(1, len(gained) + 1, dtype=gained.dtype)[:, None]
        first, second = gained.cumsum(dim=0).topk(2, dim=2).values.unbind(dim=2)
        return -((first - second) / n_steps).mean(dim=0)[:, None]

    return synops if aim.aim == "synops" else doubt


def _itself(work: Tensor, at: Tensor) -> Tensor:
    del at
    return work[:, 0]
