"""`EnergyModels`: energies by several models side by side, their ratios, and where they break even.

No one of them is the truth: each says what it charges and what it leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.report.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyEstimate:
    """The energy of one inference by one model.

    Parameters
    ----------
    name, constants : of the model, and of the set of constants it was given.
    rule : what it charges.
    energy : joules.
    layers : joules, by population; what belongs to none stands under its own name.
    counts : what was multiplied with the constants.
    leaves_out : what it does not charge.
    """

    name: str
    constants: str
    rule: str
    energy: Metric
    layers: Mapping[str, Metric]
    counts: Mapping[str, float]
    leaves_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRatio:
    """Energy of the network as an ANN over its energy as it was deployed, by one model.

    `break_even` is the name of the break-even that must stand beside it.
    """

    name: str
    constants: str
    ratio: Metric
    break_even: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """A figure of the run, and the limit that it must lie below (or above) for spikes to pay.

    Parameters
    ----------
    inputs : the terms of the limit, by the name they have in `rule`.
    verdict : ``pays``, ``does not pay``, ``undecided`` within the limit's interval, ``unknown``.
    """

    name: str
    rule: str
    found: Metric
    limit: Metric
    inputs: Mapping[str, Metric]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyModels:
    """All estimates of one report.

    Parameters
    ----------
    spiking : the network as it was deployed.
    artificial : the same connections as an ANN, one dense pass; empty where there is none.
    remarks : what a reader must know before a ratio.
    """

    spiking: tuple[EnergyEstimate, ...]
    artificial: tuple[EnergyEstimate, ...]
    ratios: tuple[EnergyRatio, ...]
    break_evens: tuple[BreakEven, ...]
    remarks: tuple[str, ...]
