"""The dense network in plain NumPy, in integers: one product a layer and step.

    python run_numpy.py SPEC.npz

The specification holds ``mantissa0``, ... (out, in), ``dv``, ``vth`` by layer and ``x``. The rules
are those of the chip: decay toward zero, threshold taken off in the step after the spike.
"""

import sys

import numpy as np
from serving import serve

SHIFT, DECAY = 6, 4096


def main():
    """Read the network and answer."""
    spec = np.load(sys.argv[1])
    n_layers = len(spec["dv"])
    # Products of floats are fast, and exact here: all sums stay below 2**24.
    weights = [spec[f"mantissa{k}"].astype(np.float32).T.copy() for k in range(n_layers)]
    keep = [DECAY - int(dv) for dv in spec["dv"]]
    theta = [int(vth) << SHIFT for vth in spec["vth"]]
    x = spec["x"].astype(np.float32)

    def work(samples, batch, threads):
        del threads  # OpenBLAS takes what OPENBLAS_NUM_THREADS says
        hidden, counts = 0, []
        for start in range(0, samples, batch):
            part = x[start : min(start + batch, samples)]
            v = [np.zeros((len(part), w.shape[1]), np.int64) for w in weights]
            fired = [np.zeros_like(state) for state in v]
            total = np.zeros_like(v[-1])
            for step in range(part.shape[1]):
                spikes = part[:, step]
                for k, w in enumerate(weights):
                    arrived = (spikes @ w).astype(np.int64) << SHIFT
                    decayed = np.sign(v[k]) * (np.abs(v[k]) * keep[k] // DECAY)
                    v[k] = decayed + arrived - theta[k] * fired[k]
                    fired[k] = (v[k] > theta[k]).astype(np.int64)
                    spikes = fired[k].astype(np.float32)
                hidden += int(fired[0].sum())
                total += fired[-1]
            counts.append(total)
        return {"hidden": hidden, "outputs": np.concatenate(counts).tolist()}

    serve(work)


main()
