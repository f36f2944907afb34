"""`neurodeploy convert`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import convert_options as given
from neurodeploy.cli import options, output
from neurodeploy.cli import protect_options as private
from neurodeploy.cli.convert_diagnosis import diagnosed, print_diagnosis, write_record
from neurodeploy.cli.convert_measured import ann_on, labelled, print_measured
from neurodeploy.cli.convert_refine import Refinement
from neurodeploy.cli.convert_text import as_json, print_converted
from neurodeploy.cli.network_file import place_of
from neurodeploy.cli.training import need_torch
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.methods.conversion import CalibrationRecord, Conversion
    from neurodeploy.methods.private import SynthesisOptions
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Samples


def convert(
    ann: Annotated[Path, typer.Argument(help="An .onnx file or the folder of a network.")],
    out: Annotated[Path, typer.Option("--output", "-o", help="The .nir to write, or a folder.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Calibration: .npz with x (sample, *shape), or .npy."),
    ] = None,
    data_free: Annotated[
        bool,
        typer.Option(
            "--data-free",
            help="Calibrate on samples made from the network alone; with --data, that is only "
            "compared.",
        ),
    ] = False,
    input_range: options.InputRange = None,
    per_class: private.PerClass = 60,
    iterations: private.Iterations = 150,
    label_temperature: private.LabelTemperature = 20.0,
    robust: given.Robust = False,
    rule: given.RuleName = None,
    percentile: given.Percentile = None,
    scale: given.ScaleBy = None,
    steps: Annotated[
        int, typer.Option("--steps", "-T", min=1, help="Steps a sample is shown for.")
    ] = 64,
    reset: given.ResetName = None,
    v0: given.FirstVoltage = None,
    maxpool: given.MaxPoolRule = "refuse",
    mean: given.Mean = None,
    std: given.Deviation = None,
    levels: given.Levels = None,
    finetune: given.Finetune = None,
    learning_rate: given.Rate = 0.002,
    choose: given.Choose = False,
    diagnose: given.Diagnosed = 50,
    chip: given.DiagnosedOn = None,
    page: given.Page = None,
    test: given.TestData = None,
    n_samples: given.Used = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all that is drawn.")] = 0,
    dt: Annotated[
        float | None, typer.Option("--dt", help="Time step in seconds; else 1e-3.")
    ] = None,
    limit: options.Limit = None,
    json: options.Json = False,
) -> None:
    """Convert an artificial network into a spiking one, its thresholds balanced on data.

    Reads a network of ReLU layers and calibration samples, or with --data-free no data; writes the
    spiking network, which takes each sample repeated in every step, and FILE.convert.json: what it
    was calibrated with and what each layer lost. Needs the extra `train`.
    """
    need_torch()
    from neurodeploy import toolchain
    from neurodeploy.methods.conversion import convert as run_conversion
    from neurodeploy.methods.private.data_free import baselines
    from neurodeploy.methods.robust.conversion import robust_conversion

    chosen = given.Chosen(
        robust=robust,
        rule=rule,
        percentile=percentile,
        scale=scale,
        steps=steps,
        reset=reset,
        v0=v0,
        maxpool=maxpool,
        samples=n_samples,
        seed=seed,
        dt=dt,
    )
    choice = given.conversion_options(chosen)
    _check_source(data, input_range, data_free=data_free)
    measured_on = None if test is None else labelled(test)
    network, assumptions = toolchain.load_model(ann)
    if mean is not None or std is not None:
        network = _normalised(network, mean, std)
    given_samples = None if data is None else options.samples(data, limit)
    beside: dict[str, CalibrationRecord] = {}
    if data_free:
        network = _declared(network, input_range)
        making = private.synthesis_options(per_class, iterations, label_temperature, seed)
        samples = _synthesised(network, making, quiet=json)
        beside = baselines(network, samples.n_samples, choice, given_samples)
    else:
        assert given_samples is not None
        samples = given_samples
        network = toolchain.with_range_of(network, samples, None)
    refine = Refinement(
        levels=levels,
        epochs=finetune,
        learning_rate=learning_rate,
        choose=choose,
        n_steps=steps,
        seed=seed,
    )
    refine.check(samples, choice, robust=robust)
    measured = None if measured_on is None else ann_on(network, measured_on)
    network = refine.network(network, samples, quiet=json)
    if robust:
        conversion = robust_conversion(network, samples, steps, choice)
    elif choose:
        conversion = refine.chosen(network, samples, choice, quiet=json)
    else:
        conversion = run_conversion(network, samples, choice)
    conversion = refine.conversion(conversion, samples, quiet=json)
    written = _write(conversion, out)
    diagnosis = diagnosed(conversion, samples, steps, diagnose, chip, quiet=json)
    files = write_record(conversion, diagnosis, out, page)
    if json:
        output.print_json(as_json(conversion, written, assumptions, beside, diagnosis, measured))
        return
    print_converted(
        conversion, written, assumptions, known=network.history, beside=beside, asked=out
    )
    print_diagnosis(diagnosis)
    print_measured(measured)
    for file, what in files.items():
        output.say(f"Wrote {file}: {what}")
    output.next_command(
        f"neurodeploy harden {written} --data train.npz --eps 0.04 --steps {steps} -o robust.nir"
        if robust
        else f"neurodeploy profile {written} --data test.npz --encode direct --steps {steps}"
    )


def _check_source(data: Path | None, input_range: str | None, *, data_free: bool) -> None:
    if data is None and not data_free:
        raise InputError(
            "ND2601", "give --data to calibrate on, or --data-free to make samples from the network"
        )
    if input_range is not None and not data_free:
        raise InputError("ND2601", "--input-range is for --data-free; --data tells its own range")


def _declared(network: "Model", input_range: str | None) -> "Model":
    """Return the network with the range that the user declares; else it keeps its own."""
    from neurodeploy.toolchain import with_input_range

    bounds = options.compile_options(None, None, input_range).input_range
    if bounds is None:
        return network
    return with_input_range(network, *bounds, "as declared by --input-range")


def _synthesised(network: "Model", making: "SynthesisOptions", *, quiet: bool) -> "Samples":
    from neurodeploy.methods.private import synthesise

    with output.progress("synthesis", None, quiet=quiet) as advance:
        return synthesise(network, making, advance).samples


def _normalised(network: "Model", mean: str | None, std: str | None) -> "Model":
    from neurodeploy.methods.conversion.normalisation import with_normalisation

    return with_normalisation(
        network, given.numbers(mean or "0", "--mean"), given.numbers(std or "1", "--std")
    )


def _write(conversion: "Conversion", out: Path) -> Path:
    """Write the spiking network as NIR can hold it, or else as a folder; return where."""
    from neurodeploy import toolchain
    from neurodeploy.passes import FoldBatchNorm, MaxAsThreshold

    network = MaxAsThreshold().apply(FoldBatchNorm().apply(conversion.model))
    place = place_of(network, out)
    toolchain.write_network(network, place)
    return place
