"""Train the demo's network and write it to neurodeploy/frontends/demo.nir.

    python tools/train_demo.py [--seed N] [--output FILE]

Prints the digest of the network, its accuracy on the validation part while it trains, and at the
end, once, its accuracy on the test part in the float simulator.
"""

import argparse
import time
from pathlib import Path

from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS, TRAINING_SEED
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.frontends.snntorch import from_snntorch
from neurodeploy.learning.demo import train_demo
from neurodeploy.model.nir_file import write_nir


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the network of `neurodeploy demo`.")
    parser.add_argument("--seed", type=int, default=TRAINING_SEED)
    parser.add_argument("--output", type=Path, default=DEMO_NETWORK)
    options = parser.parse_args()
    started = time.perf_counter()
    network = train_demo(options.seed, show)
    model = from_snntorch(network, (64,))
    write_nir(model, options.output)
    print(f"trained in {time.perf_counter() - started:.1f} s with seed {options.seed}")
    print(f"{options.output}: {model.digest}")
    test = load_digits().test
    simulation = model.simulate(rate(test.x, N_STEPS, CODING_SEED).astype(float))
    right = simulation.predictions() == test.y
    print(f"float test accuracy {right.mean():.2%} ({right.sum()} of {len(test.y)})")
    for name, spikes in simulation.spikes.items():
        size = model.population(name).size
        mean = spikes.mean()
        print(f"spikes of {name}: {mean:.1f} a sample, {mean / size:.2f} a neuron")


def show(epoch: int, n_epochs: int, accuracy: float) -> None:
    if epoch % 10 == 0:
        print(f"epoch {epoch} of {n_epochs}: validation accuracy {accuracy:.2%}")


if __name__ == "__main__":
    main()
