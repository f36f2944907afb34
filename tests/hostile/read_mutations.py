"""Read damaged copies of a file in a process of at most 2 GB: `read_mutations.py FILE FIRST LAST`.

Prints how many copies were read and how many refused with a clear error; anything else, a crash,
a hang, another exception, is a failure with its seed. Nothing of a file is ever run.
"""

import json
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

LIMIT_BYTES = 2 << 30
LIMIT_S = 20


def mutated(content: bytes, seed: int) -> bytes:
    """Return a damaged copy: cut off, flipped, overwritten with extremes, or shuffled."""
    rng = np.random.default_rng(seed)
    damaged = bytearray(content)
    size = len(damaged)
    match seed % 5:
        case 0:
            return content[: rng.integers(size)]
        case 1:
            for i in rng.integers(0, size, rng.integers(1, 20)):
                damaged[i] = rng.integers(256)
        case 2:  # declared sizes, offsets and shapes become huge or negative
            for i in rng.integers(0, max(size - 8, 1), 3):
                value = int(
                    rng.choice(np.array([2**63 - 1, 2**31, 2**40, 0, 2**64 - 1], np.uint64))
                )
                damaged[i : i + 8] = value.to_bytes(8, "little")
        case 3:  # a block of NaN
            i = int(rng.integers(max(size - 64, 1)))
            damaged[i : i + 64] = np.full(16, np.nan, np.float32).tobytes()
        case _:
            cuts = sorted(int(i) for i in rng.integers(0, size, 3))
            parts = [damaged[a:b] for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
            return b"".join(bytes(parts[i]) for i in rng.permutation(4))
    return bytes(damaged)


def main() -> None:
    from neurodeploy import toolchain
    from neurodeploy.errors import InputError

    original, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    content, outcomes = original.read_bytes(), Counter[str]()
    read = toolchain.read_samples if original.suffix == ".npz" else toolchain.load
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / original.name
        for seed in range(first, last):
            path.write_bytes(mutated(content, seed))
            signal.alarm(LIMIT_S)  # ends the process: a hang is a failure
            try:
                read(path)
                outcomes["read"] += 1
            except InputError as error:
                outcomes["refused" if str(error).strip() else "refused without a word"] += 1
            except BaseException:
                print(f"seed {seed} of {original.name}", file=sys.stderr)
                raise
            signal.alarm(0)
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
