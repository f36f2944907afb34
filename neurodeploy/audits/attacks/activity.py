"""Firing rates and synaptic operations of a network on given samples."""

import torch
from torch import Tensor

from neurodeploy.audits.attacks.report import Activity
from neurodeploy.audits.attacks.sight import series_of_samples
from neurodeploy.audits.attacks.worst_of import BATCH
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.fan_out import fan_out
from neurodeploy.learning.twin import Twin


def activity(twin: Twin, x: Tensor, encoding: Encoding | None, seed: int) -> Activity:
    """Return what `twin` does on samples `x` (sample, ...) before they are encoded."""
    reached = fan_out(twin)
    spikes, synops, n_steps = dict.fromkeys(reached, 0.0), 0.0, 0
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for part in torch.split(x, BATCH):
            series = series_of_samples(part, encoding, generator)
            trace = twin(series)
            n_steps += series.shape[0] * series.shape[1]
            for name, synapses in reached.items():
                fired = trace.outputs[name]
                spikes[name] += float((fired != 0).sum())
                synops += float((fired.double() * synapses).sum())
    sizes = {name: twin.template.population(name).size for name in reached}
    return Activity(
        rates={name: spikes[name] / (n_steps * sizes[name]) for name in reached},
        synops=synops / len(x),
    )
