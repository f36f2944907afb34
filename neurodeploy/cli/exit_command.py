"""`neurodeploy exit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import exit_text, options, output, policy_network_text
from neurodeploy.cli.stream_text import show_streams
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.exits.disturb import Disturbance
    from neurodeploy.exits.goal import Goal
    from neurodeploy.methods.early_exit import PolicyOptions
    from neurodeploy.toolchain.exiting import Disturbed, ExitData, ExitOptions


def exit_(
    path: Annotated[Path, typer.Argument(metavar="BUILD", help="A deployment folder.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Validation samples with labels, in the form of `profile`."),
    ] = None,
    target_accuracy_drop: Annotated[
        float | None,
        typer.Option(
            "--target-accuracy-drop",
            help="Stop as early as this loses at most so many points of accuracy.",
        ),
    ] = None,
    target_steps: Annotated[
        float | None,
        typer.Option(
            "--target-steps", help="Be as accurate as so many steps allow, mean over samples."
        ),
    ] = None,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Show what every rule gives over its threshold."),
    ] = False,
    confidence: Annotated[
        float,
        typer.Option(
            "--confidence",
            help="How sure the drop is to hold on other samples, 0.5 to below 1; 0: as seen.",
        ),
    ] = 0.9,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", help="margin, confidence or entropy; else all. Repeatable."),
    ] = None,
    score: Annotated[
        list[str] | None,
        typer.Option("--score", help="sum or mean over the steps so far; else both. Repeatable."),
    ] = None,
    temperature: Annotated[
        list[float] | None,
        typer.Option("--temperature", help="Of the softmax; else 1. Repeatable."),
    ] = None,
    min_steps: Annotated[
        int, typer.Option("--min-steps", min=1, help="Informative steps before the first check.")
    ] = 1,
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", min=1, help="Informative steps at most.")
    ] = None,
    period: Annotated[
        int, typer.Option("--period", min=1, help="Steps from one check to the next.")
    ] = 1,
    check_on: Annotated[
        str | None,
        typer.Option(
            "--check-on",
            help="chip (margin only), management or host; else the chip for margins, and the host.",
        ),
    ] = None,
    policy_network: Annotated[
        bool,
        typer.Option(
            "--policy-network",
            help="Train a network on --data that looks at the input and says how many steps.",
        ),
    ] = False,
    beta: Annotated[
        list[float] | None,
        typer.Option(
            "--beta",
            help="What a wrong answer costs a policy network; one is trained for each. Repeatable.",
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, help="Of a policy network's training.")
    ] = 10,
    seen_steps: Annotated[
        int, typer.Option("--seen-steps", min=1, help="Steps that a policy network looks at.")
    ] = 1,
    validation: Annotated[
        float,
        typer.Option("--validation", help="Share of --data that chooses among policy networks."),
    ] = 0.2,
    noise: Annotated[
        list[float] | None,
        typer.Option(
            "--noise",
            help="Also with noise: of values, its deviation as a share of the input's range; of "
            "events, the share that is lost and as many made up. Repeatable.",
        ),
    ] = None,
    shift: Annotated[
        list[int] | None,
        typer.Option("--shift", help="Also with the image shifted so many pixels. Repeatable."),
    ] = None,
    explain: Annotated[
        int | None,
        typer.Option("--explain", min=0, help="Say why this sample stops where it does, from 0."),
    ] = None,
    stream: Annotated[
        int | None,
        typer.Option(
            "--stream", min=1, help="Say what so many samples cost that overlap in the layers."
        ),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the policy out of the deployment.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option("--html", "--plot", help="Write curves and histogram as one HTML page."),
    ] = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: Annotated[
        int,
        typer.Option("--seed", min=0, help="Of --encode rate, --noise and --policy-network."),
    ] = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Threads; else one a processor.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Choose when a sample may stop early, on validation data, and write it into the deployment.

    Reads a deployment and labelled samples; writes the policy into the deployment, which `run` and
    `profile` then follow. --sweep, --explain, --stream, --noise and --shift alone write nothing.
    Returns 1, and leaves the deployment as it was, where no threshold keeps to the target.
    """
    from neurodeploy import toolchain
    from neurodeploy.toolchain import exiting

    deployment = toolchain.load_deployment(path)
    if remove:
        _remove(deployment, path, json=json)
        return
    if data is None:
        raise InputError("ND2601", "--data is missing: validation samples with labels")
    samples, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=limit,
        layout=layout,
        encode=encode,
        steps=steps,
        seed=seed,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    if explain is not None:
        exit_text.show_explanation(
            exiting.explain_exit(deployment, samples, coder, explain), json=json
        )
        return
    if stream is not None:
        series = toolchain.stimulus_of(deployment, samples, coder)
        show_streams(toolchain.stream(deployment, series, stream), json=json)
        return
    goal = _goal(target_accuracy_drop, target_steps, confidence)
    harder = _disturbances(noise or [], shift or [])
    if goal is None and not (sweep or harder or policy_network):
        raise InputError(
            "ND2601",
            "say what to keep to: --target-accuracy-drop 0.3 (points) or --target-steps 1.5; or "
            "--sweep to see what there is, or --explain SAMPLE",
        )
    if policy_network:
        _train_network(
            deployment,
            exiting.ExitData(samples=samples, encoding=coder),
            goal,
            _network_options(beta, epochs, seen_steps, validation, check_on, seed, workers),
            path,
            json=json,
        )
        return
    choice = _options(
        rule, score, temperature, min_steps, max_steps, period, check_on, seed, workers
    )
    with output.progress("samples", samples.n_samples, quiet=json) as advance:
        given = exiting.ExitData(samples=samples, encoding=coder, on_progress=advance)
        found = _found(deployment, given, goal, harder, choice, sweep=sweep)
    if goal is not None:
        toolchain.save(found.deployment, path)
    if plot is not None:
        _plot(found, plot)
    exit_text.show(found, path, plot, curves=sweep, json=json)


