"""Read damaged copies of a file in a process of at most 2 GB: `read_mutations.py FILE FIRST LAST`.

Prints how many copies were read and how many refused with a clear error and exit code 2; anything
else, a crash, a hang, another exception, a program that is started, an object that is unpickled,
is a failure with its seed.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from damage import damaged
from rewrite import rewritten

LIMIT_BYTES = 2 << 30
LIMIT_S = 20
N_KINDS = 8
FORBIDDEN = ("pickle.find_class", "os.system", "os.exec", "subprocess.Popen", "socket.connect")


def mutated(original: Path, content: bytes, seed: int) -> bytes:
    """Return a copy with damaged bytes, or, three times of eight, well-formed and hostile."""
    rng, kind = np.random.default_rng(seed), seed % N_KINDS
    return damaged(content, rng, kind) if kind < 5 else rewritten(original, rng)


def refuse_to_run(event: str, arguments: tuple[object, ...]) -> None:
    """End the process where anything of a file is about to be run."""
    if event in FORBIDDEN:
        os.write(2, f"{event} {arguments}\n".encode())
        os._exit(99)


def outcome(path: Path) -> str:
    """Read `path` as a command does."""
    from neurodeploy import toolchain
    from neurodeploy.errors import NeurodeployError

    try:
        match path.suffix:
            case ".npz" | ".npy":
                toolchain.read_samples(path)
            case ".h5":  # NIRData, of events if its name says so
                step_us = 1000 if path.stem == "events" else None
                toolchain.read_samples(path, step_us=step_us)
            case _:
                toolchain.load(path)
    except NeurodeployError as error:
        clear = error.exit_code == 2 and all(str(path) in line for line in error.problems)
        return "refused" if clear and error.problems else f"refused unclearly: {error}"
    return "read"


def main() -> None:
    original, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    content, outcomes = original.read_bytes(), Counter[str]()
    outcome(original)  # imports what reading needs
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / original.name
        copies = ((seed, mutated(original, content, seed)) for seed in range(first, last))
        sys.addaudithook(refuse_to_run)
        for seed, copy in copies:
            path.write_bytes(copy)
            signal.alarm(LIMIT_S)  # ends the process: a hang is a failure
            try:
                outcomes[outcome(path)] += 1
            except BaseException:
                print(f"seed {seed} of {original.name}", file=sys.stderr)
                raise
            signal.alarm(0)
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
