"""ResNet-20 for CIFAR-10 with published weights, as an ONNX file.

He et al. 2016, section 4.2; the shortcuts of a new width take every second pixel and zeros for the
new channels. The weights are those of github.com/akamaster/pytorch_resnet_cifar10.
"""

import hashlib
import os
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

WEIGHTS = "cifar10_resnet20-12fca82f.th"
CHECKSUM = "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8"
MODELS = Path(os.environ.get("NEURODEPLOY_MODELS", "../shared/models"))


class Block(nn.Module):
    """Two convolutions and a shortcut."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        stride = 1 if n_in == n_out else 2
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.n_new = n_out - n_in

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's value at `x`."""
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        if self.n_new:
            around = self.n_new // 2
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, around, around))
        return functional.relu(x + y)


class ResNet20(nn.Module):
    """A convolution, nine blocks and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16), Block(16, 16), Block(16, 16))
        self.layer2 = nn.Sequential(Block(16, 32), Block(32, 32), Block(32, 32))
        self.layer3 = nn.Sequential(Block(32, 64), Block(64, 64), Block(64, 64))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of `x`."""
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = functional.avg_pool2d(x, x.shape[3])
        return self.linear(x.flatten(1))


def resnet20(models: Path) -> ResNet20:
    """Return the network with the weights that lie in the folder `models`, for inference."""
    file = models / "torch_ann" / WEIGHTS
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != CHECKSUM:
        raise SystemExit(f"{file}: sha256 is {found}, expected {CHECKSUM}")
    stored = torch.load(file, map_location="cpu", weights_only=True)["state_dict"]
    network = ResNet20()
    network.load_state_dict({name.removeprefix("module."): v for name, v in stored.items()})
    return network.eval()


def write_resnet20(path: Path) -> Path:
    """Write the network with its weights as ONNX; return `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return export(resnet20(MODELS), path, (3, 32, 32))


def export(network: nn.Module, path: Path, shape: tuple[int, ...]) -> Path:
    """Write `network`, which takes samples of `shape`, by torch's exporter; return `path`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is the older one
        torch.onnx.export(network, (torch.zeros(1, *shape),), str(path), dynamo=False)
    return path
