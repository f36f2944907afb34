"""Bounds of what travels: the largest payload and the largest weighted sum of a projection."""

import numpy as np

from neurodeploy.program import Conv, Dense, Input, Program, Projection, Sparse


def payload_bound(program: Program, projection: Projection) -> int:
    """Return the largest magnitude of the summed sources; 1 where it counts as a spike."""
    if not projection.graded:
        return 1
    return sum(_sent(program, name) for name in projection.sources)


def message_bits(program: Program, projection: Projection) -> int:
    """Return the bits of a signed payload, 0 for a spike."""
    if not projection.graded:
        return 0
    return min(payload_bound(program, projection).bit_length() + 1, 32)


def sum_bound(program: Program, projection: Projection) -> int:
    """Return the largest magnitude of a weighted sum, the exponent applied where it is positive."""
    operator = projection.operator
    assert isinstance(operator, Dense | Sparse | Conv)
    weights = np.abs(operator.mantissa.astype(np.int64))
    if isinstance(operator, Sparse):
        rows = np.bincount(operator.targets, weights=weights, minlength=operator.n_out)
    else:
        rows = weights.reshape(len(weights), -1).sum(axis=1)
    largest = int(rows.max(initial=0)) << max(projection.weight_exp, 0)
    return largest * payload_bound(program, projection)


def _sent(program: Program, name: str) -> int:
    node = next(node for node in program.nodes if node.name == name)
    if isinstance(node, Input):
        return max(abs(node.low), abs(node.high))
    return 1 if node.spiking else program.formats.voltage_limit
