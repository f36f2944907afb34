"""What can be tuned: each setting with its range, and whether it needs training."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A setting.

    Parameters
    ----------
    own : its value for the network as it is; None if it has none of its own.
    low, high : its range where none is given; None depends on the network or the data.
    log : whether it is drawn on a logarithmic scale.
    whole : whether it is a whole number.
    by_layer : whether it can be set for one layer alone.
    trains : whether it means something only where tuning trains.
    """

    meaning: str
    own: float | None
    low: float | None
    high: float | None
    log: bool = False
    whole: bool = False
    by_layer: bool = False
    trains: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "threshold": Kind(
            meaning="factor of the thresholds",
            own=1.0,
            low=1 / 16,
            high=16.0,
            log=True,
            by_layer=True,
        ),
        "leak": Kind(
            meaning="factor of the voltages' leaks; what arrives keeps its gain",
            own=1.0,
            low=1 / 16,
            high=None,
            log=True,
            by_layer=True,
        ),
        "input_gain": Kind(
            meaning="factor of the input's values", own=1.0, low=1 / 16, high=16.0, log=True
        ),
        "percentile": Kind(
            meaning="thresholds at this percentile of what arrives, rectified",
            own=None,
            low=90.0,
            high=100.0,
        ),
        "steps": Kind(
            meaning="time steps of an inference", own=None, low=None, high=None, whole=True
        ),
        "learning_rate": Kind(
            meaning="learning rate", own=None, low=1e-3, high=1.0, log=True, trains=True
        ),
        "weight_decay": Kind(
            meaning="weight decay", own=None, low=1e-6, high=1e-2, log=True, trains=True
        ),
    }
)
