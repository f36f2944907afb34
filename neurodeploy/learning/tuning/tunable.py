"""`Tunable`: one setting of one search, with its range in the network at hand."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.learning.tuning.kinds import KINDS, Kind
from neurodeploy.model import Integrating, Model, Population, Spiking
from neurodeploy.model.neuron import step_of

WIDEST = 16.0
"""Largest factor of a leak where none is given and no leak would pass 1."""

DIGITS = 4
"""Significant digits of a drawn value, so that a command can repeat it exactly."""

_TEXT = re.compile(r"([a-z_]+)(?::([^=]+))?(?:=([^:]+):([^:]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunable:
    """A setting and its range.

    Parameters
    ----------
    kind : a key of `KINDS`.
    layer : the layer it is of; None is all that have it.
    own : its value for the network as it is; None if it has none.
    """

    kind: str
    layer: str | None
    low: float
    high: float
    own: float | None

    @property
    def key(self) -> str:
        """What it is called in files and commands."""
        return self.kind if self.layer is None else f"{self.kind}:{self.layer}"


def tunables(
    texts: Iterable[str], model: Model, n_steps: int, *, training: bool
) -> tuple[Tunable, ...]:
    """Return what ``--tune`` names, e.g. ``threshold``, ``threshold:fc1=0.5:2``, ``steps=2:6``.

    Without any, thresholds and leaks, and with training the learning rate and thresholds.

    Parameters
    ----------
    n_steps : of the data, or of the encoding.

    Raises
    ------
    InputError
        If a text cannot be understood, or does not fit the network (ND2821): all of them named.
    """
    found, problems = [], []
    for text in tuple(texts) or _usual(model, training=training):
        try:
            found.append(_tunable(text, model, n_steps, training=training))
        except ValueError as error:
            problems.append(f"--tune {text}: {error}")
    keys = [tunable.key for tunable in found]
    problems += [f"--tune names {key} twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    if problems:
        raise InputError("ND2821", *problems)
    return tuple(found)


def settings_of(
    texts: Iterable[str], model: Model, n_steps: int, *, training: bool
) -> dict[str, float]:
    """Return what ``--set`` states, e.g. ``threshold=0.5``, as values by `Tunable.key`.

    Raises
    ------
    InputError
        If a text is not NAME=VALUE, or does not fit the network (ND2821).
    """
    ranges = []
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or ":" in value:
            raise InputError("ND2821", f"--set {text}: expected NAME=VALUE, e.g. threshold=0.5")
        ranges.append(f"{name}={value}:{value}")
    try:
        found = tunables(ranges, model, n_steps, training=training)
    except InputError as error:
        lines = [line.replace("--tune", "--set") for line in error.problems]
        raise InputError(error.code, *lines) from error
    return {tunable.key: tunable.low for tunable in found}


def rounded(tunable: Tunable, value: float) -> float:
    """Return a drawn value as it is used: few digits, or a whole number."""
    if KINDS[tunable.kind].whole:
        return float(round(value))
    return min(max(float(f"{value:.{DIGITS}g}"), tunable.low), tunable.high)


def _usual(model: Model, *, training: bool) -> tuple[str, ...]:
    if training:
        return ("learning_rate", "threshold")
    return ("threshold", "leak") if _of_kind("leak", model) else ("threshold",)


def _tunable(text: str, model: Model, n_steps: int, *, training: bool) -> Tunable:
    match = _TEXT.fullmatch(text)
    if match is None or match[1] not in KINDS:
        raise ValueError(f"expected NAME, NAME:LAYER or NAME=LOW:HIGH of {', '.join(KINDS)}")
    name, layer = match[1], match[2]
    kind = KINDS[name]
    if kind.trains and not training:
        raise ValueError("is of training; give --train-epochs")
    if layer is not None and not kind.by_layer:
        raise ValueError(f"{name} is of the whole network, not of one layer")
    _check_layer(name, layer, model)
    if name == "input_gain":
        _check_input(model)
    low, high = _range(name, kind, match, model, n_steps)
    return Tunable(kind=name, layer=layer, low=low, high=high, own=_own(name, kind, n_steps))


def _check_layer(name: str, layer: str | None, model: Model) -> None:
    if not KINDS[name].by_layer:
        return
    names = [p.name for p in _of_kind(name, model)]
    if not names:
        raise ValueError(f"no layer of the network has a {name}")
    if layer is not None and layer not in names:
        raise ValueError(f"the layers with a {name} are {', '.join(names)}")


def _check_input(model: Model) -> None:
    inputs = {node.name for node in model.inputs}
    for projection in model.projections:
        if inputs & set(projection.sources) and not inputs >= set(projection.sources):
            raise ValueError(f"projection {projection.name!r} adds the input to other sources")


def _range(
    name: str, kind: Kind, match: re.Match[str], model: Model, n_steps: int
) -> tuple[float, float]:
    most = _most(name, match[2], model, n_steps)
    if match[3] is None:
        if name == "steps":
            return float(max(1, n_steps // 4)), most
        least, high = kind.low, min(WIDEST, most) if kind.high is None else kind.high
        assert least is not None  # only `steps` has none of its own
        return least, high
    try:
        low, high = float(match[3]), float(match[4])
    except ValueError:
        raise ValueError("the range is LOW:HIGH, two numbers") from None
    if not 0 < low <= high < math.inf:
        raise ValueError("the range needs 0 < LOW <= HIGH")
    if high > most:
        raise ValueError(f"at most {most:g} is possible here")
    if kind.whole and (low, high) != (int(low), int(high)):
        raise ValueError("takes whole numbers")
    return low, high


def _most(name: str, layer: str | None, model: Model, n_steps: int) -> float:
    """Return the largest value that means something."""
    match name:
        case "steps":
            return float(n_steps)
        case "percentile":
            return 100.0
        case "leak":
            leaks = [_leak(p, model) for p in _of_kind(name, model) if layer in (None, p.name)]
            return _down(1.0 / max(leaks))
    return math.inf


def _down(value: float) -> float:
    """Return `value` with few digits, not rounded up."""
    scale = 10.0 ** (DIGITS - 1 - math.floor(math.log10(value)))
    return math.floor(value * scale) / scale


def _own(name: str, kind: Kind, n_steps: int) -> float | None:
    return float(n_steps) if name == "steps" else kind.own


def _of_kind(name: str, model: Model) -> list[Population]:
    if name == "leak":
        return [p for p in model.populations if _leak(p, model) > 0]
    return [p for p in model.populations if isinstance(p.neuron, Spiking)]


def _leak(population: Population, model: Model) -> float:
    neuron = population.neuron
    if not isinstance(neuron, Integrating):
        return 0.0
    return float(np.max(step_of(neuron, model.dt_s).leak_v))
