"""Chips as pages of facts: limits, formats and costs, every figure with its source."""

from neurodeploy.hardware.hardware import (
    Addressing,
    Arithmetic,
    Hardware,
    NumberRanges,
    Provenance,
    SynapseFormat,
    TileOrder,
    Topology,
)
from neurodeploy.hardware.quantity import Evidence, Quantity, Scope, grade
from neurodeploy.hardware.violation import Violation

__all__ = [
    "Addressing",
    "Arithmetic",
    "Evidence",
    "Hardware",
    "NumberRanges",
    "Provenance",
    "Quantity",
    "Scope",
    "SynapseFormat",
    "TileOrder",
    "Topology",
    "Violation",
    "grade",
]
