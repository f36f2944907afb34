"""Choose how a core stores each projection: every synapse, or a list of those that are not 0."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from neurodeploy.hardware import SynapseFormat
from neurodeploy.program import Dense, Program, Projection, Sparse

WORTH = 0.9
"""A list is kept where it takes at most this share of the bits: it also costs an index to read."""


def stored_narrowly(
    program: Program, formats: Mapping[str, SynapseFormat]
) -> tuple[Program, tuple[str, ...]]:
    """Return `program` with mostly empty matrices as lists, and a line for each that changed.

    What the network computes stays the same; weights that are 0 are no longer accumulated. A
    projection whose synapses have delays of their own stays as it is.

    Parameters
    ----------
    formats : the chip's bits a synapse and a list, by operator.
    """
    projections = tuple(_narrow(p, formats) for p in program.projections)
    lines = tuple(
        f"projection {new.name!r} is stored as a list: {_density(old):.1%} of its weights are not 0"
        for old, new in zip(program.projections, projections, strict=True)
        if new is not old
    )
    return (replace(program, projections=projections) if lines else program), lines


def _narrow(projection: Projection, formats: Mapping[str, SynapseFormat]) -> Projection:
    operator = projection.operator
    if not isinstance(operator, Dense) or isinstance(projection.delay_steps, np.ndarray):
        return projection
    if _list_bits(operator, formats["sparse"]) > WORTH * _whole_bits(operator, formats["dense"]):
        return projection
    listed = Sparse.from_dense(operator.mantissa, operator.mantissa != 0)
    return replace(projection, operator=listed)


def _whole_bits(operator: Dense, layout: SynapseFormat) -> int:
    return operator.mantissa.size * layout.bits_per_synapse + operator.n_in * layout.bits_per_axon


def _list_bits(operator: Dense, layout: SynapseFormat) -> int:
    kept = operator.mantissa != 0
    n_lists = int(np.count_nonzero(kept.any(axis=0)))
    return int(np.count_nonzero(kept)) * layout.bits_per_synapse + n_lists * layout.bits_per_axon


def _density(projection: Projection) -> float:
    assert isinstance(projection.operator, Dense)
    mantissa = projection.operator.mantissa
    return float(np.count_nonzero(mantissa) / mantissa.size)
