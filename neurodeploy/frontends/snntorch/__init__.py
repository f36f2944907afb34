"""snntorch modules as Models: of our own, as snntorch's exporter loses resets and scalar betas."""

from neurodeploy.frontends.snntorch.export import from_snntorch
from neurodeploy.frontends.snntorch.load import load_module

__all__ = ["from_snntorch", "load_module"]
