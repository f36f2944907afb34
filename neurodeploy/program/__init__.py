"""The integer network: what runs on a chip. `reference` says what it means."""

from neurodeploy.program.number_format import LOIHI, NumberFormat
from neurodeploy.program.operator import Conv, Dense, Direct, Operator, Sparse
from neurodeploy.program.program import Input, Output, Population, Program, Projection

__all__ = [
    "LOIHI",
    "Conv",
    "Dense",
    "Direct",
    "Input",
    "NumberFormat",
    "Operator",
    "Output",
    "Population",
    "Program",
    "Projection",
    "Sparse",
]
