"""Nouns as bytes that cross to another machine: an `.npz` whose entry ``noun`` is JSON text.

Nothing of ours is pickled: a worker decodes by type, as a deployment is read from its folder.
"""

import io
import json
import typing

import numpy as np

from neurodeploy.storage.codec import decode, encode

T = typing.TypeVar("T")

_NOUN = "noun"


def packed(noun: object) -> bytes:
    """Return `noun`, a frozen dataclass of ours, as bytes."""
    data, arrays = encode(noun)
    text = np.frombuffer(json.dumps(data).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{_NOUN: text, **arrays})
    return buffer.getvalue()


def unpacked(cls: type[T], content: bytes) -> T:
    """Return the `cls` that `packed` made `content` from."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    return decode(cls, json.loads(arrays.pop(_NOUN).tobytes()), arrays, "from another machine")
