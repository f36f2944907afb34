"""Damaged copies of a file's bytes: cut off, flipped, overwritten with extremes, shuffled."""

import numpy as np

EXTREMES = np.array([2**63 - 1, 2**31, 2**40, 0, 2**64 - 1], np.uint64)


def damaged(content: bytes, rng: np.random.Generator, kind: int) -> bytes:
    """Return a copy of `content`, damaged in the way `kind`, 0 to 4."""
    copy = bytearray(content)
    size = len(copy)
    match kind:
        case 0:
            return content[: rng.integers(size)]
        case 1:
            for i in rng.integers(0, size, rng.integers(1, 20)):
                copy[i] = rng.integers(256)
        case 2:  # declared sizes, offsets and shapes become huge or negative
            for i in rng.integers(0, max(size - 8, 1), 3):
                copy[i : i + 8] = int(rng.choice(EXTREMES)).to_bytes(8, "little")
        case 3:  # a block of NaN
            i = int(rng.integers(max(size - 64, 1)))
            copy[i : i + 64] = np.full(16, np.nan, np.float32).tobytes()
        case _:
            cuts = sorted(int(i) for i in rng.integers(0, size, 3))
            parts = [copy[a:b] for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
            return b"".join(bytes(parts[i]) for i in rng.permutation(4))
    return bytes(copy)
