"""Conversion without data and protection of class content (PrivateSNN; Kim et al., AAAI 2022)."""

from neurodeploy.methods.private.protect import Protected, ProtectOptions, protect
from neurodeploy.methods.private.synthesis import (
    Synthesis,
    SynthesisOptions,
    synthesise,
    uniform_noise,
)

__all__ = [
    "ProtectOptions",
    "Protected",
    "Synthesis",
    "SynthesisOptions",
    "protect",
    "synthesise",
    "uniform_noise",
]
