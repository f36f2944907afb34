"""The figures of the shared README for cnn_sinabs.nir on N-MNIST, in float."""

import numpy as np
import pytest
from support.nmnist import load_frames
from support.shared import folder

from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.model.simulator import Simulation
from neurodeploy.terms import Reset


def simulate(reset: Reset, n_samples: int) -> tuple[Simulation, int]:
    conventions = Conventions(if_gain="unit", reset=reset)
    model, _ = read_nir(folder("models") / "nir" / "cnn_sinabs.nir", conventions)
    x, labels = load_frames(n_samples)
    simulation = model.simulate(x)
    return simulation, int((simulation.predictions() == labels).sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reset", "right", "spikes"),
    [
        (Reset.SUBTRACT, 98, [5428, 11751, 9279, 7308, 346]),
        (Reset.ZERO, 100, [4604, 7839, 4018, 2022, 108]),
    ],
)
def test_a_hundred_samples_meet_the_table(reset: Reset, right: int, spikes: list[int]) -> None:
    simulation, n_right = simulate(reset, 100)
    assert n_right == right
    assert [round(float(s.mean())) for s in simulation.spikes.values()] == spikes


@pytest.mark.parametrize(
    ("reset", "spikes"),
    [
        (Reset.SUBTRACT, [52563, 115928, 95101, 73770, 3178]),
        (Reset.ZERO, [44496, 76588, 40536, 20167, 992]),
    ],
)
def test_ten_samples_are_right_with_the_spikes_counted_before(
    reset: Reset, spikes: list[int]
) -> None:
    simulation, n_right = simulate(reset, 10)
    assert n_right == 10
    assert [int(np.sum(s)) for s in simulation.spikes.values()] == spikes
