"""The dense LIF network in SpikingJelly, all steps at once (its multi-step mode).

    python run_spikingjelly.py SPEC.npz

Specification as in run_snntorch.py. Reset: subtract, at once, so that spikes differ a little.
"""

import sys

import numpy as np
import torch
from serving import serve
from spikingjelly.activation_based import functional, layer, neuron
from torch import nn


def main():
    """Build the network and answer."""
    spec = np.load(sys.argv[1])
    x = torch.from_numpy(spec["x"]).float().transpose(0, 1).contiguous()
    layers = []
    for k, beta in enumerate(spec["beta"].tolist()):
        weight = torch.from_numpy(spec[f"w{k}"])
        linear = layer.Linear(weight.shape[1], weight.shape[0], bias=False)
        linear.weight.data = weight
        lif = neuron.LIFNode(tau=1 / (1 - beta), decay_input=False, v_reset=None)
        layers += [linear, lif]
    network = nn.Sequential(*layers).eval()
    functional.set_step_mode(network, "m")

    @torch.no_grad()
    def work(samples, batch, threads):
        torch.set_num_threads(threads)
        hidden, counts = 0, []
        for start in range(0, samples, batch):
            part = x[:, start : min(start + batch, samples)]
            functional.reset_net(network)
            first = network[:2](part)
            hidden = hidden + first.sum()
            counts.append(network[2:](first).sum(0))
        return {"hidden": float(hidden), "outputs": torch.cat(counts).int().tolist()}

    serve(work)


main()
