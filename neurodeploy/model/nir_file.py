"""Read and write `.nir`: NIR graphs (Pedersen et al. 2024, nir 1.0.8) as Models."""

from neurodeploy.model.nir.conventions import Conventions
from neurodeploy.model.nir.findings import MEANINGS, Code, Finding, Findings
from neurodeploy.model.nir.presets import PRESETS, preset
from neurodeploy.model.nir.read import inspect_nir, read_nir
from neurodeploy.model.nir.write import write_nir

__all__ = [
    "MEANINGS",
    "PRESETS",
    "Code",
    "Conventions",
    "Finding",
    "Findings",
    "inspect_nir",
    "preset",
    "read_nir",
    "write_nir",
]
