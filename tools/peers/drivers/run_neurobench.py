"""Count one network with NeuroBench: a program of its own, in the interpreter that holds it.

    python run_neurobench.py KIND PRUNED CODING SEED ANSWER.json

KIND, PRUNED, CODING and SEED are those of ``snntorch_networks``; all samples are one batch. The
answer has NeuroBench's results under its own names.
"""

import json
import sys
from pathlib import Path

import torch
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, Footprint
from neurobench.metrics.workload import ActivationSparsity, MembraneUpdates, SynapticOperations
from neurobench.models import SNNTorchModel
from snntorch_networks import N_SAMPLES, network, stimulus
from torch.utils.data import DataLoader, TensorDataset

STATIC = [Footprint, ConnectionSparsity]
WORKLOAD = [ActivationSparsity, SynapticOperations, MembraneUpdates]


def main():
    """Run the benchmark and write its results."""
    kind, pruned, coding, seed, answer = sys.argv[1:]
    x = torch.from_numpy(stimulus(kind, coding, int(seed)))
    data = TensorDataset(x, torch.zeros(N_SAMPLES, dtype=torch.long))
    model = SNNTorchModel(network(kind, float(pruned), int(seed)))
    with torch.no_grad():
        benchmark = Benchmark(
            model, DataLoader(data, batch_size=N_SAMPLES), [], [], [STATIC, WORKLOAD]
        )
        results = benchmark.run(quiet=True)
    Path(answer).write_text(json.dumps(results, default=float))


if __name__ == "__main__":
    main()
