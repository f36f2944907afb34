"""The float network: populations joined by projections, with physical time."""

from neurodeploy.model.model import Input, Model, Output, Population, Projection
from neurodeploy.model.neuron import CubaLif, If, Li, Lif, Linear, Max, Neuron, Relu
from neurodeploy.model.operator import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    SumPool2d,
)

__all__ = [
    "Affine",
    "AvgPool2d",
    "BatchNorm",
    "Conv2d",
    "CubaLif",
    "Flatten",
    "If",
    "Input",
    "Li",
    "Lif",
    "Linear",
    "Max",
    "Model",
    "Neuron",
    "Operator",
    "Output",
    "Population",
    "Projection",
    "Relu",
    "Scale",
    "SumPool2d",
]
