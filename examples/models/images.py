"""Write images that a network of this folder takes, for the command line.

`python -m examples.models.images NAME train|validation|test N -o FILE.npz` takes the first N.
"""

import argparse
from pathlib import Path

import numpy as np

from examples.models.recipes import RECIPES
from neurodeploy.frontends.samples import Samples
from neurodeploy.storage.arrays import write_npz
from neurodeploy.storage.atomic import new_file


def main() -> None:
    """Write what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("part", choices=("train", "validation", "test"))
    parser.add_argument("n", type=int)
    parser.add_argument("-o", "--output", type=Path, required=True)
    chosen = parser.parse_args()
    data = RECIPES[chosen.name].data()
    part: Samples = {"train": data.train, "validation": data.validation, "test": data.test}[
        chosen.part
    ]
    if not 1 <= chosen.n <= part.n_samples:
        parser.error(f"{chosen.n} images asked for, {part.where} are {part.n_samples}")
    first = part.taken(np.arange(chosen.n))
    assert first.y is not None  # both data sets have labels
    with new_file(chosen.output) as temporary:
        write_npz(temporary, {"x": first.x, "y": first.y})


if __name__ == "__main__":
    main()
