"""Whether the data of a pilot fit its network, and may be used for what they are given for."""

from pathlib import Path

import numpy as np

from neurodeploy import toolchain
from neurodeploy.frontends.layout import layout_of
from neurodeploy.frontends.samples import Samples, series_of
from neurodeploy.model import Model
from neurodeploy.pilot.found import Found
from neurodeploy.pilot.given import CONVERTED_STEPS, Files, PilotOptions
from neurodeploy.pilot.inputs import digest_of
from neurodeploy.toolchain import Encoding, Network
from neurodeploy.toolchain.opening import range_of


def look_at_data(
    files: Files,
    options: PilotOptions,
    network: Network | None,
    found: Found,
    *,
    artificial: bool,
) -> str | None:
    """Return ``LOW:HIGH`` of the values that will arrive; None where that cannot be told.

    It is that of the validation data: test data outside it are refused, never followed.
    """
    validation = _labelled("--data", files.validation, options, found)
    test = _labelled("--test", files.test, options, found)
    train = None if files.train is None else _labelled("--train", files.train, options, found)
    _look_apart(files, found)
    coder = found.of(lambda: _encoding(options, artificial=artificial))
    if network is None or (coder is None and (artificial or options.encode)):
        return options.input_range
    fits = [_fits(samples, network, coder, found) for samples in (validation, test, train)]
    if options.input_range is not None or validation is None or test is None or not all(fits[:2]):
        return options.input_range
    shape = network.inputs[0].shape
    low, high = range_of(validation, coder, shape)
    least, most = range_of(test, coder, shape)
    if least < low or most > high:
        found.say(
            f"{files.test}: has values from {least:g} to {most:g}, the validation data from "
            f"{low:g} to {high:g}; declare what sensors give: --input-range "
            f"{min(least, low)!r}:{max(most, high)!r}"
        )
    return f"{low!r}:{high!r}"


def _labelled(option: str, path: Path, options: PilotOptions, found: Found) -> Samples | None:
    samples = found.of(lambda: _samples(path, options))
    if samples is not None and samples.y is None:
        found.say(f"{option} {path}: holds no labels y, without which nothing can be judged")
    return samples


def _samples(path: Path, options: PilotOptions) -> Samples:
    return toolchain.read_samples(path, options.limit, layout_of(options.layout))


def _encoding(options: PilotOptions, *, artificial: bool) -> Encoding | None:
    if artificial:
        return Encoding(coder="direct", n_steps=options.n_steps or CONVERTED_STEPS)
    if options.encode is None:
        return None
    return Encoding(
        coder=options.encode,
        n_steps=options.n_steps,
        seed=options.seed,
        threshold=options.delta_threshold,
        step_us=options.step_us,
    )


def _fits(samples: Samples | None, network: Network, coder: Encoding | None, found: Found) -> bool:
    """Return whether the first sample is one that `network` takes, and its labels are classes."""
    if samples is None:
        return False
    first = samples.taken(np.arange(1))
    fits = found.of(lambda: series_of(first, network.inputs[0].shape, coder)) is not None
    n_classes = _n_classes(network)
    if samples.y is not None and samples.y.size and int(samples.y.max()) >= n_classes:
        found.say(
            f"{samples.where}: has the label {int(samples.y.max())}; the network tells "
            f"{n_classes} classes apart, 0 to {n_classes - 1}"
        )
    return fits


def _n_classes(network: Network) -> int:
    name = network.outputs[0].population
    if isinstance(network, Model):
        return network.population(name).size
    return next(p.size for p in network.populations if p.name == name)


def _look_apart(files: Files, found: Found) -> None:
    """Test samples choose nothing, so they are in no file that chooses."""
    if not files.test.is_file():
        return
    test = digest_of(files.test)
    for option, path in (("--data", files.validation), ("--train", files.train)):
        if path is not None and path.is_file() and digest_of(path) == test:
            found.say(f"--test {files.test}: has the content of {option}; test data choose nothing")
