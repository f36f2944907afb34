"""What came of each subject, one line each, with the page that holds its tables."""

from collections.abc import Callable, Mapping, Sequence

from neurodeploy.report.interval import interval, paired
from tables.cells import of, points, read, signed, table


def tables() -> str:
    """One row a subject."""
    rows = [(f"[{what}](docs/methods/{page}.md)", made()) for what, page, made in SUBJECTS]
    return table(("", "measured on held-out test data"), rows)


def _training() -> str:
    runs = read("training_accuracy")["runs"]
    sparse = read("training_energy")["runs"]
    bptt, tet = (points(of(runs[name], "test")) for name in ("bptt", "tet"))
    share = interval(
        [run["regularised"]["synops_hw"] / run["plain"]["synops_hw"] for run in sparse]
    ).mean
    accuracy = ([run[arm]["accuracy"] for run in sparse] for arm in ("regularised", "plain"))
    return (
        f"Fashion-MNIST, 6 steps: BPTT {bptt}, TET {tet}; a penalty leaves {100 * share:.0f} % of "
        f"the operations, accuracy {signed(paired(*accuracy))}"
    )


def _conversion() -> str:
    mnist, resnet = read("conversion_mnist"), read("conversion_resnet")
    spiking = mnist["differences"]["accuracy"][63]
    return (
        f"`mnist-8.onnx`, 64 steps: {points([spiking])}, artificial {points([mnist['ann']])}; "
        f"ResNet-20 on CIFAR-10, 128 steps: {points([resnet['accuracy'][127]])}, "
        f"artificial {points([resnet['ann']])}"
    )


def _robust() -> str:
    runs = read("robust_fashion")["runs"]
    hardened, none = (_seeds(runs[name], "robust") for name in ("method", "none"))
    clean = paired(*(_seeds(runs[name], "test") for name in ("method", "none")))
    return (
        f"worst of nineteen attacks: {points(hardened)} hardened, {points(none)} without; clean "
        f"accuracy {signed(clean)}"
    )


def _early_exit() -> str:
    runs = [run["test"] for run in read("early_exit_fashion")["runs"]]
    loss = paired(of(runs, "accuracy"), of(runs, "exit_accuracy_full"))
    return (
        f"{interval(of(runs, 'exit_step')).mean:.2f} of 6 steps, accuracy {signed(loss)}; "
        f"{points(of(runs, 'exit_dynamic_share'))} of the dynamic energy, checks and pipeline paid"
    )


def _private() -> str:
    runs = [run for seed in range(3) for run in read(f"private_protection_seed{seed}")["runs"]]
    known = [run for run in runs if run["name"] == "retrained"]
    recovered = [run["leak"]["attacks"]["adaptive"]["recognised"] for run in known]
    loss = paired(of(known, "accuracy"), of(known, "ann_here"))
    return (
        f"converted and retrained without data: accuracy {signed(loss)}; an attacker who adapts "
        f"still recovers {points(recovered)}"
    )


def _compression() -> str:
    runs = [
        run
        for seed in (3, 4, 5)
        for run in read(f"compression_connectivity_{seed}")["runs"]
        if run["budget"] == 0.1 and run["ranking"] == "share"
    ]
    ours, rival = (
        [run for run in runs if run["method"] == name] for name in ("minimax", "iterative")
    )
    loss = paired(of(ours, "accuracy"), of(ours, "before"))
    gain = paired(of(ours, "accuracy"), of(rival, "accuracy"))
    return (
        f"a tenth of the weights: accuracy {signed(loss)}; less iterative magnitude pruning "
        f"{signed(gain)}"
    )


def _seeds(runs: Mapping[str, Mapping[str, float]], key: str) -> Sequence[float]:
    return [run[key] for run in runs.values()]


SUBJECTS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("train, finetune in the chip's integers", "training", _training),
    ("convert an artificial network", "conversion", _conversion),
    ("harden it, and attack it", "robust", _robust),
    ("stop early", "early_exit", _early_exit),
    ("give less of the training data away", "private", _private),
    ("compress to a budget", "compression", _compression),
)
