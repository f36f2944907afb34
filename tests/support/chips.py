"""Number ranges for tests of lowering that need no chip file."""

from neurodeploy.hardware import NumberRanges
from neurodeploy.terms import Reset

LOIHI2_RANGES = NumberRanges(
    weight_bits=8,
    weight_exp=(0, 7),
    du=(0, 4095),
    dv=(0, 4096),
    vth=(0, 131071),
    bias_mant=(-4095, 4095),
    bias_exp=(0, 7),
    state=(-(2**23) + 1, 2**23 - 1),
    payload=(-(2**23), 2**23 - 1),
    delay_steps=(1, 63),
    resets=tuple(Reset),
    per_neuron_parameters=True,
    voltage_readout=True,
    source="a test",
)
