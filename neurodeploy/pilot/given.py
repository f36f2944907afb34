"""What a pilot is asked to do: files, and how each stage goes about it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from neurodeploy.pilot.manifest import Input

CONVERTED_STEPS = 64
"""Steps for which a converted network shows a sample, where nobody says."""


class Introduction(StrEnum):
    """How far a team goes at first: it converts, and once that has paid, it trains."""

    CONVERTED = "converted"
    TRAINED = "trained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is read; `validation` chooses thresholds, percentile and exit, `test` nothing."""

    network: Path
    validation: Path
    test: Path
    budget: Path | None = None
    train: Path | None = None
    judge: Path | None = None
    public: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotOptions:
    """How the stages go about it; each is an option of the stage's own command.

    Parameters
    ----------
    chip, protocol : a name, or the path of a file.
    encode, n_steps, delta_threshold, step_us, layout : how samples become series; a converted
        network takes each sample directly, `CONVERTED_STEPS` times unless `n_steps` says otherwise.
    reset : of the conversion, or what the file of a spiking network leaves open.
    dt_s, if_gain, discretisation, framework : what the file of a spiking network leaves open.
    n_calibration : samples that balance thresholds, half of which choose the percentile.
    n_scaled : samples whose largest states set the scale of the integers.
    accuracy_drop : points of accuracy that stopping early may lose.
    against : targets that are verified beside `target`.
    limit : samples of the validation and the test data that are used; None is all.
    per_second, price_kwh, battery_wh, units, replaces_w, unit_cost, development_cost : what the
        deployment is used for, which the report puts a cost to; see `decision.Use`.
    """

    target: str = "cpu-emu"
    chip: str | None = None
    introduction: Introduction = Introduction.CONVERTED
    encode: str | None = None
    n_steps: int | None = None
    delta_threshold: float | None = None
    step_us: int | None = None
    layout: str | None = None
    maxpool: str = "differences"
    reset: str | None = None
    dt_s: float | None = None
    if_gain: str | None = None
    discretisation: str | None = None
    framework: str | None = None
    input_coding: str | None = None
    input_range: str | None = None
    n_calibration: int = 1000
    n_scaled: int = 100
    epochs: int = 2
    learning_rate: float | None = None
    accuracy_drop: float = 0.5
    against: tuple[str, ...] = ()
    n_verified: int = 5
    protocol: str = "quick"
    n_attacked: int = 20
    limit: int | None = None
    seed: int = 0
    per_second: float | None = None
    price_kwh: float | None = None
    battery_wh: float | None = None
    units: int | None = None
    replaces_w: float | None = None
    unit_cost: float | None = None
    development_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A pilot whose files were looked at and copied.

    Parameters
    ----------
    artificial : whether the network has to be converted.
    input_range : ``LOW:HIGH`` of the validation data's values, or as asked; None for a network
        that brings integers of its own.
    """

    options: PilotOptions
    inputs: tuple[Input, ...]
    artificial: bool
    input_range: str | None

    def path(self, role: str) -> str | None:
        """Return the path of an input in the pilot's folder; None where it was not given."""
        return next((one.path for one in self.inputs if one.role == role), None)
