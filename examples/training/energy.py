"""Training towards fewer operations: `python -m examples.training.energy`, after accuracy.py.

The plain networks are accuracy.py's; the others start from the same weights and pay for every
synaptic operation. SOPs and accuracies are those of the deployments, whose first convolution the
host computes. Writes examples/results/training_energy.json.
"""

from dataclasses import replace

from examples.fashion import load_fashion
from examples.networks import network
from examples.once import RESULTS, trained, write_json
from examples.training import accuracy
from examples.training.deployed import measured
from neurodeploy.deployment.host import InputCoding
from neurodeploy.learning.options import Method
from neurodeploy.terms import Reset

SYNOPS_WEIGHT = 0.03
SYNOPS_UNIT = 100_000.0
"""Operations an inference at which the penalty is SYNOPS_WEIGHT, which seed 0's validation part
chose: at 0.1 the network did with a seventh of the operations and lost 1.2 points there.
"""


def main() -> None:
    """Train three networks and write the figures of the deployments."""
    data, coding = load_fashion(), InputCoding.INJECTED
    rows = []
    for seed in accuracy.SEEDS:
        plain = accuracy.options(Method.BPTT, seed)
        loss = replace(plain.loss, synops_weight=SYNOPS_WEIGHT, synops_unit=SYNOPS_UNIT)
        start = network(seed, leak=0.5, reset=Reset.ZERO)
        arms = {"plain": ("", plain), "regularised": ("-sops", replace(plain, loss=loss))}
        row: dict[str, object] = {"seed": seed}
        for arm, (suffix, options) in arms.items():
            name = f"bptt-T{accuracy.N_STEPS}{suffix}-seed{seed}"
            result = trained(name, lambda start=start: start, data, accuracy.N_STEPS, options)
            row[arm] = measured(result.model, data, accuracy.N_STEPS, coding)
        rows.append(row)
        print(row, flush=True)
    setting = {"synops_weight": SYNOPS_WEIGHT, "synops_unit": SYNOPS_UNIT}
    write_json({"setting": setting, "runs": rows}, RESULTS / "training_energy.json")


if __name__ == "__main__":
    main()
