"""`NeuroBench`: the two blocks of a report, and the rules that both share.

Source of the rules: NeuroBench 2.3.0 (Yik et al., Nature Communications 16, 2025), whose code was
read; its own figures are compared with these by ``make peers``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Block = Mapping[str, float | Mapping[str, float]]
"""NeuroBench's figures by its names: Footprint, ConnectionSparsity, ActivationSparsity,
SynapticOperations (Effective_MACs, Effective_ACs, Dense) and MembraneUpdates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroBench:
    """NeuroBench's figures of the same samples, before and after compilation.

    Parameters
    ----------
    n_samples : samples counted, the first of the stimulus.
    as_trained : of the float model; None where there is none to run.
    as_deployed : of the integers.
    notes : what a reader must know to compare the two.
    """

    n_samples: int
    as_trained: Block | None
    as_deployed: Block
    notes: tuple[str, ...]


_PATHS = (
    ("Footprint",),
    ("ConnectionSparsity",),
    ("ActivationSparsity",),
    ("SynapticOperations", "Effective_MACs"),
    ("SynapticOperations", "Effective_ACs"),
    ("SynapticOperations", "Dense"),
    ("MembraneUpdates",),
)


def flat(found: Block) -> dict[tuple[str, ...], float]:
    """Return the figures by their path, always in one order, for a file holds them in another."""
    return {path: _at(found, path) for path in _PATHS}


def block(
    *,
    footprint_bytes: int,
    n_zero_weights: int,
    n_weights: int,
    n_active: int,
    n_activations: int,
    macs: int,
    acs: int,
    dense: int,
    membrane_updates: int,
    n_samples: int,
) -> Block:
    """Return the figures from what was counted over all samples.

    Sparsities are shares of zeros, that of connections rounded to four digits; operations and
    updates are means over samples. Without weights or activations a sparsity is 0.
    """
    idle = n_activations - n_active
    return {
        "Footprint": footprint_bytes,
        "ConnectionSparsity": round(n_zero_weights / n_weights, 4) if n_weights else 0.0,
        "ActivationSparsity": idle / n_activations if n_activations else 0.0,
        "SynapticOperations": {
            "Effective_MACs": macs / n_samples,
            "Effective_ACs": acs / n_samples,
            "Dense": dense / n_samples,
        },
        "MembraneUpdates": membrane_updates / n_samples,
    }


def _at(found: Block, path: tuple[str, ...]) -> float:
    value = found[path[0]]
    return value if isinstance(value, float | int) else value[path[1]]
