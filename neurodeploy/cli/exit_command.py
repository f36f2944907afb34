"""`neurodeploy exit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import exit_options, exit_text, options, output, policy_network_text
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
    data: exit_options.Validation = None,
    target_accuracy_drop: exit_options.AccuracyDropPoints = None,
    target_steps: exit_options.TargetSteps = None,
    sweep: exit_options.Sweep = False,
    confidence: exit_options.Confidence = 0.9,
    rule: exit_options.Rules = None,
    score: exit_options.Scores = None,
    temperature: exit_options.Temperatures = None,
    min_steps: exit_options.MinSteps = 1,
    max_steps: exit_options.MaxSteps = None,
    period: exit_options.Period = 1,
    check_on: exit_options.CheckOn = None,
    policy_network: exit_options.PolicyNetwork = False,
    beta: exit_options.Betas = None,
    epochs: exit_options.Epochs = 10,
    seen_steps: exit_options.SeenSteps = 1,
    validation: exit_options.ValidationShare = 0.2,
    noise: exit_options.Noise = None,
    shift: exit_options.Shift = None,
    explain: exit_options.Explain = None,
    stream: exit_options.Stream = None,
    remove: exit_options.Remove = False,
    out: exit_options.Out = None,
    plot: exit_options.Plot = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: exit_options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    workers: exit_options.Workers = None,
    json: options.Json = False,
) -> None:
    """Choose when a sample may stop early, on validation data, and write it into the deployment.

    Reads a deployment and labelled samples; writes the policy into it, or with -o into a copy, and
    `run` and `profile` then follow it. --sweep, --explain, --stream, --noise and --shift alone
    write nothing.
    Returns 1, and leaves the deployment as it was, where no threshold keeps to the target.
    """
    from neurodeploy import toolchain
    from neurodeploy.toolchain import exiting

    deployment = toolchain.load_deployment(path)
    place = out or path
    if remove:
        _remove(deployment, place, json=json)
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
    goal = exit_options.goal_of(target_accuracy_drop, target_steps, confidence)
    harder = exit_options.disturbances(noise or [], shift or [])
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
            exit_options.network_options(
                beta, epochs, seen_steps, validation, check_on, seed, workers
            ),
            place,
            json=json,
        )
        return
    choice = exit_options.exit_options(
        rule, score, temperature, min_steps, max_steps, period, check_on, seed, workers
    )
    with output.progress("samples", samples.n_samples, quiet=json) as advance:
        given = exiting.ExitData(samples=samples, encoding=coder, on_progress=advance)
        found = _found(deployment, given, goal, harder, choice, sweep=sweep)
    if goal is not None:
        toolchain.save(found.deployment, place)
    if plot is not None:
        _plot(found, plot)
    exit_text.show(found, place, plot, curves=sweep, json=json)


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
