"""ResNet-20 for CIFAR-10 in torch with the weights that lie with the models, and test images.

He et al. 2016, section 4.2; the shortcuts of a new width are option A: every second pixel, zeros
for the new channels.
"""

import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from support.shared import data_module, folder

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


class Block(nn.Module):
    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        stride = 1 if n_in == n_out else 2
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.n_new = n_out - n_in

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.n_new:
            around = self.n_new // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, around, around))
        return F.relu(x + y)


class ResNet20(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16), Block(16, 16), Block(16, 16))
        self.layer2 = nn.Sequential(Block(16, 32), Block(32, 32), Block(32, 32))
        self.layer3 = nn.Sequential(Block(32, 64), Block(64, 64), Block(64, 64))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = F.avg_pool2d(x, x.shape[3])
        return self.linear(x.view(x.shape[0], -1))


def trained() -> ResNet20:
    """The network with its weights, for inference."""
    file = folder("models") / "torch_ann" / "cifar10_resnet20-12fca82f.th"
    stored = torch.load(file, map_location="cpu", weights_only=True)["state_dict"]
    network = ResNet20()
    network.load_state_dict({name.removeprefix("module."): v for name, v in stored.items()})
    return network.eval()


def export(network: nn.Module, path: Path, shape: tuple[int, ...]) -> Path:
    """Write `network` as ONNX, by torch's exporter that needs no further package."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it says that it is the older one, and what it does not fold
        torch.onnx.export(network, (torch.zeros(1, *shape),), str(path), dynamo=False)
    return path


def test_images(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """The first CIFAR-10 test images as the network wants them, float32, and their labels."""
    images, labels, _ = data_module().cifar10("test")
    x = (images[:n_samples] / 255 - MEAN[:, None, None]) / STD[:, None, None]
    return x.astype(np.float32), labels[:n_samples].astype(np.int64)
