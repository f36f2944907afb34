"""The CIFAR-10 versions of robust conversion and of DSR: `make cifar`.

Where torch finds CUDA they run in full and their settings and figures go to
examples/results/cuda_cifar.json; elsewhere, and with ``--toy``, the same lines run on noise in the
shape of CIFAR-10, which shows that they run and nothing else. Settings: Özdenizci and Legenstein
2024 and Meng et al. 2022 as their published code has them, but for dropout, which is left out.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from examples import once
from examples.cuda.augmented import Augmented
from examples.cuda.images import Images, load_cifar10, toy_images
from examples.cuda.networks import preact_resnet18, vgg11
from examples.once import RESULTS, write_json
from neurodeploy.audits.attacks.evaluate import evaluate
from neurodeploy.audits.attacks.protocol import Pgd, Protocol
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.data import Parts
from neurodeploy.learning.evaluate import evaluate as score
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.methods.robust.adversarial import Adversarial, pgd_training
from neurodeploy.methods.robust.adversary import Adversary
from neurodeploy.methods.robust.conversion import DEFAULTS, robust_conversion
from neurodeploy.methods.robust.harden import HardenOptions, harden
from neurodeploy.model import Model
from neurodeploy.model.model_file import read_model, write_model

PROTOCOL = Path(__file__).parent / "ensemble.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done.

    Parameters
    ----------
    channels, dense : of VGG-11, as a share and as neurons; width of ResNet-18.
    steps : numbers of steps of DSR.
    """

    name: str = "full"
    device: str = "cuda"
    seed: int = 0
    eps: float = 2 / 255
    channels: float = 1.0
    dense: int = 4096
    width: int = 64
    batch_size: int = 64
    ann_epochs: int = 200
    attack_steps: int = 10
    n_steps: int = 8
    epochs: int = 60
    n_calibration: int = 704
    watched: int = 100
    n_attacked: int = 1000
    attack_steps_test: int = 20
    steps: tuple[int, ...] = (20, 5)
    dsr_epochs: int = 200
    dsr_batch_size: int = 128


TOY = Size(
    name="toy",
    device="cpu",
    channels=1 / 32,
    dense=16,
    width=2,
    batch_size=8,
    ann_epochs=1,
    attack_steps=1,
    n_steps=2,
    epochs=1,
    n_calibration=16,
    watched=4,
    n_attacked=8,
    attack_steps_test=1,
    steps=(2,),
    dsr_epochs=1,
    dsr_batch_size=8,
)


def robust(start: str, data: Images, size: Size) -> dict[str, Any]:
    """Return the figures of robust conversion from a robust or natural ANN (VGG-11)."""
    inner = pgd_training(size.eps, size.attack_steps) if start == "robust" else _clean()
    options = TrainOptions(
        epochs=size.ann_epochs,
        batch_size=size.batch_size,
        batchnorm=True,
        seed=size.seed,
        objective=Augmented(inner=inner),
        device=size.device,
    )
    network = vgg11(size.seed, size.channels, size.dense)
    ann = _kept(
        f"cuda_{size.name}_ann_{start}",
        lambda going_on: train(network, _parts(data, 1), options, checkpoint=going_on).model,
    )
    calibration = replace(DEFAULTS, n_samples=size.n_calibration, n_steps=size.watched)
    hardening = HardenOptions(
        objective=Adversarial(adversary=Adversary(eps=size.eps)),
        epochs=size.epochs,
        batch_size=size.batch_size,
        learning_rate=1e-3,
        seed=size.seed,
        device=size.device,
    )

    def hardened(going_on: Path) -> Model:
        converted = robust_conversion(ann, data.train, size.n_steps, calibration).model
        parts = _parts(data, size.n_steps)
        return harden(converted, parts, hardening, checkpoint=going_on).trained.model

    model = _kept(f"cuda_{size.name}_robust_{start}", hardened)
    protocol = _protocol(size)
    shown = _shown(size.n_steps)
    found = evaluate(model, data.test, shown, protocol, device=size.device).report
    return {
        "ann_test": _test(ann, data, 1, size),
        "test": _test(model, data, size.n_steps, size),
        "clean": found.clean.share,
        "robust": found.robust.share,
        "n": found.n_samples,
        "eps_attacked": protocol.eps,
        "history": list(model.history),
    }


