"""The networks of the private experiments: the ones that leak, and the one that judges."""

from dataclasses import replace

import numpy as np
import torch

from examples.fashion import SPLIT_SEED, Fashion, _images, _labels, load_fashion
from examples.networks import artificial
from examples.once import TRAINED, Result, trained
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, labels_of, series
from neurodeploy.learning.options import Optimiser, TrainOptions
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.private import Synthesis, SynthesisOptions, synthesise
from neurodeploy.model import (
    Affine,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Model,
    Output,
    Population,
    Projection,
    Relu,
    Scale,
)
from neurodeploy.storage.atomic import new_file
from neurodeploy.terms import Readout, Reset

SEEDS = (0, 1, 2)
N_TEST = 3_000
"""The first test images are for accuracies, the next ones are the judge's real images."""

N_REAL = 2_000
EPOCHS = 8
PER_CLASS = 60
"""Synthetic samples a class; the paper's code makes 1,000."""
JUDGE_SEED = 100
JUDGE_SPLIT = (25_000, 45_000)
"""Which of Fashion-MNIST's training images the judge learns from: none that others see."""


def teacher(seed: int, data: Fashion) -> Result:
    """Return the artificial network without biases and BatchNorm, as PrivateSNN converts it."""
    options = TrainOptions(
        epochs=EPOCHS,
        optimiser=Optimiser.ADAMW,
        learning_rate=1e-3,
        weight_decay=1e-2,
        seed=seed,
    )
    return trained(f"private-ann-seed{seed}", lambda: artificial(seed), data, 1, options)


def judge(data: Fashion) -> Result:
    """Return a network of another shape and seed, trained on other images, half of them noisy.

    Noise keeps it from taking a pattern for an image, as networks do that saw clean images alone.
    """
    options = TrainOptions(
        epochs=EPOCHS,
        optimiser=Optimiser.ADAMW,
        learning_rate=1e-3,
        weight_decay=1e-2,
        seed=JUDGE_SEED,
    )
    others = replace(data, train=_noisy(_others()))
    return trained("private-judge", _judge_model, others, 1, options)


def measured_on(data: Fashion, *, toy: bool) -> Samples:
    """Return the test images that accuracies are measured on."""
    return data.test.taken(np.arange(200 if toy else N_TEST))


def real(data: Fashion) -> Samples:
    """Return the real images that the judge and the distances are measured on."""
    return data.test.taken(np.arange(N_TEST, N_TEST + N_REAL))


def synthetic(seed: int, data: Fashion, n_per_class: int = PER_CLASS) -> Synthesis:
    """Return samples made from a teacher alone, made once."""
    options = SynthesisOptions(n_per_class=n_per_class, seed=seed)
    path = TRAINED / f"private-synthetic-{n_per_class}-seed{seed}.npz"
    if not path.is_file():
        made = synthesise(teacher(seed, data).model, options)
        with new_file(path) as temporary:
            np.savez(temporary, x=made.samples.x, y=made.samples.y, asked=made.asked)
    with np.load(path) as held:
        samples = Samples(x=held["x"], y=held["y"], where="samples synthesised from the network")
        return Synthesis(samples=samples, asked=held["asked"], options=options)


def accuracies(model: Model, part: Samples, at: tuple[int, ...]) -> dict[str, float]:
    """Return the accuracy after each of these numbers of steps, from one run."""
    twin = Twin(model).eval()
    encoding = Encoding(coder="direct", n_steps=max(at))
    right = dict.fromkeys(at, 0)
    with torch.no_grad():
        for chosen in batches(part, 250, None):
            shown = series(part, chosen, encoding, model.inputs[0].shape)
            values = twin(shown).outputs[model.outputs[0].population]
            labels = labels_of(part, chosen)
            for n_steps in at:
                right[n_steps] += int((values[n_steps - 1].argmax(dim=1) == labels).sum())
    return {str(n_steps): n / part.n_samples for n_steps, n in right.items()}


def _others() -> Samples:
    """Return 20,000 training images that are neither in the training nor the validation part."""
    x, y = _images("train"), _labels("train")
    chosen = np.random.default_rng(SPLIT_SEED).permutation(len(y))[slice(*JUDGE_SPLIT)]
    return Samples(x=x, y=y, where="Fashion-MNIST, the judge's part").taken(chosen)


def _noisy(samples: Samples) -> Samples:
    """Return the samples, every second one with Gaussian noise of a quarter of the range."""
    rng = np.random.default_rng(JUDGE_SEED)
    x = samples.x.copy()
    noise = rng.normal(0.0, 64.0, x[::2].shape)
    x[::2] = np.clip(x[::2] + noise, 0, 255).astype(np.uint8)
    return replace(samples, x=x)


def _judge_model() -> Model:
    rng = np.random.default_rng(JUDGE_SEED)

    def drawn(*shape: int) -> np.ndarray:
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        return rng.uniform(-bound, bound, shape)

    def conv(n_out: int, n_in: int) -> Conv2d:
        weight = drawn(n_out, n_in, 3, 3)
        return Conv2d(weight=weight, bias=np.zeros(n_out), stride=(2, 2), padding=(1, 1))

    chains = {
        "conv1": (Scale(scale=np.full((1, 1, 1), 1 / 255)), conv(24, 1)),
        "conv2": (conv(48, 24),),
        "features": (Flatten(), Affine(weight=drawn(64, 2352), bias=np.zeros(64))),
        "classes": (Affine(weight=drawn(10, 64), bias=np.zeros(10)),),
    }
    shapes = {"conv1": (24, 14, 14), "conv2": (48, 7, 7), "features": (64,), "classes": (10,)}
    return Model(
        inputs=(Input(name="pixels", shape=(1, 28, 28), low=0, high=255),),
        populations=tuple(
            Population(
                name=name,
                shape=shape,
                neuron=Linear() if name == "classes" else Relu(),
                reset=Reset.NONE,
            )
            for name, shape in shapes.items()
        ),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
            for source, (target, chain) in zip(
                ("pixels", "conv1", "conv2", "features"), chains.items(), strict=True
            )
        ),
        outputs=(Output(population="classes", readout=Readout.LAST),),
        dt_s=1e-3,
    )


def main() -> None:
    """Train them all."""
    data = load_fashion()
    for seed in SEEDS:
        found = teacher(seed, data)
        print("teacher", seed, found.validation, found.test, found.cpu_s, flush=True)
    found = judge(data)
    print("judge", found.validation, found.test, found.cpu_s, flush=True)


if __name__ == "__main__":
    main()
