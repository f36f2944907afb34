"""A network that needs no training: patterns as weights, so that more steps make it surer."""

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.model import Affine, I, If, Input, Model, Output, Population, Projection
from neurodeploy.terms import Readout
from neurodeploy.toolchain.exiting import ExitData
from support.deploy import deployed

DT = 1e-3
N_STEPS = 12
ENCODING = Encoding(coder="rate", n_steps=N_STEPS, seed=4)
_PATTERNS = np.random.default_rng(3).random((3, 8))


def noisy_patterns(n_samples: int = 120, spread: float = 0.2, seed: int = 5) -> Samples:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n_samples)
    x = np.clip(_PATTERNS[y] + rng.normal(0, spread, (n_samples, 8)), 0, 1)
    return Samples(x=x, y=y, where="patterns.npz")


def matched_data(n_samples: int = 120) -> ExitData:
    return ExitData(samples=noisy_patterns(n_samples), encoding=ENCODING)


def matched_model(readout: Readout = Readout.LAST) -> Model:
    """Spikes in, one hidden neuron for each, and a readout that adds up what speaks for a class."""
    gain = np.array(1 / DT)
    return Model(
        inputs=(Input(name="in", shape=(8,)),),
        populations=(
            Population(name="hidden", shape=(8,), neuron=If(r=gain, v_threshold=np.array(0.5))),
            Population(name="out", shape=(3,), neuron=I(r=gain)),
        ),
        projections=(
            _affine("in", "hidden", np.eye(8), np.zeros(8)),
            _affine("hidden", "out", _PATTERNS, -0.5 * np.square(_PATTERNS).sum(axis=1)),
        ),
        outputs=(Output(population="out", readout=readout),),
        dt_s=DT,
    )


def matched_deployment(chip: str = "loihi2") -> Deployment:
    return deployed(matched_model(), chip=chip)


def _affine(source: str, target: str, weight: np.ndarray, bias: np.ndarray) -> Projection:
    chain = (Affine(weight=weight, bias=bias),)
    return Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