def dsr(n_steps: int, data: Images, size: Size) -> dict[str, Any]:
    """Return the figures of DSR with IF neurons (pre-activation ResNet-18)."""
    few = n_steps <= 5
    options = TrainOptions(
        method=Method.DSR,
        epochs=size.dsr_epochs,
        batch_size=size.dsr_batch_size,
        learning_rate=0.05 if few else 0.1,
        warm_up=400 / (size.dsr_epochs * 352) if size.dsr_epochs > 1 else 0.0,
        seed=size.seed,
        trainable=Trainable(thresholds=True, least_threshold=0.001 if few else 0.01),
        objective=Augmented(inner=_clean(), hole=0),
        device=size.device,
    )
    start = preact_resnet18(size.seed, theta=6.0, width=size.width)
    model = _kept(
        f"cuda_{size.name}_dsr_{n_steps}",
        lambda going_on: train(start, _parts(data, n_steps), options, checkpoint=going_on).model,
    )
    return {"test": _test(model, data, n_steps, size), "history": list(model.history)}


def main(size: Size, data: Images, path: Path) -> None:
    """Run what has no figures yet, and write them after every run."""
    document = json.loads(path.read_text()) if path.is_file() else {"runs": {}}
    document["settings"] = asdict(size)
    document["data"] = data.origin
    cuda = size.device == "cuda"
    document["device"] = torch.cuda.get_device_name() if cuda else "CPU"
    document["torch"] = torch.__version__
    runs: dict[str, Callable[[], dict[str, Any]]] = {
        "robust ANN, robust finetuning": lambda: robust("robust", data, size),
        "natural ANN, robust finetuning": lambda: robust("natural", data, size),
    }
    for n_steps in size.steps:
        runs[f"DSR, IF, T={n_steps}"] = lambda n=n_steps: dsr(n, data, size)
    for name, run in runs.items():
        if name in document["runs"]:
            continue
        began = time.perf_counter()
        figures = run()
        document["runs"][name] = {**figures, "wall_s": time.perf_counter() - began}
        write_json(document, path)
        print(f"{name}: test {100 * figures['test']:.2f} %", flush=True)


def _clean() -> Adversarial:
    return Adversarial(adversary=None)


def _shown(n_steps: int) -> Encoding:
    return Encoding(coder="direct", n_steps=n_steps)


def _parts(data: Images, n_steps: int) -> Parts:
    return Parts(train=data.train, validation=data.validation, encoding=_shown(n_steps))


def _protocol(size: Size) -> Protocol:
    protocol = read_protocol(str(PROTOCOL))
    attack = (Pgd(method="pgd", steps=size.attack_steps_test),)
    return replace(protocol, n_samples=size.n_attacked, attack=attack)


def _test(model: Model, data: Images, n_steps: int, size: Size) -> float:
    twin = Twin(model).to(size.device)
    return score(twin, data.test, _shown(n_steps)).accuracy


def _kept(name: str, make: Callable[[Path], Model]) -> Model:
    """Return the network kept under `name`; made first, from its checkpoint if it was begun."""
    folder = once.TRAINED / name
    if not folder.is_dir():
        once.TRAINED.mkdir(parents=True, exist_ok=True)
        write_model(make(folder.with_suffix(".checkpoint")), folder)
    return read_model(folder)


if __name__ == "__main__":
    if torch.cuda.is_available() and "--toy" not in sys.argv[1:]:
        main(Size(), load_cifar10(), RESULTS / "cuda_cifar.json")
    else:
        print("No CUDA here, or a toy is asked for: noise, and figures that mean nothing.")
        main(TOY, toy_images(), once.TRAINED / "cuda_toy.json")
