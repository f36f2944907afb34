"""How each network of this folder comes about; test images choose nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import neurodeploy
from examples.fashion import Fashion, load_fashion
from examples.mnist import load_mnist
from examples.models.onnx_file import write_artificial
from examples.networks import artificial, network
from neurodeploy import toolchain
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.compression import Bench, CompressOptions, Work, compress
from neurodeploy.methods.compression import Method as Removal
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.methods.robust.adversarial import Adversarial, RobustLoss, pgd_training
from neurodeploy.methods.robust.adversary import Adversary
from neurodeploy.methods.robust.conversion import DEFAULTS, robust_conversion
from neurodeploy.methods.robust.harden import HardenOptions, harden
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Share
from neurodeploy.terms import ExitCriterion, ExitScore, Reset
from neurodeploy.toolchain.exiting import ExitData, ExitOptions, calibrate_exit

HERE = Path(__file__).parent
SEED = 0
WIDTHS = (8, 16, 32)
SHORT, LONG = 6, 32
"""Steps of trained networks, and of the converted one."""
ANN_STEPS = 1
EPS = 0.04
"""Radius of the robust network's perturbations, as a share of the pixels' range."""
GOAL = AccuracyDrop(points=0.5)
CONNECTIVITY = 0.2
"""Share of the weights behind the first layer that the compressed network keeps; half the
operations instead cost five points of accuracy on validation images."""

LAYERS = (
    "conv 5x5/2 1-{0}, conv 3x3/2 {0}-{1}, fc {2}-{3}, fc {3}-10, on 28x28 pixels of 0 to 255"
).format(*WIDTHS[:2], WIDTHS[1] * 49, WIDTHS[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One file of this folder.

    Parameters
    ----------
    file : what `make` writes; a deployment has a folder.
    n_steps : how often an image is shown.
    how : what was done to it, for its card.
    limits : what it is not fit for, beside what holds for all.
    make : writes it to a path.
    """

    file: str
    what: str
    data: Callable[[], Fashion]
    n_steps: int
    how: str
    limits: str
    make: Callable[[Path], None]

    @property
    def path(self) -> Path:
        """Where it lies."""
        return HERE / self.file


def digits_data() -> Fashion:
    """Return MNIST in parts of Fashion-MNIST's sizes, by a seeded permutation."""
    data = load_mnist()
    order = np.random.default_rng(SEED).permutation(data.train.n_samples)
    return Fashion(
        train=data.train.taken(order[:20_000]),
        validation=data.train.taken(order[-5_000:]),
        test=data.test,
    )


def _spiking(data: Fashion, epochs: int) -> Model:
    start = network(SEED, leak=0.5, reset=Reset.ZERO, widths=WIDTHS)
    loss = Loss(kind=Kind.TET)
    options = TrainOptions(method=Method.TET, loss=loss, epochs=epochs, batchnorm=True, seed=SEED)
    return train(start, data.parts(SHORT), options).model


def _digits(path: Path) -> None:
    toolchain.write_nir(_spiking(digits_data(), epochs=2), path)


def _fashion(path: Path) -> None:
    toolchain.write_nir(_spiking(load_fashion(), epochs=4), path)


def _ann(path: Path) -> None:
    options = TrainOptions(epochs=6, batchnorm=True, seed=SEED)
    start = artificial(SEED, widths=WIDTHS)
    write_artificial(train(start, load_fashion().parts(ANN_STEPS), options).model, path)


def _converted(path: Path) -> None:
    train = load_fashion().train
    ann = toolchain.with_range_of(_required("fashion_ann.onnx"), train, None)
    options = ConversionOptions(n_samples=1000, seed=SEED)
    toolchain.write_nir(convert(ann, train, options).model, path)


def _robust(path: Path) -> None:
    data = _fewer(12_000, 500)
    options = TrainOptions(epochs=3, batchnorm=True, seed=SEED, objective=pgd_training(EPS, 3))
    ann = train(artificial(SEED, widths=WIDTHS), data.parts(ANN_STEPS), options).model
    start = robust_conversion(
        ann, data.train, SHORT, replace(DEFAULTS, n_samples=128, seed=SEED)
    ).model
    objective = Adversarial(adversary=Adversary(eps=EPS), loss=RobustLoss.CE_KL, beta=2.0)
    finetuned = harden(
        start,
        _fewer(4_000, 500).parts(SHORT),
        HardenOptions(objective=objective, epochs=1, seed=SEED),
    )
    toolchain.write_nir(finetuned.trained.model, path)


