"""A look at everything that a pilot is given, before the first long stage."""

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path

from neurodeploy import toolchain
from neurodeploy.errors import TargetUnavailable
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.model import Model, Relu
from neurodeploy.model.nir_file import Conventions, preset
from neurodeploy.pilot.found import Found
from neurodeploy.pilot.given import Files, Introduction, PilotOptions
from neurodeploy.pilot.look_at_data import look_at_data
from neurodeploy.target.registry import find_target
from neurodeploy.toolchain import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """What a look told; see `Given`."""

    artificial: bool
    input_range: str | None


def look_at(files: Files, options: PilotOptions) -> LookedAt:
    """Return what the stages have to know of what was given.

    Raises
    ------
    InputError
        If anything cannot be used: every problem (ND2920, or the code that all of them share).
    TargetUnavailable
        If all that is missing is a target (ND4001, ND4002) or torch (ND4003).
    """
    found = Found()
    network = found.of(lambda: toolchain.load(files.network, _conventions(options))[0])
    if network is not None:
        _look_at_file(files.network, found)
    artificial = isinstance(network, Model) and any(
        isinstance(population.neuron, Relu) for population in network.populations
    )
    _look_at_options(files, options, found, network, artificial=artificial)
    _look_at_budget(files, _hardware(options, found), found)
    span = look_at_data(files, options, network, found, artificial=artificial)
    _look_at_audits(files, options, found)
    found.refuse()
    is_model = isinstance(network, Model)
    return LookedAt(artificial=artificial, input_range=span if is_model else None)


def _look_at_file(path: Path, found: Found) -> None:
    """Say so where a network lies in several files: a pilot copies and follows one."""
    if path.suffix.lower() != ".onnx":
        return
    from neurodeploy.frontends.onnx import lies_in_one_file  # needs onnx, an extra

    if not lies_in_one_file(path):
        found.say(
            f"{path}: its weights lie in other files; put them into it: python -c "
            f"\"import onnx; onnx.save(onnx.load('{path}'), 'one.onnx')\""
        )


def _conventions(options: PilotOptions) -> Conventions:
    base = Conventions() if options.framework is None else preset(options.framework)
    return base if options.dt_s is None else replace(base, dt_s=options.dt_s)


def _hardware(options: PilotOptions, found: Found) -> Hardware | None:
    """Return the chip; every target that was named must be there and healthy."""
    target = found.of(lambda: find_target(options.target))
    for other in dict.fromkeys(options.against):
        _require(other, found)
    name = options.chip or (None if target is None else target.default_chip)
    return None if name is None else found.of(lambda: load_chip(name))


def _require(target: str, found: Found) -> None:
    found.of(lambda: find_target(target))


def _look_at_options(
    files: Files,
    options: PilotOptions,
    found: Found,
    network: Network | None,
    *,
    artificial: bool,
) -> None:
    trained = options.introduction is Introduction.TRAINED
    if trained and files.train is None:
        found.say("--stage trained: give --train FILE, labelled samples to train on")
    if files.train is not None and not trained:
        found.say("--train: only --stage trained trains; give that too, or leave --train out")
    if artificial and options.encode not in (None, "direct"):
        found.say(f"--encode {options.encode}: a converted network takes samples directly")
    if network is not None and not artificial and options.n_steps and options.encode is None:
        found.say("--steps: a spiking network's samples have steps; give --encode to make some")
    if files.public is not None and files.judge is None:
        found.say("--public is what attackers of a leak audit own; give --judge too")
    if network is not None and (artificial or trained) and not has_torch():
        found.of(_refuse_without_torch)


def has_torch() -> bool:
    """Return whether torch is installed, which conversion, training and audits need."""
    return importlib.util.find_spec("torch") is not None


def _refuse_without_torch() -> None:
    raise TargetUnavailable(
        "ND4003",
        "torch is not installed, and is needed to convert and to train: "
        "pip install 'neurodeploy[train]'",
    )


def _look_at_budget(files: Files, chip: Hardware | None, found: Found) -> None:
    path = files.budget
    budget = None if path is None else found.of(lambda: toolchain.read_budget(path))
    if budget is None or chip is None or budget.chip in (None, chip.name):
        return
    found.say(f"{path}: is for chip {budget.chip}, and the pilot is on {chip.name}; give --chip")


def _look_at_audits(files: Files, options: PilotOptions, found: Found) -> None:
    judge, public = files.judge, files.public
    if judge is not None and found.of(lambda: toolchain.load_model(judge)) is not None:
        _look_at_file(judge, found)
    if public is not None:
        found.of(lambda: toolchain.read_samples(public))
    if has_torch():
        from neurodeploy.audits.attacks.protocol_file import read_protocol  # imports torch

        found.of(lambda: read_protocol(options.protocol))
