"""DSR on seeds that chose nothing: `python -m examples.training.dsr_again`.

The start of the thresholds is the one that DSR's authors give, fixed before these seeds were run;
`dsr.py` compared two starts on seeds of its own. Writes examples/results/training_dsr_again.json.
"""

from itertools import product

from examples.fashion import load_fashion
from examples.once import RESULTS, write_json
from examples.training.dsr import AUTHORS_START, EPOCHS, one_run

SEEDS = (3, 4, 5)
RUNS: tuple[tuple[str, int, float | None], ...] = (
    ("DSR", 2, AUTHORS_START),
    ("DSR, neither fix", 2, AUTHORS_START),
)


def main() -> None:
    """Train all arms and write their figures."""
    data = load_fashion()
    rows = [one_run(data, arm, n, p, seed) for (arm, n, p), seed in product(RUNS, SEEDS)]
    write_json({"setting": {"epochs": EPOCHS}, "runs": rows}, RESULTS / "training_dsr_again.json")


if __name__ == "__main__":
    main()
