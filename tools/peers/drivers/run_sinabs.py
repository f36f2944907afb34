"""Ask sinabs how many neurons each input of a convolution reaches: a program of its own.

    python run_sinabs.py CASES.json ANSWER.json

Each case is an object of ``input_shape``, ``out_channels``, ``kernel``, ``stride``, ``padding`` and
``groups``; the answer lists, in the same order, sinabs' connection map of each, flattened.
"""

import json
import sys
from pathlib import Path

import torch
from sinabs.hooks import conv_connection_map


def reached(case):
    """Return the map of one convolution as integers."""
    shape = case["input_shape"]
    options = {name: case[name] for name in ("stride", "padding", "groups")}
    layer = torch.nn.Conv2d(shape[0], case["out_channels"], case["kernel"], **options)
    with torch.no_grad():
        output = layer(torch.zeros(1, *shape))
        found = conv_connection_map(layer, tuple(shape), tuple(output.shape[1:]))
    return found.round().long().flatten().tolist()


def main():
    """Answer every case."""
    cases, answer = sys.argv[1:]
    Path(answer).write_text(json.dumps([reached(c) for c in json.loads(Path(cases).read_text())]))


if __name__ == "__main__":
    main()
