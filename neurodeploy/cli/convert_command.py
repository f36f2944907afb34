"""`neurodeploy convert`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import convert_options as given
from neurodeploy.cli import options, output
from neurodeploy.cli import protect_options as private
from neurodeploy.cli.convert_text import as_json, print_converted
from neurodeploy.cli.network_file import place_of
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
    spiking network, which takes each sample repeated in every step. Needs the extra `train`.
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
    network, assumptions = toolchain.load_model(ann)
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
        network = ranged(network, samples)
    if robust:
        conversion = robust_conversion(network, samples, steps, choice)
    else:
        conversion = run_conversion(network, samples, choice)
    written = _write(conversion, out)
    if json:
        output.print_json(as_json(conversion, written, assumptions, beside))
        return
    print_converted(conversion, written, assumptions, known=network.history, beside=beside)
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


def need_torch() -> None:
    """Refuse at once where torch is missing, as `train` does."""
    try:
        import torch  # noqa: F401  # only asks whether it is there
    except ImportError as error:
        from neurodeploy.toolchain import missing_extra

        raise missing_extra(error, "train") from error


def ranged(network: "Model", samples: "Samples") -> "Model":
    """Return the network with the range of the calibration data's values."""
    from neurodeploy.toolchain import with_input_range
    from neurodeploy.toolchain.opening import range_of

    low, high = range_of(samples, None, network.inputs[0].shape)
    return with_input_range(network, low, high, f"as in {samples.where}")


def _write(conversion: "Conversion", out: Path) -> Path:
    """Write the spiking network as NIR can hold it, or else as a folder; return where."""
    from neurodeploy import toolchain
    from neurodeploy.passes import FoldBatchNorm, MaxAsThreshold

    network = MaxAsThreshold().apply(FoldBatchNorm().apply(conversion.model))
    place = place_of(network, out)
    toolchain.write_network(network, place)
    return place
