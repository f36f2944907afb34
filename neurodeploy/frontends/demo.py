"""The trained network that comes with neurodeploy, and how its input is coded."""

from pathlib import Path

N_STEPS = 25
"""Time steps in which the demo shows a digit."""

CODING_SEED = 7
"""Seed of the rate code with which the demo shows the test digits."""

TRAINING_SEED = 0
"""Seed with which `tools/train_demo.py` trained the network."""

DEMO_NETWORK = Path(__file__).with_name("demo.nir")
"""64 pixels, 96 hidden neurons, 10 classes; tools/train_demo.py makes it."""

DEMO_DIGEST = "sha256:796accfbaee95d7cc8aac799957883f720391382f50bb82f96fce425c72614d9"
"""Digest of that network."""
