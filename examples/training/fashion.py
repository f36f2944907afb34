"""Fashion-MNIST, the network of the experiments, and one training that is done only once."""

import gzip
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts
from neurodeploy.learning.evaluate import evaluate
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Twin
from neurodeploy.model import (
    Affine,
    Conv2d,
    Flatten,
    I,
    If,
    Input,
    Lif,
    Model,
    Neuron,
    Output,
    Population,
    Projection,
    Scale,
)
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.storage.atomic import new_file
from neurodeploy.terms import Readout, Reset

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "fashion-mnist"
TRAINED = Path(os.environ.get("NEURODEPLOY_TRAINED", "build/training"))
RESULTS = Path(__file__).parents[1] / "results"

N_TRAIN, N_VALIDATION = 20_000, 5_000
SPLIT_SEED = 0
DT_S = 1e-3

CHECKSUMS = {
    "train-images-idx3": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
"""sha256 of the files NAME-ubyte.gz, as Zalando Research publishes the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fashion:
    """20,000 images to train on, 5,000 to choose with, and all 10,000 test images."""

    train: Samples
    validation: Samples
    test: Samples

    def parts(self, n_steps: int) -> Parts:
        """Return what `train` takes: each image shown `n_steps` times."""
        encoding = Encoding(coder="direct", n_steps=n_steps)
        return Parts(train=self.train, validation=self.validation, encoding=encoding)


def load_fashion() -> Fashion:
    """Return the data; training and validation are parts of one seeded permutation."""
    x, y = _images("train"), _labels("train")
    order = np.random.default_rng(SPLIT_SEED).permutation(len(y))
    whole = Samples(x=x, y=y, where="Fashion-MNIST")
    test = Samples(x=_images("t10k"), y=_labels("t10k"), where="Fashion-MNIST's test images")
    return Fashion(
        train=whole.taken(order[:N_TRAIN]),
        validation=whole.taken(order[-N_VALIDATION:]),
        test=test,
    )


def network(seed: int, *, leak: float, reset: Reset, last: int = 10) -> Model:
    """Return conv 5x5/2 1-16, conv 3x3/2 16-32, fc 1568-128, fc 128-10, its weights drawn anew.

    Pixels 0 to 255 enter, scaled to 0 to 1 by the first operator. Neurons have threshold 1 and
    ``v = (1 - leak) v + current``; the readout adds up what arrives.
    """
    rng = np.random.default_rng(seed)
    shapes = {"conv1": (16, 14, 14), "conv2": (32, 7, 7), "fc1": (128,)}
    populations = [
        Population(name=name, shape=shape, neuron=_neuron(leak), reset=reset)
        for name, shape in shapes.items()
    ]
    readout = Population(name="classes", shape=(last,), neuron=I(r=np.array(1 / DT_S)))
    pixels = Scale(scale=np.full((1, 1, 1), 1 / 255))
    chains = {
        "conv1": (pixels, _conv(rng, 16, 1, 5)),
        "conv2": (_conv(rng, 32, 16, 3),),
        "fc1": (Flatten(), _affine(rng, 128, 1568)),
        "classes": (_affine(rng, last, 128),),
    }
    sources = ("pixels", "conv1", "conv2", "fc1")
    return Model(
        inputs=(Input(name="pixels", shape=(1, 28, 28), low=0, high=255),),
        populations=(*populations, readout),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
            for source, (target, chain) in zip(sources, chains.items(), strict=True)
        ),
        outputs=(Output(population="classes", readout=Readout.LAST),),
        dt_s=DT_S,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A trained network and its figures: accuracies 0 to 1, and the processor time it took."""

    model: Model
    validation: float
    test: float
    cpu_s: float


def trained(
    name: str,
    start: Callable[[], Model],
    data: Fashion,
    n_steps: int,
    options: TrainOptions,
    teacher: Model | None = None,
) -> Result:
    """Return the network trained under `name`; from its file, if it was trained before."""
    folder, record = TRAINED / name, TRAINED / f"{name}.json"
    torch.set_num_threads(1)
    if not record.is_file():
        began = time.process_time()
        result = train(
            start(),
            data.parts(n_steps),
            options,
            teacher=teacher,
            checkpoint=TRAINED / f"{name}.checkpoint",
            on_epoch=lambda e: print(
                f"{name} epoch {e.number} loss {e.loss:.3f} validation "
                f"{100 * e.validation_accuracy:.2f} % rates "
                + " ".join(f"{rate:.3f}" for rate in e.rates.values()),
                flush=True,
            ),
        )
        cpu_s = time.process_time() - began
        test = evaluate(Twin(result.model), data.test, data.parts(n_steps).encoding).accuracy
        write_model(result.model, folder)
        figures = {"validation": result.best_accuracy, "test": test, "cpu_s": cpu_s}
        write_json(figures, record)
    figures = json.loads(record.read_text())
    return Result(model=read_model(folder), **figures)


def write_json(content: object, path: Path) -> None:
    """Write `content` under a temporary name and move it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def _neuron(leak: float) -> Neuron:
    theta = np.array(1.0)
    if leak == 0:
        return If(r=np.array(1 / DT_S), v_threshold=theta)
    return Lif(tau_s=np.array(DT_S / leak), r=np.array(1 / leak), v_threshold=theta)


def _conv(rng: np.random.Generator, n_out: int, n_in: int, kernel: int) -> Conv2d:
    shape = (n_out, n_in, kernel, kernel)
    pad = kernel // 2
    return Conv2d(weight=_uniform(rng, shape), bias=None, stride=(2, 2), padding=(pad, pad))


def _affine(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    return Affine(weight=_uniform(rng, (n_out, n_in)), bias=None)


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return weights uniform within 1 / sqrt(fan-in), as torch starts its layers."""
    bound = 1 / np.sqrt(np.prod(shape[1:]))
    return rng.uniform(-bound, bound, shape)


def _images(part: str) -> NDArray[np.uint8]:
    return _unzipped(f"{part}-images-idx3", 16).reshape(-1, 1, 28, 28)


def _labels(part: str) -> NDArray[np.int64]:
    return _unzipped(f"{part}-labels-idx1", 8).astype(np.int64)


def _unzipped(name: str, n_header: int) -> NDArray[np.uint8]:
    path = DATA / f"{name}-ubyte.gz"
    packed = path.read_bytes()
    found = hashlib.sha256(packed).hexdigest()
    if found != CHECKSUMS[name]:
        raise SystemExit(f"{path}: sha256 is {found}, expected {CHECKSUMS[name]}")
    return np.frombuffer(gzip.decompress(packed), np.uint8, offset=n_header)
