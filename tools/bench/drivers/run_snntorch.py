"""The dense LIF network in snntorch: one call of the network a step, as its tutorials do it.

    python run_snntorch.py SPEC.npz

The specification holds ``w0``, ``w1``, ... (out, in) in units of the threshold, ``beta`` by layer
and ``x``, spikes (sample, step, neuron). Reset: subtract, in the step after the spike.
"""

import sys

import numpy as np
import snntorch
import torch
from serving import serve
from torch import nn


def main():
    """Build the network and answer."""
    spec = np.load(sys.argv[1])
    x = torch.from_numpy(spec["x"]).float().transpose(0, 1).contiguous()  # step first
    layers = []
    for k, beta in enumerate(spec["beta"].tolist()):
        weight = torch.from_numpy(spec[f"w{k}"])
        linear = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        linear.weight.data = weight
        layers += [linear, snntorch.Leaky(beta=beta, threshold=1.0)]

    @torch.no_grad()
    def work(samples, batch, threads):
        torch.set_num_threads(threads)
        hidden, counts = 0, []
        for start in range(0, samples, batch):
            part = x[:, start : min(start + batch, samples)]
            states = [leaky.init_leaky() for leaky in layers[1::2]]
            total = 0
            for step in range(part.shape[0]):
                spikes = part[step]
                for k, state in enumerate(states):
                    spikes, states[k] = layers[2 * k + 1](layers[2 * k](spikes), state)
                    if k == 0:
                        first = spikes
                hidden = hidden + first.sum()
                total = total + spikes
            counts.append(total)
        return {"hidden": float(hidden), "outputs": torch.cat(counts).int().tolist()}

    serve(work)


main()
