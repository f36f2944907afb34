"""Chips as pages of facts: limits, formats and costs, every figure with its source."""

from neurodeploy.hardware.hardware import (
    Arithmetic,
    Hardware,
    NumberRanges,
    SynapseFormat,
    Topology,
)
from neurodeploy.hardware.quantity import Evidence, Quantity, Scope, grade

__all__ = [
    "Arithmetic",
    "Evidence",
    "Hardware",
    "NumberRanges",
    "Quantity",
    "Scope",
    "SynapseFormat",
    "Topology",
    "grade",
]
