"""Make networks of this folder anew: `python -m examples.models.make [NAME...] [-o FOLDER]`.

Without names all are made, in the order in which one needs the other. Their cards are written by
`python -m examples.models.card`.
"""

import argparse
import time
from pathlib import Path

import torch

from examples.models.recipes import HERE, RECIPES


def main() -> None:
    """Make what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *RECIPES], metavar="NAME")
    parser.add_argument("-o", "--output", type=Path, default=HERE)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for name in chosen.names or RECIPES:
        began = time.process_time()
        path = chosen.output / RECIPES[name].file
        RECIPES[name].make(path)
        print(f"{path} ({time.process_time() - began:.0f} s of processor time)", flush=True)


if __name__ == "__main__":
    main()
