"""A mostly empty matrix becomes a list: fewer bytes and operations, the same network."""

from dataclasses import replace

import numpy as np
import pytest
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.frontends.samples import samples_of
from neurodeploy.lowering.storage import stored_narrowly
from neurodeploy.model import Affine, Model
from neurodeploy.placement.limits import SYNAPSE_BYTES
from neurodeploy.program import Dense, Sparse
from neurodeploy.toolchain import CompileOptions, compile_network


def thinned(density: float) -> Model:
    rng = np.random.default_rng(3)
    model = dense_if_model(rng, (40, 50, 10))
    first, *others = model.projections
    (affine,) = first.chain
    assert isinstance(affine, Affine)
    weight = affine.weight * (rng.random(affine.weight.shape) < density)
    chain = (replace(affine, weight=weight),)
    return replace(model, projections=(replace(first, chain=chain), *others))


@pytest.mark.parametrize(
    ("density", "kind"), [(0.05, Sparse), (0.3, Sparse), (0.5, Dense), (1.0, Dense)]
)
def test_format_with_fewer_bits_is_chosen(density: float, kind: type) -> None:
    """On loihi2 a listed synapse takes 22 bits and one of a whole matrix 9: 0.41 is even."""
    deployment = compile_network(thinned(density), "cpu-emu", CompileOptions(chip="loihi2"))
    assert isinstance(deployment.program.projections[0].operator, kind)
    said = [line for line in deployment.history if "stored as a list" in line]
    assert len(said) == (kind is Sparse)


def test_list_computes_the_same_with_fewer_operations_and_bytes() -> None:
    samples = samples_of(input_spikes(np.random.default_rng(1), 4, 20, (40,)), None, "the test")
    listed = compile_network(thinned(0.1), "cpu-emu", CompileOptions(chip="loihi2"))
    matrix = listed.program.projections[0].operator
    assert isinstance(matrix, Sparse)
    whole = np.zeros((matrix.n_out, matrix.n_in), np.int32)
    for source in range(matrix.n_in):
        own = slice(matrix.indptr[source], matrix.indptr[source + 1])
        whole[matrix.targets[own], source] = matrix.mantissa[own]
    projections = (
        replace(listed.program.projections[0], operator=Dense(mantissa=whole)),
        *listed.program.projections[1:],
    )
    dense = compile_network(
        replace(listed.program, projections=projections), "cpu-emu", CompileOptions(chip="loihi2")
    )
    reports = []
    for deployment in (listed, dense):
        stimulus = toolchain.stimulus_of(deployment, samples)
        reports.append(toolchain.profile(deployment, stimulus).metrics)
    assert reports[0]["spikes"] == reports[1]["spikes"]
    assert reports[0]["synops_effective"] == reports[1]["synops_effective"]
    ratio = reports[0]["synops_hw"].value / reports[1]["synops_hw"].value
    assert ratio < 0.5
    used = [d.placement.usage[0][SYNAPSE_BYTES].used for d in (listed, dense)]
    assert used[0] < used[1]


def test_program_without_empty_matrices_is_itself() -> None:
    deployment = compile_network(thinned(1.0), "cpu-emu", CompileOptions(chip="loihi2"))
    program, lines = stored_narrowly(deployment.program, deployment.hardware.synapse_formats)
    assert program is deployment.program
    assert lines == ()
