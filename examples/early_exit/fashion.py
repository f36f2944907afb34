"""Early exit at six steps: `python -m examples.early_exit.fashion`, after training.accuracy.

The TET networks of three seeds, 8-bit integers on loihi2, direct coding. The margin's threshold is
chosen on the 5,000 validation images; the 10,000 test images are then run with exit and without.
Beside it the accuracy by step of the networks whose loss is on the time mean. Writes
examples/results/early_exit_fashion.json.
"""

import numpy as np

from examples.early_exit.deployed import deployed, exit_data, in_parts, of_choice, profiled
from examples.fashion import Fashion, load_fashion
from examples.networks import network
from examples.once import RESULTS, trained, write_json
from examples.training import accuracy
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.exits.disturb import Disturbance
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.learning.options import Method
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model import Model
from neurodeploy.terms import ExitCriterion, ExitScore, Reset
from neurodeploy.toolchain.exiting import (
    ExitOptions,
    calibrate_exit,
    disturb_exit,
    sweep_exit,
)

GOAL = AccuracyDrop(points=0.3)
RULE = ExitOptions(rules=(ExitCriterion.MARGIN,), scores=(ExitScore.SUM,), workers=1)
"""Integers only, so that the chip's own neurons can check, whose costs its page knows."""
N_TIMED = 500
"""Test images whose time is simulated event by event."""
N_HARDER = 1000
HARDER = (Disturbance(noise=0.1), Disturbance(noise=0.2), Disturbance(shift=2))
"""What the first test images are made harder by, to see whether the exit then waits."""
COUNTED = (
    "accuracy",
    "exit_accuracy_full",
    "exit_accuracy_drop_pp",
    "exit_accuracy_early",
    "exit_step",
    "exit_never_fraction",
    "exit_right_to_wrong",
    "exit_wrong_to_right",
    "exit_false_rate",
    "exit_worst_class_drop_pp",
    "exit_oracle_step",
    "exit_oracle_aet",
    "exit_pipeline_steps",
    "exit_synops_at_once",
    "exit_synops_depth",
    "exit_synops_share",
    "exit_dynamic_at_once",
    "exit_dynamic_depth",
    "exit_dynamic_share",
    "exit_checks",
)
TIMED = (
    "exit_saving_dynamic",
    "exit_saving_static",
    "exit_saving_total",
    "exit_saving_race_to_idle",
    "exit_saving_latency",
    "latency_s",
    "energy_total_j",
)


def main() -> None:
    """Calibrate and measure three networks, and write their figures."""
    data, rows = load_fashion(), []
    for seed in accuracy.SEEDS:
        row = {"seed": seed, **one_seed(data, seed)}
        rows.append(row)
        print(row, flush=True)
        setting = {
            "n_steps": accuracy.N_STEPS,
            "goal": str(GOAL),
            "timed": N_TIMED,
            "harder": N_HARDER,
        }
        write_json({"setting": setting, "runs": rows}, RESULTS / "early_exit_fashion.json")


def one_seed(data: Fashion, seed: int) -> dict[str, object]:
    """Return the figures of one seed's networks."""
    n_steps = accuracy.N_STEPS
    plain = deployed(model_of(data, Method.TET, seed))
    validation = exit_data(data.validation, n_steps)
    stopping, chosen = calibrate_exit(plain, validation, GOAL, RULE)
    timed = profiled(stopping, data.test.taken(np.arange(N_TIMED)), n_steps, Fidelity.L3)
    tet = sweep_exit(plain, exit_data(data.test, n_steps), RULE).by_step
    other = deployed(model_of(data, Method.BPTT, seed))
    bptt = sweep_exit(other, exit_data(data.test, n_steps), RULE).by_step
    return {
        "chosen": of_choice(chosen),
        "test": in_parts(stopping, data, n_steps, COUNTED),
        "timed": {name: timed.metrics[name].value for name in TIMED},
        "by_step": {"tet": tet, "bptt": bptt},
        "graded": graded(data, seed),
        "harder": harder(stopping, data, seed),
    }


def harder(stopping: Deployment, data: Fashion, seed: int) -> list[dict[str, object]]:
    """Return accuracy and steps on images that were made harder."""
    images = exit_data(data.test.taken(np.arange(N_HARDER)), accuracy.N_STEPS)
    return [
        {
            "by": str(found.by),
            "accuracy": found.outcome.accuracy,
            "full_accuracy": found.outcome.full_accuracy,
            "mean_step": found.outcome.mean_step,
        }
        for found in disturb_exit(stopping, images, HARDER, seed, 1)
    ]


def graded(data: Fashion, seed: int) -> dict[str, float]:
    """Return the shares where the chip convolves the pixels anew in every step."""
    n_steps = accuracy.N_STEPS
    plain = deployed(model_of(data, Method.TET, seed), InputCoding.GRADED)
    validation = exit_data(data.validation, n_steps)
    stopping, _ = calibrate_exit(plain, validation, GOAL, RULE)
    report = profiled(stopping, data.test.taken(np.arange(N_TIMED)), n_steps)
    names = ("exit_step", "exit_synops_at_once", "exit_synops_depth", "exit_dynamic_share")
    return {name: report.metrics[name].value or 0.0 for name in names}


def model_of(data: Fashion, method: Method, seed: int) -> Model:
    """Return the network that `examples.training.accuracy` trained."""
    return trained(
        f"{method.value}-T{accuracy.N_STEPS}-seed{seed}",
        lambda: network(seed, leak=0.5, reset=Reset.ZERO),
        data,
        accuracy.N_STEPS,
        accuracy.options(method, seed),
    ).model


if __name__ == "__main__":
    main()
