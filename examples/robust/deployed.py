"""The method's networks as integers on loihi2: attacked, with an exit policy, and what that costs.

``python -m examples.robust.deployed``, after ``examples.robust.fashion``; ``--toy`` as there.
"""

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch

import neurodeploy
from examples.fashion import Fashion, load_fashion
from examples.once import RESULTS, TRAINED, write_json
from examples.robust.arms import FULL, N_STEPS, TOY, Size, data_of, spiking
from examples.robust.fashion import HERE
from neurodeploy.audits.attacks.deployed import evaluate_deployment
from neurodeploy.audits.attacks.evaluate import Evaluation
from neurodeploy.audits.attacks.protocol import Exits, Masking, Protocol
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.frontends.samples import Encoding
from neurodeploy.terms import ExitCriterion
from neurodeploy.toolchain.exiting import ExitData, ExitOptions, calibrate_exit

SHOWN = Encoding(coder="direct", n_steps=N_STEPS)
N_CHOOSING = 1000
"""Validation images that the exit policy is chosen on."""

POINTS_LOST = 1.0
"""Accuracy that the exit policy may cost on them."""

FACTORS = (0.25, 0.5, 2.0, 4.0)
"""Times the chosen threshold: others that are looked at."""


def deployed(seed: int, data: Fashion, size: Size) -> dict[str, Any]:
    """Return the figures of one seed's network, without an exit policy and with one."""
    model = spiking("method", seed, data, size)
    others = {"another seed": spiking("method", _next(seed, size), data, size)}
    whole = neurodeploy.compile(model, chip="loihi2", input_coding=InputCoding.INJECTED)
    found = evaluate_deployment(whole, data.test, SHOWN, _protocol(size), others=others)
    stopping = _with_exit(whole, size)
    known = evaluate_deployment(
        stopping, data.test, SHOWN, _with_thresholds(_protocol(size), stopping), known=found
    )
    return {
        "float": _float(found),
        "without_exit": _integers(found),
        "with_exit": _integers(known),
        "deployment": whole.digest,
    }


def _next(seed: int, size: Size) -> int:
    """Return the seed whose network makes the black-box samples; the same where it is alone."""
    return size.seeds[(size.seeds.index(seed) + 1) % len(size.seeds)]


def _protocol(size: Size) -> Protocol:
    read = read_protocol(HERE / "deployed.toml")
    if size is FULL:
        return replace(read, n_samples=size.n_attacked)
    few = Masking(n_samples=10, few_steps=2, many_steps=4, queries=10, members=("triangular-1",))
    return replace(read, n_samples=size.n_attacked, masking=few)


def _with_thresholds(protocol: Protocol, deployment: Deployment) -> Protocol:
    policy = deployment.exit_policy
    assert policy is not None
    return replace(protocol, exits=Exits(thresholds=tuple(policy.threshold * f for f in FACTORS)))


def _with_exit(deployment: Deployment, size: Size) -> Deployment:
    chosen = load_fashion().validation.taken(np.arange(N_CHOOSING))
    options = ExitOptions(rules=(ExitCriterion.MARGIN,))
    goal = AccuracyDrop(points=POINTS_LOST if size is FULL else 100.0, confidence=0)
    return calibrate_exit(deployment, ExitData(samples=chosen, encoding=SHOWN), goal, options)[0]


def _float(found: Evaluation) -> dict[str, Any]:
    report = found.report
    assert report.masking is not None
    return {
        "n": report.n_samples,
        "clean": report.clean.share,
        "robust": report.robust.share,
        "attacks": {row.name: row.left.share for row in report.attacks},
        "dead": sum(row.dead for row in report.attacks),
        "masking": asdict(report.masking),
        "protocol": report.protocol_digest,
        "samples": report.samples_digest,
    }


def _integers(found: Evaluation) -> dict[str, Any]:
    report = found.report.deployed
    assert report is not None
    return {
        "policy": report.exit_policy,
        "clean": report.clean.share,
        "transferred": report.transferred.share,
        "robust": report.robust.share,
        "costs": {row.name: [row.clean, row.attacked] for row in report.costs},
        "exits": [asdict(row) for row in report.exits],
        "battery": {
            row.aim: {
                "accuracy": [row.clean_accuracy, row.attacked_accuracy],
                **{cost.name: [cost.clean, cost.attacked] for cost in row.costs},
            }
            for row in report.battery
        },
    }


def main(size: Size) -> None:
    """Do what is not done yet, and write the figures after every seed."""
    torch.set_num_threads(1)
    path = RESULTS / "robust_deployed.json" if size is FULL else TRAINED / "robust_deployed.json"
    runs = json.loads(path.read_text())["runs"] if path.is_file() else {}
    data = data_of(size)
    for seed in size.seeds:
        if str(seed) in runs:
            continue
        runs[str(seed)] = deployed(seed, data, size)
        write_json({"runs": runs}, path)
        print(seed, runs[str(seed)], flush=True)


if __name__ == "__main__":
    main(TOY if "--toy" in sys.argv[1:] else FULL)
