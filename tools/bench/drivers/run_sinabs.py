"""The dense LIF network in sinabs, all steps at once.

    python run_sinabs.py SPEC.npz

Specification as in run_snntorch.py. Reset: subtract, at once, so that spikes differ a little.
"""

import math
import sys

import numpy as np
import sinabs.layers
import torch
from serving import serve
from sinabs.activation import SingleSpike
from torch import nn


def main():
    """Build the network and answer."""
    spec = np.load(sys.argv[1])
    x = torch.from_numpy(spec["x"]).float()
    layers = []
    for k, beta in enumerate(spec["beta"].tolist()):
        weight = torch.from_numpy(spec[f"w{k}"])
        linear = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        linear.weight.data = weight
        tau = -1 / math.log(beta)
        lif = sinabs.layers.LIF(tau_mem=tau, norm_input=False, spike_fn=SingleSpike)
        layers += [linear, lif]
    network = nn.Sequential(*layers).eval()

    @torch.no_grad()
    def work(samples, batch, threads):
        torch.set_num_threads(threads)
        hidden, counts = 0, []
        for start in range(0, samples, batch):
            part = x[start : min(start + batch, samples)]
            for lif in network[1::2]:
                lif.reset_states()
            first = network[:2](part)
            hidden = hidden + first.sum()
            counts.append(network[2:](first).sum(1))
        return {"hidden": float(hidden), "outputs": torch.cat(counts).int().tolist()}

    serve(work)


main()
