"""`neurodeploy pilot`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from neurodeploy.cli import decision_options as decision
from neurodeploy.cli import options, output
from neurodeploy.cli import pilot_options as given
from neurodeploy.cli.pilot_text import as_json, print_end, print_stage
from neurodeploy.cli.training import INTERRUPTED

if TYPE_CHECKING:
    from neurodeploy.pilot.run import Event


def pilot(
    network: given.Network,
    data: given.Validation,
    test: given.TestData,
    out: given.Out = Path("pilot"),
    budget: given.BudgetFile = None,
    stage: given.HowFar = "converted",
    train: given.TrainData = None,
    epochs: given.Epochs = 2,
    learning_rate: given.Rate = None,
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    maxpool: given.MaxPool = "differences",
    calibration: given.Calibrated = 1000,
    scaled: given.Scaled = 100,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    target_accuracy_drop: given.Drop = 0.5,
    against: given.Against = None,
    verify_samples: given.Verified = 5,
    protocol: given.Protocol = "quick",
    attack_samples: given.Attacked = 20,
    judge: given.Judge = None,
    public: given.Public = None,
    per_second: decision.PerSecond = None,
    price_kwh: decision.PriceKwh = None,
    battery_wh: decision.BatteryWh = None,
    units: decision.Units = None,
    replaces_w: decision.ReplacesW = None,
    unit_cost: decision.UnitCost = None,
    development_cost: decision.DevelopmentCost = None,
    limit: given.Limit = None,
    seed: given.Seed = 0,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    force: given.Force = False,
    json: options.Json = False,
) -> None:
    """Take a network through every stage to a verdict: from `convert` to `check`, audits, report.

    Reads a network, labelled validation and test samples and a budget; writes a folder with a
    folder for each stage, and pilot.json. A stage that an earlier run has done is kept. Returns 1
    if a gate failed, with everything written.
    """
    from neurodeploy.api.piloting import use_of_options
    from neurodeploy.pilot.given import Files, PilotOptions
    from neurodeploy.pilot.run import run_pilot

    options.conventions(dt, reset, if_gain, discretisation, framework)
    options.compile_options(chip, input_coding, input_range)
    if encode is not None:
        options.encoding(encode, steps, seed, delta_threshold, step_us)
    files = Files(
        network=network,
        validation=data,
        test=test,
        budget=budget,
        train=train,
        judge=judge,
        public=public,
    )
    choice = PilotOptions(
        target=target,
        chip=chip,
        introduction=given.introduction(stage),
        encode=encode,
        n_steps=steps,
        delta_threshold=delta_threshold,
        step_us=step_us,
        layout=layout,
        maxpool=maxpool,
        reset=reset,
        dt_s=dt,
        if_gain=if_gain,
        discretisation=discretisation,
        framework=framework,
        input_coding=input_coding,
        input_range=input_range,
        n_calibration=calibration,
        n_scaled=scaled,
        epochs=epochs,
        learning_rate=learning_rate,
        accuracy_drop=target_accuracy_drop,
        against=tuple(against or ()),
        n_verified=verify_samples,
        protocol=protocol,
        n_attacked=attack_samples,
        per_second=per_second,
        price_kwh=price_kwh,
        battery_wh=battery_wh,
        units=units,
        replaces_w=replaces_w,
        unit_cost=unit_cost,
        development_cost=development_cost,
        limit=limit,
        seed=seed,
    )
    use_of_options(choice)

    def told(event: "Event") -> None:
        if not json:
            print_stage(event)

    try:
        manifest = run_pilot(files, out, choice, force=force, on_stage=told)
    except KeyboardInterrupt:
        output.say("Interrupted; the same command goes on from the stage that was not done.")
        raise typer.Exit(INTERRUPTED) from None
    if json:
        output.print_json(as_json(manifest, out))
    else:
        print_end(manifest, out)
    if manifest.failed:
        raise typer.Exit(1)
