"""A picture as a PNG file's bytes (ISO/IEC 15948), 8 bits a value, grey or RGB."""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_GREY, _RGB = 0, 2


def png(picture: NDArray[np.float32]) -> bytes:
    """Return the file of a picture (height, width) or (height, width, 3), values 0 to 1."""
    values = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)
    height, width = values.shape[:2]
    kind = _GREY if values.ndim == 2 else _RGB
    rows = values.reshape(height, -1)
    filtered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"IDAT", zlib.compress(filtered.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def data_uri(picture: NDArray[np.float32]) -> str:
    """Return the picture as a URI that a page holds in itself."""
    return "data:image/png;base64," + base64.b64encode(png(picture)).decode()


def mosaic(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one picture of (row, column, *shape): images of (channels, height, width), 1 or 3.

    Samples of another shape become a line of grey values each.
    """
    shape = images.shape[2:]
    if len(shape) != 3 or shape[0] not in (1, 3):
        images = images.reshape(*images.shape[:2], 1, 1, -1)
    padded = np.pad(images, ((0, 0), (0, 0), (0, 0), (1, 1), (1, 1)), constant_values=0.5)
    rows, columns, channels, height, width = padded.shape
    whole = padded.transpose(0, 3, 1, 4, 2).reshape(rows * height, columns * width, channels)
    return whole[:, :, 0] if channels == 1 else whole


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
