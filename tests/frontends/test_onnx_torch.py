"""Networks of the usual kinds, exported by torch with an open batch axis, compute the same."""

import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is absent; pip install 'neurodeploy[onnx]'")
torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
from torch import Tensor, nn  # noqa: E402  # only once torch is known to be there

from neurodeploy.frontends.onnx import from_onnx  # noqa: E402
from neurodeploy.model import Linear  # noqa: E402

IMAGE = (3, 16, 16)


class Mobile(nn.Module):
    """Inverted residuals with linear ends (as MobileNetV2), ReLU6, the mean over pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8))
        self.blocks = nn.ModuleList(self.block(8) for _ in range(2))
        self.last = nn.Sequential(nn.Dropout(), nn.Linear(8, 5))

    @staticmethod
    def block(n: int) -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(n, 16, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU6(),
            nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU6(),
            nn.Conv2d(16, n, 1, bias=False),
            nn.BatchNorm2d(n),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.last(x.mean((2, 3)))


class Inception(nn.Module):
    """Branches that are concatenated, of which two pool, twice."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        )
        self.a = nn.ModuleList(nn.Conv2d(n, 4, 1) for n in (8, 16))
        self.b = nn.ModuleList(nn.Conv2d(n, 4, 3, padding=1) for n in (8, 16))
        self.c = nn.ModuleList(nn.Conv2d(n, 8, 1) for n in (8, 16))
        self.end = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for a, b, c in zip(self.a, self.b, self.c, strict=True):
            pooled = nn.functional.max_pool2d(x, 3, 1, 1)
            parts = [torch.relu(a(x)), torch.relu(b(x)), torch.relu(c(pooled))]
            x = torch.cat(parts, 1)
        x = nn.functional.adaptive_avg_pool2d(x, 1)
        return torch.softmax(self.end(torch.flatten(x, 1)), 1)


class Preactivated(nn.Module):
    """Residuals whose sums are normalised before the ReLU, and normalisation of the input."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6])[:, None, None])
        self.register_buffer("std", torch.tensor([0.2, 0.3, 0.25])[:, None, None])
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(8) for _ in range(3))
        self.convs = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(2))
        self.end = nn.Linear(8 * 4 * 4, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first((x - self.mean) / self.std)
        for norm, conv in zip(self.norms[:2], self.convs, strict=True):
            x = x + conv(torch.relu(norm(x)))
        x = torch.relu(self.norms[2](x))
        x = nn.functional.avg_pool2d(x, 5, 4, 2, count_include_pad=False)
        return self.end(x.view(x.size(0), -1))


def random_network(kind: type[nn.Module]) -> nn.Module:
    torch.manual_seed(3)
    network = kind().eval()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_()
                module.running_var.uniform_(0.5, 2)
    return network


def exported(network: nn.Module, path: Path, *, fold: bool) -> Path:
    """Write `network` by torch's older exporter, its BatchNorm folded or kept."""
    training = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is the older one, and what it folds not
        torch.onnx.export(
            network,
            (torch.zeros(2, *IMAGE),),
            str(path),
            dynamo=False,
            input_names=["image"],
            output_names=["class"],
            dynamic_axes={"image": {0: "batch"}},
            training=training,
            do_constant_folding=fold,
        )
    return path


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("kind", [Mobile, Inception, Preactivated])
def test_a_network_agrees_with_torch(tmp_path: Path, kind: type[nn.Module], fold: bool) -> None:
    network = random_network(kind)
    model = from_onnx(exported(network, tmp_path / "a.onnx", fold=fold))
    x = np.random.default_rng(5).normal(size=(4, *IMAGE))
    with torch.no_grad():
        wanted = network.double()(torch.from_numpy(x)).numpy()
    (found,) = model.simulate(x[:, None]).readouts.values()
    if kind is Inception:
        exponents = np.exp(found)
        found = exponents / exponents.sum(axis=1, keepdims=True)
    # the file holds float32, of which folding rounds products
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-6 * np.abs(wanted).max())


@pytest.mark.parametrize(
    ("kind", "joins"),
    [
        (Mobile, ["first.first.0.Conv", "Add", "ReduceMean"]),
        (Inception, []),
        (Preactivated, ["first.Conv", "Add", "Add_1"]),
    ],
)
def test_only_sums_and_weights_used_twice_are_linear_populations(
    tmp_path: Path, kind: type[nn.Module], joins: list[str]
) -> None:
    model = from_onnx(exported(random_network(kind), tmp_path / "a.onnx", fold=True))
    linear = [p.name for p in model.populations if isinstance(p.neuron, Linear)]
    assert linear == [*joins, "class"]