def _compressed(path: Path) -> None:
    data = _fewer(5_000, 1_000)
    parts = data.parts(SHORT)
    training = TrainOptions(
        method=Method.TET, loss=Loss(kind=Kind.TET), epochs=6, learning_rate=0.02, seed=SEED
    )
    work = Work(parts=parts, options=CompressOptions(method=Removal.ITERATIVE, train=training))
    bench = Bench(
        samples=data.validation,
        encoding=parts.encoding,
        compile=toolchain.CompileOptions(),
        fidelity=toolchain.Fidelity.L0,
    )
    budget = Budget(limits=(), shares=(Share(name="connectivity", value=CONNECTIVITY),))
    found = compress(_required("fashion.nir"), work, budget, bench)
    if not found.is_met:
        raise SystemExit("fashion_compressed.nir: the budget of weights is not met")
    toolchain.write_nir(found.model, path)


def _exit(path: Path) -> None:
    data = load_fashion()
    deployment = neurodeploy.compile(_required("fashion.nir"))
    chosen = ExitOptions(
        rules=(ExitCriterion.MARGIN,), scores=(ExitScore.SUM,), seed=SEED, workers=1
    )
    samples = ExitData(samples=data.validation, encoding=data.parts(SHORT).encoding)
    neurodeploy.save(calibrate_exit(deployment, samples, GOAL, chosen)[0], path)


def _fewer(n_train: int, n_validation: int) -> Fashion:
    data = load_fashion()
    return replace(
        data,
        train=data.train.taken(np.arange(n_train)),
        validation=data.validation.taken(np.arange(n_validation)),
    )


def _required(file: str) -> Model:
    return toolchain.load_model(HERE / file)[0]


RECIPES = {
    "digits": Recipe(
        file="digits.nir",
        what="Handwritten digits.",
        data=digits_data,
        n_steps=SHORT,
        how="TET, 2 epochs of 20,000 training images; 5,000 others chose the epoch.",
        limits="Digits off the centre, of another size, or dark on light: 255 is ink.",
        make=_digits,
    ),
    "fashion": Recipe(
        file="fashion.nir",
        what="Ten kinds of clothes.",
        data=load_fashion,
        n_steps=SHORT,
        how="TET, 4 epochs of 20,000 training images; 5,000 others chose the epoch.",
        limits="Images that somebody means to mislead it with: it was not hardened.",
        make=_fashion,
    ),
    "fashion_robust": Recipe(
        file="fashion_robust.nir",
        what="Ten kinds of clothes, hardened against perturbed pixels.",
        data=load_fashion,
        n_steps=SHORT,
        how="An artificial network trained against PGD (3 steps, 3 epochs of 12,000 images), "
        "converted by the rule `robust`, then finetuned against RFGSM (1 epoch of 4,000 images), "
        f"all within {EPS} of the pixels' range.",
        limits="Proof of robustness: other attacks, larger radii and other changes than those of "
        "pixels may leave less.",
        make=_robust,
    ),
    "fashion_ann": Recipe(
        file="fashion_ann.onnx",
        what="Ten kinds of clothes, an artificial network with rectifiers.",
        data=load_fashion,
        n_steps=ANN_STEPS,
        how="Cross entropy, 6 epochs of 20,000 training images; 5,000 others chose the epoch.",
        limits="Deployment as it is: `neurodeploy convert` makes a spiking network of it.",
        make=_ann,
    ),
    "fashion_converted": Recipe(
        file="fashion_converted.nir",
        what="fashion_ann.onnx, converted.",
        data=load_fashion,
        n_steps=LONG,
        how="Thresholds from the 99.9th percentile of 1,000 training images' activations, soft "
        "reset; nothing was trained after that.",
        limits="Few steps: its accuracy needs many.",
        make=_converted,
    ),
    "fashion_compressed": Recipe(
        file="fashion_compressed.nir",
        what="fashion.nir with four fifths of its weights removed.",
        data=load_fashion,
        n_steps=SHORT,
        how="Iterative magnitude: the smallest weights behind the first layer, in rounds with 6 "
        "epochs of 5,000 training images in all; 1,000 validation images chose the epochs.",
        limits="A saving of operations in that proportion: neurons that are left fire as before.",
        make=_compressed,
    ),
    "fashion_exit": Recipe(
        file="fashion_exit",
        what="fashion.nir deployed, with a rule that stops an image early.",
        data=load_fashion,
        n_steps=SHORT,
        how="The threshold of the margin was chosen on 5,000 validation images, to lose at most "
        f"{GOAL.points} points.",
        limits="Answers that must not depend on how hard an image is, in time or in energy.",
        make=_exit,
    ),
}
