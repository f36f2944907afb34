"""The dense LIF network in norse, step by step.

    python run_norse.py SPEC.npz

Specification as in run_snntorch.py. Reset: to zero, so that spikes differ.
"""

import sys

import numpy as np
import torch
from norse.torch import LIFBoxCell, LIFBoxParameters
from serving import serve
from torch import nn

DT = 1e-3


def main():
    """Build the network and answer."""
    spec = np.load(sys.argv[1])
    x = torch.from_numpy(spec["x"]).float().transpose(0, 1).contiguous()
    layers = []
    for k, beta in enumerate(spec["beta"].tolist()):
        scale = 1 / (1 - beta)  # norse decays its input, too: v + (x - v) * dt / tau
        weight = torch.from_numpy(spec[f"w{k}"]) * scale
        linear = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        linear.weight.data = weight
        inverse = torch.as_tensor((1 - beta) / DT)
        cell = LIFBoxCell(LIFBoxParameters(tau_mem_inv=inverse, v_th=torch.as_tensor(1.0)), dt=DT)
        layers.append((linear, cell))

    @torch.no_grad()
    def work(samples, batch, threads):
        torch.set_num_threads(threads)
        hidden, counts = 0, []
        for start in range(0, samples, batch):
            part = x[:, start : min(start + batch, samples)]
            states = [None] * len(layers)
            total = 0
            for step in range(part.shape[0]):
                spikes = part[step]
                for k, (linear, cell) in enumerate(layers):
                    spikes, states[k] = cell(linear(spikes), states[k])
                    if k == 0:
                        hidden = hidden + spikes.sum()
                total = total + spikes
            counts.append(total)
        return {"hidden": float(hidden), "outputs": torch.cat(counts).int().tolist()}

    serve(work)


main()
