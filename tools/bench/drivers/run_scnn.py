"""A batched float loop in torch over the layers of a NIR network of IF neurons, step by step.

    python run_scnn.py SPEC.npz

The specification holds ``kinds`` and, by number, each layer's arrays: ``conv`` with weight, bias,
stride and padding; ``if`` with threshold, reset to zero; ``sum`` with its kernel; ``flatten``;
``linear`` with weight and bias; and ``x`` (sample, step, channel, height, width).
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from serving import serve


def layer(spec, k, kind):
    """Return a function of (values, state) that returns both anew."""

    def of(name):
        return torch.from_numpy(spec[f"{k}.{name}"])

    if kind == "conv":
        weight, bias = of("weight").float(), of("bias").float()
        stride, padding = of("stride").tolist(), of("padding").tolist()
        return lambda x, _: (F.conv2d(x, weight, bias, stride, padding), None)
    if kind == "if":
        threshold = of("threshold").float()

        def fire(x, v):
            v = x if v is None else v + x
            spikes = (v > threshold).float()
            return spikes, v * (1 - spikes)

        return fire
    if kind == "sum":
        size = of("kernel").tolist()
        scale = float(size[0] * size[1])
        return lambda x, _: (F.avg_pool2d(x, size) * scale, None)
    if kind == "linear":
        weight, bias = of("weight").float(), of("bias").float()
        return lambda x, _: (F.linear(x, weight, bias), None)
    return lambda x, _: (x.flatten(1), None)


def main():
    """Build the network and answer."""
    spec = np.load(sys.argv[1])
    layers = [layer(spec, k, str(kind)) for k, kind in enumerate(spec["kinds"])]
    x = torch.from_numpy(spec["x"])

    @torch.no_grad()
    def work(samples, batch, threads):
        torch.set_num_threads(threads)
        spikes, counts = [0.0] * len(layers), []
        for start in range(0, samples, batch):
            part = x[start : min(start + batch, samples)].float()
            states, total = [None] * len(layers), 0
            for step in range(part.shape[1]):
                values = part[:, step]
                for k, run in enumerate(layers):
                    values, states[k] = run(values, states[k])
                    if spec["kinds"][k] == "if":
                        spikes[k] = spikes[k] + values.sum()
                total = total + values
            counts.append(total)
        outputs = torch.cat(counts)
        fired = [float(n) for k, n in enumerate(spikes) if spec["kinds"][k] == "if"]
        return {"spikes": fired, "outputs": outputs.int().tolist()}

    serve(work)


main()
