"""Trained networks from ONNX give what their own runtime gives, on real images."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is absent; pip install 'neurodeploy[onnx]'")
from onnx.reference import ReferenceEvaluator
from support.shared import data_module, folder

from neurodeploy.frontends.onnx import from_onnx
from neurodeploy.model import Conv2d, Model, Relu, Select
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.passes import FoldBatchNorm

AT_ONCE = 50


def logits(model: Model, x: np.ndarray) -> np.ndarray:
    """The output (sample, class) in float64, a part of the samples at a time to spare memory."""
    parts = [x[first : first + AT_ONCE, None] for first in range(0, len(x), AT_ONCE)]
    name = model.outputs[0].population
    return np.concatenate([model.simulate(part).readouts[name] for part in parts])


def assert_same_logits(found: np.ndarray, wanted: np.ndarray) -> None:
    """To 1e-5 of the largest one, as the other runtime computes in float32."""
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def mnist(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """The first test images as the file wants them, 0 to 255, and their labels."""
    x, y = data_module().mnist()[1]
    return x[:n_samples, None].astype(np.float32), y[:n_samples].astype(np.int64)


@pytest.mark.parametrize(
    ("n_samples", "n_right"), [(50, 50), pytest.param(1000, 987, marks=pytest.mark.slow)]
)
def test_mnist_8_agrees_with_onnx(n_samples: int, n_right: int) -> None:
    path = folder("models") / "onnx" / "mnist-8.onnx"
    x, y = mnist(n_samples)
    evaluator = ReferenceEvaluator(str(path))  # it was exported for one sample at a time
    wanted = np.concatenate(
        [evaluator.run(None, {"Input3": x[k : k + 1]})[0] for k in range(len(x))]
    )
    found = logits(from_onnx(path), x)
    assert_same_logits(found, wanted)
    assert int((found.argmax(axis=1) == y).sum()) == n_right


@pytest.mark.slow
def test_mnist_8_keeps_its_accuracy_on_all_images() -> None:
    x, y = mnist(10_000)
    found = logits(from_onnx(folder("models") / "onnx" / "mnist-8.onnx"), x)
    assert int((found.argmax(axis=1) == y).sum()) == 9891


def test_mnist_8_has_the_layers_of_its_file() -> None:
    model = from_onnx(folder("models") / "onnx" / "mnist-8.onnx")
    assert [(p.name, type(p.neuron).__name__, p.shape) for p in model.populations] == [
        ("ReLU32", "Relu", (8, 28, 28)),
        ("Pooling66", "Max", (8, 14, 14)),
        ("ReLU114", "Relu", (16, 14, 14)),
        ("Pooling160", "Max", (16, 4, 4)),
        ("Plus214_Output_0", "Linear", (10,)),
    ]
    assert model.history == (
        "from mnist-8.onnx: ONNX of CNTK 2.5.1, opset 8",
        "input 'Input3' has values in 0..1: assumed",
    )


@pytest.mark.parametrize(
    ("n_samples", "n_right"), [(50, 49), pytest.param(1000, 915, marks=pytest.mark.slow)]
)
def test_a_residual_network_agrees_with_torch(tmp_path: Path, n_samples: int, n_right: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
    from support.resnet20 import test_images, trained

    from examples.conversion.resnet_file import export

    network = trained()
    x, y = test_images(n_samples)
    with torch.no_grad():
        parts = [network(torch.from_numpy(x[k : k + AT_ONCE])) for k in range(0, len(x), AT_ONCE)]
    model = from_onnx(export(network, tmp_path / "resnet20.onnx", (3, 32, 32)))
    found = logits(model, x)
    assert_same_logits(found, torch.cat(parts).numpy())
    assert int((found.argmax(axis=1) == y).sum()) == n_right
    assert [type(p.neuron) for p in model.populations].count(Relu) == 19
    chains = [p.chain for p in model.projections]
    assert sum(chain == () for chain in chains) == 7
    assert sum(isinstance(o, Select) for chain in chains for o in chain) == 2
    assert sum(isinstance(o, Conv2d) for chain in chains for o in chain) == 19


def test_a_residual_network_comes_back_from_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
    from support.resnet20 import trained

    from examples.conversion.resnet_file import export

    model = from_onnx(export(trained(), tmp_path / "resnet20.onnx", (3, 32, 32)))
    write_model(model, tmp_path / "resnet20")
    assert read_model(tmp_path / "resnet20").digest == model.digest
    assert FoldBatchNorm().apply(model) is model  # the exporter folded it