def _found(
    deployment: "Deployment",
    data: "ExitData",
    goal: "Goal | None",
    harder: "tuple[Disturbance, ...]",
    choice: "ExitOptions",
    *,
    sweep: bool,
) -> exit_text.Found:
    """Return what was asked for."""
    from neurodeploy.toolchain import exiting

    chosen, swept = None, None
    if goal is not None:
        deployment, chosen = exiting.calibrate_exit(deployment, data, goal, choice)
        swept = chosen.sweep
    elif sweep:
        swept = exiting.sweep_exit(deployment, data, choice)
    hard: tuple[Disturbed, ...] = ()
    if harder:
        hard = exiting.disturb_exit(deployment, data, harder, choice.seed, choice.workers)
    return exit_text.Found(deployment=deployment, chosen=chosen, swept=swept, disturbed=hard)


def _train_network(
    deployment: "Deployment",
    data: "ExitData",
    goal: "Goal | None",
    choice: "PolicyOptions",
    path: Path,
    *,
    json: bool,
) -> None:
    from neurodeploy import toolchain

    if goal is None:
        raise InputError(
            "ND2601", "--policy-network needs --target-accuracy-drop or --target-steps beside it"
        )
    stopping, found = policy_network_text.chosen_policy(deployment, data, goal, choice, json=json)
    toolchain.save(stopping, path)
    policy_network_text.show_policy(stopping, found, path, json=json)


def _network_options(
    betas: list[float] | None,
    epochs: int,
    seen_steps: int,
    validation: float,
    check_on: str | None,
    seed: int,
    workers: int | None,
) -> "PolicyOptions":
    policy_network_text.check_installed()
    from neurodeploy.methods.early_exit import PolicyOptions
    from neurodeploy.terms import CheckedAt

    problems = _unknown("--check-on", [check_on] if check_on else (), tuple(CheckedAt))
    if problems:
        raise InputError("ND2601", *problems)
    base = PolicyOptions()
    return PolicyOptions(
        betas=tuple(betas) if betas else base.betas,
        n_seen_steps=seen_steps,
        epochs=epochs,
        validation=validation,
        where=base.where if check_on is None else CheckedAt(check_on),
        seed=seed,
        workers=workers,
    )


def _plot(found: exit_text.Found, path: Path) -> None:
    from neurodeploy.exits.plot import write_plot

    if found.swept is None:
        raise InputError("ND2601", "--html shows thresholds: give --sweep or a target with it")
    write_plot(found.swept, found.chosen, path)


def _remove(deployment: "Deployment", path: Path, *, json: bool) -> None:
    from neurodeploy import toolchain
    from neurodeploy.toolchain import exiting

    exiting.policy_of(deployment)
    without = exiting.with_policy(deployment, None)
    toolchain.save(without, path)
    if json:
        output.print_json({"removed": True, "deployment_digest": without.digest})
        return
    output.say(f"{path}: every sample runs all its steps again")
    output.next_command(f"neurodeploy profile {path} --data test.npz")


def _goal(drop: float | None, steps: float | None, confidence: float) -> "Goal | None":
    from neurodeploy.exits.goal import AccuracyDrop, MeanSteps

    if drop is not None and steps is not None:
        raise InputError(
            "ND2601", "--target-accuracy-drop and --target-steps: give one, the other follows"
        )
    if drop is not None:
        return AccuracyDrop(points=drop, confidence=confidence)
    return None if steps is None else MeanSteps(steps=steps)


def _disturbances(noise: list[float], shift: list[int]) -> "tuple[Disturbance, ...]":
    from neurodeploy.exits.disturb import Disturbance

    return (
        *(Disturbance(noise=level) for level in noise),
        *(Disturbance(shift=pixels) for pixels in shift),
    )


def _options(
    rules: list[str] | None,
    scores: list[str] | None,
    temperatures: list[float] | None,
    min_steps: int,
    max_steps: int | None,
    period: int,
    check_on: str | None,
    seed: int,
    workers: int | None,
) -> "ExitOptions":
    from neurodeploy.terms import CheckedAt, ExitScore
    from neurodeploy.toolchain import exiting

    base = exiting.ExitOptions()
    problems = [
        *_unknown("--rule", rules or (), exiting.RULES),
        *_unknown("--score", scores or (), tuple(ExitScore)),
        *_unknown("--check-on", [check_on] if check_on else (), tuple(CheckedAt)),
    ]
    problems += [
        f"--temperature is {value:g}; it is above 0" for value in temperatures or () if value <= 0
    ]
    if problems:
        raise InputError("ND2601", *problems)
    return exiting.ExitOptions(
        rules=tuple(r for r in exiting.RULES if rules is None or r in rules) or base.rules,
        scores=tuple(s for s in ExitScore if scores is None or s in scores) or base.scores,
        temperatures=tuple(temperatures or base.temperatures),
        min_steps=min_steps,
        max_steps=max_steps,
        period_steps=period,
        where=None if check_on is None else CheckedAt(check_on),
        seed=seed,
        workers=workers,
    )


def _unknown(option: str, given: "list[str] | tuple[()]", known: tuple[str, ...]) -> list[str]:
    allowed = ", ".join(known)
    return [f"{option} is {name!r}, allowed are {allowed}" for name in given if name not in known]
