"""lava-dl `.net` files written as lava-dl writes them, by hand or at random."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

CUBA = {"type": "CUBA", "iDecay": 4096, "vDecay": 512, "vThMant": 20, "refDelay": 1}


def dense(rows: Any, **changes: Any) -> dict[str, Any]:
    """Return a dense layer with the weights `rows` (n_out, n_in)."""
    weight = np.asarray(rows, np.float32)
    return {"type": "dense", "shape": [len(weight)], "weight": weight, "neuron": CUBA} | changes


def conv(kernel: Any, shape: tuple[int, int, int], **changes: Any) -> dict[str, Any]:
    """Return a conv layer; `kernel` (out, in / groups, height, width), `shape` of its output."""
    layer = {
        "type": "conv",
        "shape": list(shape),
        "weight": np.asarray(kernel, np.float32)[..., None],
        "stride": [1, 1],
        "padding": [0, 0],
        "dilation": [1, 1],
        "groups": 1,
        "neuron": CUBA,
    }
    return layer | changes


def write_net(path: Path, *layers: dict[str, Any]) -> Path:
    with h5py.File(path, "w") as file:
        for index, layer in enumerate(layers):
            _write(file.create_group(f"layer/{index}"), layer)
    return path


def _write(group: h5py.Group, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if isinstance(value, dict):
            _write(group.create_group(name), value)
        elif name == "type" and group.name.count("/") == 2:
            group.create_dataset(name, (1,), "S10", [value.encode()])
        elif value is not None:
            group.create_dataset(name, data=value)


def random_net(path: Path, seed: int) -> Path:
    """Write image neurons, a grouped conv, a conv, flatten and two dense layers, with biases."""
    rng = np.random.default_rng(seed)

    def neuron(n_channels: int) -> dict[str, Any]:
        one = (n_channels,) if rng.random() < 0.5 else ()
        return {
            "type": str(rng.choice(["CUBA", "LOIHI"])),
            "iDecay": rng.integers(1, 4097, one),
            "vDecay": rng.integers(0, 4097, one),
            "vThMant": rng.integers(5, 60, one),
            "refDelay": 1,
            "wgtExp": 0,
        }

    def weights(*shape: int) -> np.ndarray:
        low, high = ((-25, 26), (0, 25), (-26, 0))[rng.choice(3, p=[0.8, 0.1, 0.1])]
        return 2 * rng.integers(low, high, shape)

    height, width = (int(n) for n in rng.integers(5, 9, 2))
    kernel, stride, padding = rng.integers(1, 4, 2), rng.integers(1, 3, 2), rng.integers(0, 2, 2)
    rows = (height + 2 * padding[0] - kernel[0]) // stride[0] + 1
    columns = (width + 2 * padding[1] - kernel[1]) // stride[1] + 1
    size = 3 * rows * columns
    return write_net(
        path,
        {
            "type": "input",
            "shape": [2, height, width],
            "weight": [float(rng.integers(10, 40))],
            "bias": [float(rng.integers(-10, 40))],
            "neuron": neuron(2),
        },
        conv(
            weights(4, 1, *kernel),
            (4, rows, columns),
            stride=stride,
            padding=padding,
            groups=2,
            bias=rng.integers(-20, 40, 4).astype(np.float32),
            neuron=neuron(4),
        ),
        conv(
            weights(3, 4, 1, 1),
            (3, rows, columns),
            neuron=neuron(3),
            delay=rng.integers(0, 6, 3).astype(np.float32),
        ),
        {"type": "flatten", "shape": [size, 1, 1]},
        dense(
            weights(7, size),
            bias=rng.integers(-20, 60, 7).astype(np.float32),
            neuron=neuron(7),
            delay=rng.integers(0, 6, 7).astype(np.float32),
        ),
        dense(weights(5, 7), neuron=neuron(5)),
    )
