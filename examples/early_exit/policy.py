"""SEENN-II beside what it must beat: `python -m examples.early_exit.policy`, after fashion.

For the TET networks of three seeds a policy network is trained on 8,000 of 10,000 training images
for every price of a wrong answer, and chosen on the other 2,000. On the test images stand
beside it the same steps dealt out blindly, SEENN-I (confidence of the summed outputs) at the same
mean steps, and the oracle. Writes examples/results/early_exit_policy.json.
"""

import time

import numpy as np

from examples.early_exit.deployed import deployed, exit_data
from examples.early_exit.fashion import model_of
from examples.fashion import Fashion, load_fashion
from examples.once import RESULTS, write_json
from examples.training import accuracy
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.curve import judge
from neurodeploy.exits.goal import MeanSteps
from neurodeploy.exits.oracle import oracle_of
from neurodeploy.learning.options import Method
from neurodeploy.methods.early_exit import (
    PolicyOptions,
    Trial,
    choose_policy,
    seen_by,
    trial_of,
)
from neurodeploy.terms import ExitCriterion
from neurodeploy.toolchain.exiting import record_outputs

GOAL = MeanSteps(steps=2.0)
OPTIONS = PolicyOptions(betas=(1.0, 2.0, 3.0, 5.0), epochs=12, workers=1)
N_IMAGES = 10_000
RULE = ExitPolicy(rule=ExitCriterion.MARGIN)
"""Any rule: the oracle takes the answers alone."""


def main() -> None:
    """Train, choose and measure policies of three networks, and write their figures."""
    data, rows = load_fashion(), []
    for seed in accuracy.SEEDS:
        row = {"seed": seed, **one_seed(data, seed)}
        rows.append(row)
        print(row, flush=True)
        setting = {
            "goal": str(GOAL),
            "n_images": N_IMAGES,
            "epochs": OPTIONS.epochs,
            "betas": OPTIONS.betas,
        }
        write_json({"setting": setting, "runs": rows}, RESULTS / "early_exit_policy.json")


def one_seed(data: Fashion, seed: int) -> dict[str, object]:
    """Return the test figures of every trial, and which was chosen."""
    n_steps = accuracy.N_STEPS
    plain = deployed(model_of(data, Method.TET, seed))
    began = time.process_time()
    images = exit_data(data.train.taken(np.arange(N_IMAGES)), n_steps)
    _, choice = choose_policy(plain, images, GOAL, OPTIONS, _said)
    cpu_s = time.process_time() - began
    images = exit_data(data.test, n_steps)
    seen, recording = seen_by(plain, images, 1), record_outputs(plain, images, 1)
    trials = [
        tested(trial_of(trial.beta, trial.policy, seen, recording)) for trial in choice.trials
    ]
    oracle = oracle_of(judge(RULE, recording).answers, recording.labels)
    return {
        "chosen": choice.chosen.beta,
        "cpu_s": cpu_s,
        "macs": choice.chosen.policy.macs,
        "oracle": oracle.accuracy,
        "oracle_step": oracle.least_step,
        "trials": trials,
    }


def tested(trial: Trial) -> dict[str, object]:
    """Return one policy and its rivals on the test images."""
    outcome, rivals = trial.outcome, trial.rivals
    return {
        "beta": trial.beta,
        "accuracy": outcome.accuracy,
        "full_accuracy": outcome.full_accuracy,
        "mean_step": outcome.mean_step,
        "steps": list(outcome.steps),
        "coin_flip": rivals.coin_flip,
        "outputs": rivals.outputs,
        "outputs_step": rivals.outputs_step,
    }


def _said(trial: Trial) -> None:
    outcome = trial.outcome
    print(
        f"beta {trial.beta:g}: {100 * outcome.accuracy:.2f} % in {outcome.mean_step:.3f} steps, "
        f"coin flip {100 * trial.rivals.coin_flip:.2f} %",
        flush=True,
    )


if __name__ == "__main__":
    main()
