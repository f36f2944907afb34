"""ResNet-20 for CIFAR-10 with the weights that lie with the models, and test images."""

import numpy as np

from examples.conversion.resnet_file import ResNet20, resnet20
from support.shared import data_module, folder

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def trained() -> ResNet20:
    """The network with its weights, for inference."""
    return resnet20(folder("models"))


def test_images(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """The first CIFAR-10 test images as the network wants them, float32, and their labels."""
    images, labels, _ = data_module().cifar10("test")
    x = (images[:n_samples] / 255 - MEAN[:, None, None]) / STD[:, None, None]
    return x.astype(np.float32), labels[:n_samples].astype(np.int64)
