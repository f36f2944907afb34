"""Make model.nir and test.npz: a network that tells which of four sensors is the loudest.

Sixteen spike inputs, four a sensor; a hidden layer sums each sensor and is held down by the
others, an output layer adds up its evidence. Nothing is trained, so nothing has to be downloaded.
"""

from pathlib import Path

import numpy as np

from neurodeploy.model import Affine, If, Input, Model, Output, Population, Projection
from neurodeploy.toolchain import write_nir

HERE = Path(__file__).parent
N_SENSORS, N_PER_SENSOR, N_HIDDEN = 4, 4, 12
N_SAMPLES, N_STEPS = 40, 20


def network() -> Model:
    """Return layers `sensors` and `loudest`."""
    group = np.repeat(np.arange(N_SENSORS), N_PER_SENSOR)
    hidden = np.repeat(np.arange(N_SENSORS), N_HIDDEN // N_SENSORS)
    return Model(
        inputs=(Input(name="input", shape=group.shape),),
        populations=(_layer("sensors", hidden.size), _layer("loudest", N_SENSORS)),
        projections=(
            _dense("input", "sensors", np.where(hidden[:, None] == group, 0.4, -0.1)),
            _dense(
                "sensors", "loudest", np.where(np.arange(N_SENSORS)[:, None] == hidden, 0.5, -0.25)
            ),
        ),
        outputs=(Output(population="loudest"),),
        dt_s=1e-3,
    )


def stimulus() -> tuple[np.ndarray, np.ndarray]:
    """Return spikes (sample, step, input) and the loudest sensor of each sample."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, N_SENSORS, N_SAMPLES)
    rate = np.full((N_SAMPLES, N_SENSORS), 0.15)
    rate[np.arange(N_SAMPLES), labels] = 0.4
    rates = np.repeat(rate, N_PER_SENSOR, axis=1)[:, None, :]
    spikes = rng.random((N_SAMPLES, N_STEPS, rates.shape[2])) < rates
    return spikes.astype(np.uint8), labels


def _layer(name: str, size: int) -> Population:
    neuron = If(r=np.full((), 1e3), v_threshold=np.full((), 1.0))
    return Population(name=name, shape=(size,), neuron=neuron)


def _dense(source: str, target: str, weight: np.ndarray) -> Projection:
    chain = (Affine(weight=weight, bias=np.zeros(len(weight))),)
    return Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)


if __name__ == "__main__":
    x, y = stimulus()
    np.savez_compressed(HERE / "test.npz", x=x, y=y)
    write_nir(network(), HERE / "model.nir")
