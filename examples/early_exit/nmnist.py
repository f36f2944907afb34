"""Early exit on events, from a .nir file alone: `python -m examples.early_exit.nmnist`.

The NIR paper's convolutional network (its IF neurons take ``v += x``, as Sinabs has them) is
compiled for loihi2 and not trained. Its policy is calibrated on 1,000 training recordings of 300
steps; the 100 test recordings are then run with exit and without. Writes
examples/results/early_exit_nmnist.json.
"""

import os
from pathlib import Path

from examples.early_exit.deployed import of_choice
from examples.nmnist import ENCODING, N_STEPS, load_nmnist
from examples.once import RESULTS, write_json
from neurodeploy import toolchain
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.model.nir_file import Conventions
from neurodeploy.target import RunOptions
from neurodeploy.terms import ExitCriterion, ExitScore
from neurodeploy.toolchain.exiting import ExitData, ExitOptions, calibrate_exit

MODEL = Path(os.environ.get("NEURODEPLOY_MODELS", "../shared/models")) / "nir" / "cnn_sinabs.nir"
GOAL = AccuracyDrop(points=0.3)
RULE = ExitOptions(rules=(ExitCriterion.MARGIN,), scores=(ExitScore.SUM,), workers=1)
NAMES = (
    "accuracy",
    "exit_accuracy_full",
    "exit_step",
    "exit_step_p50",
    "exit_step_p95",
    "exit_step_max",
    "exit_never_fraction",
    "exit_oracle_step",
    "exit_synops_at_once",
    "exit_synops_depth",
    "exit_synops_share",
    "exit_dynamic_at_once",
    "exit_dynamic_depth",
    "exit_dynamic_share",
    "exit_saving_total",
    "exit_saving_race_to_idle",
    "exit_saving_latency",
)


def main() -> None:
    """Compile, calibrate, measure, and write the figures."""
    model, _ = toolchain.load_model(MODEL, Conventions(if_gain="unit"))
    options = toolchain.CompileOptions(chip="loihi2", input_range=(0.0, 3.0))
    plain = toolchain.compile_network(model, "cpu-emu", options)
    train, test = load_nmnist(test=False), load_nmnist(test=True)
    data = ExitData(samples=train, encoding=ENCODING)
    stopping, chosen = calibrate_exit(plain, data, GOAL, RULE)
    stimulus = toolchain.stimulus_of(stopping, test, ENCODING)
    report = toolchain.profile(stopping, stimulus, RunOptions(workers=1))
    figures = {name: report.metrics[name].value for name in NAMES}
    print(of_choice(chosen), figures, flush=True)
    setting = {"n_steps": N_STEPS, "goal": str(GOAL), "n_validation": train.n_samples}
    write_json(
        {
            "setting": setting,
            "chosen": of_choice(chosen),
            "test": figures,
            "fixed": chosen.sweep.by_step[round(figures["exit_step"] or 1) - 1],
            "n_test": test.n_samples,
        },
        RESULTS / "early_exit_nmnist.json",
    )


if __name__ == "__main__":
    main()
