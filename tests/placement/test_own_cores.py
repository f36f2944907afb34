"""Chips whose cores differ: every layer on a core that holds it, found if there is a way."""

from itertools import permutations

import numpy as np
import pytest

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.errors import DoesNotCompile
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.own_cores import apart, own_cores
from neurodeploy.placement.place import place
from neurodeploy.program import Conv, Dense, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout

SPECK, LOIHI2 = load_chip("speck2"), load_chip("loihi2")
KI = 1024


def load(neurons: int, synapse_bytes: int) -> dict[str, Usage]:
    return {
        "neurons_per_core": Usage(used=neurons, limit=64 * KI),
        "synapse_bytes_per_core": Usage(used=synapse_bytes, limit=64 * KI),
    }


def fits(core: int, counts: dict[str, Usage]) -> bool:
    return all(
        (limit := SPECK.limit_of(core, name)) is None or usage.used <= (limit.value or 0)
        for name, usage in counts.items()
    )


def layers(*sizes: int) -> Program:
    """Return dense layers of these sizes behind an input of four lines."""
    names = [f"p{k}" for k in range(len(sizes))]
    return Program(
        inputs=(Input(name="in", shape=(4,)),),
        populations=tuple(
            Population(name=name, shape=(n,), du=4095, dv=0, vth=100)
            for name, n in zip(names, sizes, strict=True)
        ),
        projections=tuple(
            Projection(
                name=f"w{k}",
                sources=(before,),
                target=name,
                operator=Dense(mantissa=np.full((n, m), 2)),
            )
            for k, (before, m, name, n) in enumerate(
                zip(["in", *names[:-1]], [4, *sizes[:-1]], names, sizes, strict=True)
            )
        ),
        outputs=(Output(population=names[-1], readout=Readout.COUNT),),
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_matching_is_found_where_there_is_one(seed: int) -> None:
    """Against every arrangement of five loads on the nine cores."""
    rng = np.random.default_rng(seed)
    sizes = [1, 10, 16, 20, 32, 40, 64]
    used = [load(KI * int(rng.choice(sizes)), KI * int(rng.choice(sizes))) for _ in range(5)]
    found = own_cores(SPECK, used, 9)
    best = max(
        sum(fits(core, counts) for core, counts in zip(order, used, strict=True))
        for order in permutations(range(9), 5)
    )
    assert sum(core is not None for core in found) == best
    taken = [core for core in found if core is not None]
    assert len(taken) == len(set(taken))
    assert all(fits(c, counts) for c, counts in zip(found, used, strict=True) if c is not None)


def test_every_population_of_speck_gets_a_core_of_its_own() -> None:
    placement = place(layers(20, 20, 20), SPECK)
    assert [part.core for part in placement.slices] == [0, 1, 2]
    assert placement.tiles == ((0, 0), (1, 0), (2, 0))
    limits = [usage["synapse_bytes_per_core"].limit for usage in placement.usage]
    assert limits == [16 * KI, 16 * KI, 16 * KI]


def test_layer_with_large_kernels_goes_to_a_core_that_holds_them() -> None:
    placement = place(layers(200, 200), SPECK)  # 40,000 bytes of weights
    assert placement.tiles == ((0, 0), (5, 0))
    assert placement.usage[1]["synapse_bytes_per_core"] == Usage(used=40_000, limit=64 * KI)


@pytest.mark.parametrize(
    ("channels", "kernel", "words"),
    [((16, 32), 3, 8 * KI), ((16, 33), 3, 16 * KI), ((2, 16), 4, 512), ((3, 1), 1, 3)],
    ids=["sinabs overview", "one more channel", "powers of two", "least"],
)
def test_kernels_take_the_words_that_the_vendor_counts(
    channels: tuple[int, int], kernel: int, words: int
) -> None:
    """sinabs, Speck overview: 16 to 32 channels of 3 by 3 take 16 x 32 x 16 = 8 Ki words."""
    n_in, n_out = channels
    operator = Conv(
        mantissa=np.full((n_out, n_in, kernel, kernel), 2),
        geometry=ConvGeometry(
            input_shape=(n_in, 8, 8), out_channels=n_out, kernel=(kernel, kernel)
        ),
    )
    population = Population(name="p", shape=operator.geometry.output_shape, du=4095, dv=0, vth=100)
    program = Program(
        inputs=(Input(name="in", shape=(n_in, 8, 8)),),
        populations=(population,),
        projections=(Projection(name="w", sources=("in",), target="p", operator=operator),),
        outputs=(Output(population="p", readout=Readout.COUNT),),
    )
    (usage,) = place(program, SPECK).usage
    assert usage["synapse_bytes_per_core"].used == words


def test_layers_that_find_no_core_are_named() -> None:
    with pytest.raises(DoesNotCompile) as caught:
        place(layers(200, 200, 200, 200), SPECK)
    assert str(caught.value) == (
        "ND3201: speck2: population 'p3' takes 200 neurons and 40000 bytes of synapses on one "
        "core; no core that is left holds both; make the layer smaller, see "
        "`neurodeploy chips show speck2`"
    )


def test_populations_share_a_core_where_the_chip_does_not_say_how_many() -> None:
    slices = [Slice(population=name, core=0, start=0, stop=1) for name in "abc"]
    assert apart(slices, LOIHI2) == tuple(slices)
    assert [part.core for part in apart(slices, SPECK)] == [0, 1, 2]
