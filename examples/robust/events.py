"""Attacks on the spikes of N-MNIST, and noise beside them: ``python -m examples.robust.events``.

The NIR paper's convolutional network (its IF neurons take ``v += x``, as Sinabs has them), from
its file alone; recordings in steps of 3 ms. ``--toy`` only shows that it runs.
"""

import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

import torch

from examples.nmnist import load_nmnist
from examples.once import RESULTS, TRAINED, write_json
from neurodeploy import toolchain
from neurodeploy.audits.attacks.evaluate import evaluate
from neurodeploy.audits.attacks.protocol import Protocol
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.frontends.samples import Encoding
from neurodeploy.model.nir_file import Conventions
from neurodeploy.toolchain.opening import range_of

MODEL = Path(os.environ.get("NEURODEPLOY_MODELS", "../shared/models")) / "nir" / "cnn_sinabs.nir"
PROTOCOL = Path(__file__).parent / "events.toml"
FRAMES = Encoding(coder="event-frames", step_us=3_000, n_steps=100)


def main(toy: bool) -> None:
    """Carry the protocol out and write the figures."""
    torch.set_num_threads(1)
    model, _ = toolchain.load_model(MODEL, Conventions(if_gain="unit"))
    test = load_nmnist(test=True)
    bounds = range_of(test, FRAMES, model.inputs[0].shape)
    model = toolchain.with_input_range(model, *bounds, f"as in {test.where}")
    protocol = read_protocol(PROTOCOL)
    if toy:
        protocol = _smaller(protocol)
    report = evaluate(model, test, FRAMES, protocol).report
    found = {
        "clean": report.clean.share,
        "n": report.n_samples,
        "n_spikes": report.protocol.spikes[0].n_samples,
        "stimulus": report.stimulus,
        "protocol": report.protocol_digest,
        "spikes": [asdict(row) for row in report.spikes],
        "noise": [asdict(row) for row in report.noise],
    }
    write_json(found, (TRAINED if toy else RESULTS) / "robust_events.json")
    for row in report.spikes:
        print(row.operations, row.chosen, row.budget, row.right.share, row.mean_changes)
    for noise in report.noise:
        print(noise)


def _smaller(protocol: Protocol) -> Protocol:
    return replace(
        protocol,
        n_samples=3,
        spikes=tuple(replace(s, n_samples=2, budgets=(5, 40)) for s in protocol.spikes[-1:]),
        noise=tuple(replace(n, levels=n.levels[:1], repeats=2) for n in protocol.noise),
    )


if __name__ == "__main__":
    main("--toy" in sys.argv[1:])
