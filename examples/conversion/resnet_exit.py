"""An exit policy on the integers of the converted ResNet-20, chosen on training images.

Needs what `examples.conversion.resnet` left. Run: python -m examples.conversion.resnet_exit
"""

from dataclasses import replace

import numpy as np

from examples.cifar import first_thousand
from examples.conversion import resnet
from examples.once import RESULTS, TRAINED, write_json
from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.exits.calibrate import calibrate, candidates
from neurodeploy.exits.curve import judge, outcome_on
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.exits.outcome import Outcome
from neurodeploy.exits.recording import Recording, record
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.storage.codec import digest
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.terms import ExitCriterion, ExitScore

N_EXIT, N_COUNTED, PART = 300, 100, 25
TEMPERATURES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
GOAL = AccuracyDrop(points=0.5, confidence=0.0)
RULES = (ExitCriterion.CONFIDENCE, ExitCriterion.MARGIN)


def main() -> None:
    deployment = toolchain.load_deployment(TRAINED / "resnet20")
    train, test = first_thousand("train"), first_thousand("test").taken(np.arange(resnet.N_TEST))
    order = np.random.default_rng(0).permutation(train.n_samples)
    first = resnet.N_CALIBRATION + resnet.N_CHOICE
    unseen = train.taken(order[first : first + N_EXIT])
    seen = record(deployment, (stimulus(deployment, p) for p in parts(unseen)), unseen.where)
    policies = candidates(seen, RULES, (ExitScore.SUM,), TEMPERATURES)
    chosen = calibrate(seen, policies, GOAL)
    judged = judge(chosen.policy, recorded(deployment, test))
    on_test = outcome_on(judged, chosen.point.level)
    few = test.taken(np.arange(min(N_COUNTED, test.n_samples)))
    full = counted(deployment, few)
    early = counted(replace(deployment, exit_policy=chosen.policy), few)
    result = {
        "asked": str(GOAL),
        "rule": chosen.policy.rule.value,
        "temperature": chosen.policy.temperature,
        "threshold": chosen.policy.threshold,
        "train": {"n": unseen.n_samples, **figures(chosen.outcome)},
        "test": {"n": test.n_samples, **figures(on_test)},
        "counted": {"n": few.n_samples, "full": full, "early": early},
        "n_steps": resnet.N_STEPS,
    }
    write_json(result, RESULTS / "conversion_exit.json")
    print(result, flush=True)


def parts(samples: Samples) -> list[Samples]:
    """Return the samples in parts, for memory's sake."""
    return [
        samples.taken(np.arange(first, min(first + PART, samples.n_samples)))
        for first in range(0, samples.n_samples, PART)
    ]


def stimulus(deployment: Deployment, samples: Samples) -> Stimulus:
    """Return the integers of images that are shown in every step."""
    encoding = Encoding(coder="direct", n_steps=resnet.N_STEPS)
    return toolchain.stimulus_of(deployment, samples, encoding)


def recorded(deployment: Deployment, test: Samples) -> Recording:
    """Return what `examples.conversion.resnet` recorded of the test images."""
    assert test.y is not None
    raster = np.load(TRAINED / "resnet20_integers.npy")
    return Recording(
        program=deployment.program,
        raster=raster[: test.n_samples],
        labels=test.y,
        n_stimulus_steps=resnet.N_STEPS,
        where=test.where,
        data_digest=digest(test.x),
    )


def counted(deployment: Deployment, samples: Samples) -> dict[str, float]:
    """Return the mean spikes and operations of an image, counted in the emulator."""
    sums = {"spikes": 0.0, "synops_effective": 0.0}
    for part in parts(samples):
        given = stimulus(deployment, part)
        run = toolchain.run(deployment, given, RunOptions(fidelity=Fidelity.L0))
        metrics = toolchain.build_report(deployment, given, run, Fidelity.L0).metrics
        for name in sums:
            sums[name] += part.n_samples / samples.n_samples * float(metrics[name].value or 0.0)
    return sums


def figures(outcome: Outcome) -> dict[str, float]:
    """Return accuracy with exit and without, and steps."""
    return {
        "accuracy": outcome.accuracy,
        "full_accuracy": outcome.full_accuracy,
        "mean_step": outcome.mean_step,
        "early": outcome.early.count / outcome.n_samples,
    }


if __name__ == "__main__":
    main()
