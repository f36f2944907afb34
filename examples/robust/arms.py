"""The arms of the robust experiment: how each network comes about."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from examples.fashion import Fashion, load_fashion
from examples.networks import artificial, network
from examples.once import TRAINED
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.robust.adversarial import Adversarial, RobustLoss, pgd_training
from neurodeploy.methods.robust.adversary import Adversary
from neurodeploy.methods.robust.conversion import DEFAULTS, robust_conversion
from neurodeploy.methods.robust.harden import HardenOptions, harden
from neurodeploy.model import Model
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.passes.insert_batchnorm import InsertBatchNorm
from neurodeploy.terms import Reset

EPS, N_STEPS, BETA = 0.04, 8, 2.0
ROBUST = Adversarial(adversary=Adversary(eps=EPS), loss=RobustLoss.CE_KL, beta=BETA)
NATURAL = Adversarial(adversary=None)
WITHOUT_KL = replace(ROBUST, loss=RobustLoss.CE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done; the toy size shows that the program runs, not what it finds.

    Parameters
    ----------
    n_finetuned : of the training images, those that finetuning sees.
    """

    name: str
    n_train: int
    n_finetuned: int
    n_validation: int
    n_attacked: int
    ann_epochs: int
    attack_steps: int
    epochs: int
    scratch_epochs: int
    n_calibration: int
    seeds: tuple[int, ...]


FULL = Size(
    name="full",
    n_train=12_000,
    n_finetuned=4_000,
    n_validation=500,
    n_attacked=150,
    ann_epochs=4,
    attack_steps=5,
    epochs=1,
    scratch_epochs=1,
    n_calibration=128,
    seeds=(3, 4, 5),
)
TOY = replace(
    FULL,
    name="toy",
    n_train=200,
    n_finetuned=200,
    n_validation=50,
    n_attacked=20,
    ann_epochs=1,
    attack_steps=1,
    n_calibration=64,
    seeds=(0,),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way to a spiking network.

    Parameters
    ----------
    start : the artificial network it is converted from, ``robust`` or ``natural``; ``scratch`` is
        none.
    objective : of the finetuning.
    thresholds, scale, batchnorm : whether thresholds are trained, what they are multiplied by in
        the conversion, and whether BatchNorm's statistics are taken anew.
    """

    label: str
    start: str
    objective: Adversarial = ROBUST
    thresholds: bool = True
    scale: float | None = None
    batchnorm: bool = True


ARMS = {
    "method": Arm(label="robust ANN, robust finetuning (the method)", start="robust"),
    "natural_start": Arm(label="natural ANN, robust finetuning", start="natural"),
    "none": Arm(
        label="natural ANN, natural finetuning (no defence)", start="natural", objective=NATURAL
    ),
    "fixed_thresholds": Arm(label="thresholds not trained", start="robust", thresholds=False),
    "unscaled": Arm(label="thresholds not scaled", start="robust", scale=1.0),
    "old_statistics": Arm(
        label="BatchNorm's statistics of the ANN", start="robust", batchnorm=False
    ),
    "without_kl": Arm(
        label="cross entropy of the moved samples, no KL", start="robust", objective=WITHOUT_KL
    ),
    "natural_finetuning": Arm(
        label="robust ANN, natural finetuning", start="robust", objective=NATURAL
    ),
    "scratch": Arm(label="spiking network from scratch, robust loss", start="scratch"),
}


def data_of(size: Size) -> Fashion:
    """Return the parts of the data that are used."""
    data = load_fashion()
    return replace(
        data,
        train=data.train.taken(np.arange(size.n_train)),
        validation=data.validation.taken(np.arange(size.n_validation)),
    )


def ann(start: str, seed: int, data: Fashion, size: Size) -> Model:
    """Return the artificial network, trained against PGD or on clean images."""
    objective = pgd_training(EPS, size.attack_steps) if start == "robust" else None
    options = TrainOptions(epochs=size.ann_epochs, batchnorm=True, seed=seed, objective=objective)
    return kept(
        f"robust_{size.name}_ann_{start}_{seed}",
        lambda: train(artificial(seed), data.parts(1), options).model,
    )


def spiking(name: str, seed: int, data: Fashion, size: Size) -> Model:
    """Return the spiking network of an arm."""
    arm = ARMS[name]

    def made() -> Model:
        if arm.start == "scratch":
            start = network(seed, leak=0.0, reset=Reset.ZERO)
            return _from_scratch(start, seed, data, size)
        options = HardenOptions(
            objective=arm.objective,
            epochs=size.epochs,
            thresholds=arm.thresholds,
            batchnorm=arm.batchnorm,
            seed=seed,
        )
        start = converted(arm, seed, data, size)
        return harden(start, _fewer(data, size).parts(N_STEPS), options).trained.model

    return kept(f"robust_{size.name}_{name}_{seed}", made)


def converted(arm: Arm, seed: int, data: Fashion, size: Size) -> Model:
    """Return the spiking network that an arm's finetuning starts from."""
    options = replace(DEFAULTS, scale=arm.scale, n_samples=size.n_calibration, seed=seed)
    source = ann(arm.start, seed, data, size)
    return kept(
        f"robust_{size.name}_converted_{arm.start}_{arm.scale}_{arm.batchnorm}_{seed}",
        lambda: (
            robust_conversion(source, data.train, N_STEPS, options, batchnorm=arm.batchnorm).model
        ),
    )


def kept(name: str, make: Callable[[], Model]) -> Model:
    """Return the network kept under `name`; made first if there is none."""
    folder = TRAINED / name
    if not folder.is_dir():
        TRAINED.mkdir(parents=True, exist_ok=True)
        write_model(make(), folder)
    return read_model(folder)


def _fewer(data: Fashion, size: Size) -> Fashion:
    """Return the data with the training images that finetuning sees."""
    return replace(data, train=data.train.taken(np.arange(size.n_finetuned)))


def _from_scratch(start: Model, seed: int, data: Fashion, size: Size) -> Model:
    options = HardenOptions(
        objective=ROBUST, epochs=size.scratch_epochs, learning_rate=0.05, seed=seed
    ).training
    return train(InsertBatchNorm().apply(start), data.parts(N_STEPS), options).model
