"""Compression to a budget of what the deployment pays, and its simple rivals.

Chen et al., "Resource Constrained Model Compression via Minimax Optimization for Spiking Neural
Networks", ACM Multimedia 2023; see `minimax` for the equations.
"""

from neurodeploy.methods.compression.compress import compress
from neurodeploy.methods.compression.exits import (
    Recalibrated,
    recalibrated,
    refuse_policy_network,
)
from neurodeploy.methods.compression.measure import Bench, Measured, bench_for
from neurodeploy.methods.compression.options import CompressOptions, Drive, Method
from neurodeploy.methods.compression.outcome import Compressed
from neurodeploy.methods.compression.places import Ranking, Structure
from neurodeploy.methods.compression.stage import Node, Work

__all__ = [
    "Bench",
    "CompressOptions",
    "Compressed",
    "Drive",
    "Measured",
    "Method",
    "Node",
    "Ranking",
    "Recalibrated",
    "Structure",
    "Work",
    "bench_for",
    "compress",
    "recalibrated",
    "refuse_policy_network",
]
