"""`SynapseList`: the synapses that one projection has from each source into one slice."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import Hardware
from neurodeploy.machine.counts import Row
from neurodeploy.program import Conv, Dense, Operator, Program, Sparse
from neurodeploy.program.fan_out import fan_out

_FORMATS = {Dense: "dense", Sparse: "sparse", Conv: "conv"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SynapseList:
    """What a core reads when a source of the projection fires.

    Parameters
    ----------
    projection : its place among the program's.
    sources : added up before they reach the synapses, so that one of them reads the list.
    core : where the list is stored.
    kind : ``dense``, ``sparse``, ``conv``, or ``direct``, which has no synapses.
    reached : which sources send a message, bool (source,).
    synapses : stored synapses, int64 (source,).
    words : reads of synapse memory, int64 (source,); none where the chip's page does not say.
    """

    projection: int
    sources: tuple[str, ...]
    core: int
    kind: str
    reached: NDArray[np.bool_]
    synapses: NDArray[np.int64]
    words: NDArray[np.int64]


def synapse_lists(
    hardware: Hardware, program: Program, rows: tuple[Row, ...]
) -> Iterator[SynapseList]:
    """Yield every list of a placed program; each starts in a word of its own."""
    for number, projection in enumerate(program.projections):
        kind = _FORMATS.get(type(projection.operator), "direct")
        for row in rows:
            if row.node != projection.target:
                continue
            reached, synapses = _synapses(projection.operator, row)
            yield SynapseList(
                projection=number,
                sources=projection.sources,
                core=row.core,
                kind=kind,
                reached=reached,
                synapses=synapses,
                words=_words(hardware, kind, synapses),
            )


def _synapses(operator: Operator, row: Row) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    if isinstance(operator, Dense | Sparse | Conv):
        synapses = fan_out(operator, row.start, row.stop, effective=False)
        return synapses > 0, synapses
    own = np.arange(row.size)
    return (own >= row.start) & (own < row.stop), np.zeros(row.size, np.int64)


def _words(hardware: Hardware, kind: str, synapses: NDArray[np.int64]) -> NDArray[np.int64]:
    width = hardware.limits.get("synapse_word_bits")
    if width is None or width.value is None or kind == "direct":
        return np.zeros_like(synapses)
    bits = synapses * hardware.synapse_formats[kind].bits_per_synapse
    return -(-bits // int(width.value))
