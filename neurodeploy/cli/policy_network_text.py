"""`neurodeploy exit --policy-network`: train, and print what the networks give."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurodeploy.cli import options, output
from neurodeploy.errors import TargetUnavailable

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.exits.goal import Goal
    from neurodeploy.methods.early_exit import PolicyChoice, PolicyOptions, Trial
    from neurodeploy.toolchain.exiting import ExitData


def check_installed() -> None:
    """Refuse to begin without what trains."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise TargetUnavailable(
            "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[train]'"
        ) from error


def chosen_policy(
    deployment: "Deployment",
    data: "ExitData",
    goal: "Goal",
    choice: "PolicyOptions",
    *,
    json: bool,
) -> "tuple[Deployment, PolicyChoice]":
    """Train the networks, one line each while they come."""
    from neurodeploy.methods.early_exit import choose_policy

    def told(trial: "Trial") -> None:
        output.say(
            f"beta {trial.beta:g}: {100 * trial.outcome.accuracy:.2f} % in "
            f"{trial.outcome.mean_step:.3f} steps on average"
        )

    return choose_policy(deployment, data, goal, choice, None if json else told)


def show_policy(deployment: "Deployment", found: "PolicyChoice", path: Path, *, json: bool) -> None:
    """Print the networks beside what they must beat."""
    if json:
        output.print_json(_document(deployment, found))
        return
    output.heading(f"Networks on {found.n_validation:,} validation samples")
    output.table(
        ("beta", "steps", "accuracy", "same steps blindly", "by the outputs", "MACs"),
        [_row(trial) for trial in found.trials],
    )
    output.say(
        f"every step: {100 * found.by_step[-1]:.2f} %; an oracle: "
        f"{100 * found.oracle.accuracy:.2f} % in {found.oracle.least_step:.2f} steps"
    )
    output.say(f"\nChosen: beta {found.chosen.beta:g}. {verdict(found.chosen)}")
    output.say(
        f"The policy is in {path}; `neurodeploy exit {path} --remove` takes it out. Its "
        f"{found.chosen.policy.macs:,} MACs a sample are charged to the {found.policy.where}."
    )
    output.next_command(f"neurodeploy profile {path} --data test.npz")


def verdict(trial: "Trial") -> str:
    """Say whether looking at the input was worth it."""
    rivals, own = trial.rivals, trial.outcome.accuracy
    beats = "beats" if own > rivals.coin_flip else "does not beat"
    said = f"It {beats} the same steps dealt out blindly ({100 * rivals.coin_flip:.2f} %)"
    if rivals.outputs is None:
        return f"{said}."
    beats = "beats" if own > rivals.outputs else "does not beat"
    return f"{said}, and {beats} stopping by the outputs ({100 * rivals.outputs:.2f} %)."


def _row(trial: "Trial") -> tuple[str, ...]:
    rivals = trial.rivals
    return (
        f"{trial.beta:g}",
        f"{trial.outcome.mean_step:.3f}",
        f"{100 * trial.outcome.accuracy:.2f} %",
        f"{100 * rivals.coin_flip:.2f} %",
        "" if rivals.outputs is None else f"{100 * rivals.outputs:.2f} %",
        f"{trial.policy.macs:,}",
    )


def _document(deployment: "Deployment", found: "PolicyChoice") -> dict[str, Any]:
    return {
        "deployment_digest": deployment.digest,
        "chosen": found.chosen.beta,
        "verdict": verdict(found.chosen),
        "macs": found.chosen.policy.macs,
        "n_validation": found.n_validation,
        "by_step": list(found.by_step),
        "oracle": options.as_plain(found.oracle),
        "trials": [
            {
                "beta": trial.beta,
                "mean_step": trial.outcome.mean_step,
                "outcome": options.as_plain(trial.outcome),
                "rivals": options.as_plain(trial.rivals),
            }
            for trial in found.trials
        ],
    }
