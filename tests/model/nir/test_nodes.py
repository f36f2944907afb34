"""Every node type of nir 1.0.8 is read, and says no more and no less than nir says."""

from pathlib import Path

import nir
import numpy as np
import pytest
from support.nir_files import chain, write_raw

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv1d,
    Conv2d,
    CubaLi,
    CubaLif,
    Flatten,
    I,
    If,
    Li,
    Lif,
    Model,
    Scale,
    SumPool2d,
    Threshold,
)
from neurodeploy.model.nir.nodes import CHAINED, NEURONS
from neurodeploy.model.nir_file import Conventions, read_nir


def read(path: Path) -> Model:
    return read_nir(path, Conventions(dt_s=1e-3))[0]


def test_all_nineteen_types_are_known() -> None:
    known = {*NEURONS, *CHAINED, "Input", "Output", "NIRGraph"}
    theirs = {
        name
        for name, kind in vars(nir).items()
        if isinstance(kind, type) and issubclass(kind, nir.NIRNode) and kind is not nir.NIRNode
    }
    assert known == theirs
    assert len(known) == 19


def test_a_file_that_nir_writes_with_every_node_is_read(tmp_path: Path) -> None:
    def full(value: float, *shape: int) -> np.ndarray:
        return np.full(shape, value)

    conv = {"stride": (1, 1), "padding": (1, 1), "dilation": (1, 1), "groups": 1}
    pool = {name: np.array([2, 2]) for name in ("kernel_size", "stride")}
    cuba = {"tau_syn": full(2e-3, 8), "tau_mem": full(4e-3, 8), "r": full(2, 8)}
    graph = nir.NIRGraph.from_list(
        nir.Input(np.array([1, 8, 8])),
        nir.Conv2d((8, 8), np.ones((2, 1, 3, 3)), bias=np.zeros(2), **conv),
        nir.IF(r=full(1, 2, 8, 8), v_threshold=full(1, 2, 8, 8)),
        nir.SumPool2d(**pool, padding=np.array([0, 0])),
        nir.AvgPool2d(**pool, padding=np.array([0, 0])),
        nir.Flatten(np.array([2, 2, 2]), start_dim=1),
        nir.Conv1d(4, np.ones((4, 2, 3)), 1, 1, 1, 1, np.ones(4)),
        nir.Threshold(full(0.5, 4, 4)),
        nir.Flatten(np.array([4, 4]), start_dim=0),
        nir.Affine(np.ones((8, 16)), np.ones(8)),
        nir.LIF(full(4e-3, 8), full(2, 8), full(0.1, 8), full(1, 8), full(-0.5, 8)),
        nir.Delay(full(2e-3, 8)),
        nir.Scale(full(3, 8)),
        nir.CubaLIF(**cuba, v_leak=full(0, 8), v_threshold=full(1, 8), w_in=full(3, 8)),
        nir.Linear(np.ones((8, 8))),
        nir.I(full(1, 8)),
        nir.LI(full(4e-3, 8), full(1, 8), full(0, 8)),
        nir.CubaLI(**cuba, v_leak=full(0.5, 8)),
    )
    nir.write(tmp_path / "m.nir", graph)
    model = read(tmp_path / "m.nir")
    assert [type(p.neuron) for p in model.populations] == [
        If,
        Threshold,
        Lif,
        CubaLif,
        I,
        Li,
        CubaLi,
    ]
    chains = {p.target: [type(operator) for operator in p.chain] for p in model.projections}
    assert chains == {
        "if": [Conv2d],
        "threshold": [SumPool2d, AvgPool2d, Flatten, Conv1d],
        "lif": [Flatten, Affine],
        "cubalif": [Scale],
        "i": [Affine],
        "li": [],
        "cubali": [],
    }
    assert {p.target: p.delay_steps for p in model.projections if p.delay_steps} == {"cubalif": 2}
    assert model.population("threshold").shape == (4, 4)
    assert (model.population("lif").v_reset == -0.5).all()
    cuba_li = model.population("cubali").neuron
    assert isinstance(cuba_li, CubaLi)
    assert (cuba_li.w_in == 1).all()
    assert (cuba_li.v_leak == 0.5).all()


def padded_same(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """One-dimensional cross-correlation with as many values as `x`, the odd zero behind."""
    before = (len(kernel) - 1) // 2
    padded = np.pad(x, (before, len(kernel) - 1 - before))
    return np.array([padded[i : i + len(kernel)] @ kernel for i in range(len(x))])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_same_padding_of_any_kernel_keeps_the_size(tmp_path: Path, size: int) -> None:
    kernel = np.arange(1.0, size + 1)
    conv = {"weight": kernel[None, None], "bias": np.zeros(1), "padding": "same"}
    nodes, edges = chain(
        ("in", "Input", {"shape": [1, 6]}),
        ("c", "Conv1d", {**conv, "stride": 1, "dilation": 1, "groups": 1}),
        ("out", "Output", {"shape": [1, 6]}),
    )
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    x = np.array([3.0, -1.0, 2.0, 0.0, 5.0, 1.0])
    found = model.simulate(x[None, None, None]).readouts["out"]
    assert found[0, 0].tolist() == padded_same(x, kernel).tolist()


def test_weights_with_more_axes_have_a_matrix_for_each_place(tmp_path: Path) -> None:
    weight = np.arange(24.0).reshape(2, 3, 4)
    bias = np.arange(6.0).reshape(2, 3)
    nodes, edges = chain(
        ("in", "Input", {"shape": [2, 4]}),
        ("w", "Affine", {"weight": weight, "bias": bias}),
        ("out", "Output", {"shape": [2, 3]}),
    )
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    x = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, -1.0]])
    wanted = [weight[k] @ x[k] + bias[k] for k in range(2)]
    assert model.simulate(x[None, None]).readouts["out"].tolist() == [np.array(wanted).tolist()]


def test_a_linear_with_a_bias_of_early_files_keeps_it(tmp_path: Path) -> None:
    nodes, edges = chain(
        ("in", "Input", {"shape": [1]}),
        ("w", "Linear", {"weight": np.ones((1, 1)), "bias": np.full(1, 3.0)}),
        ("out", "Output", {"shape": [1]}),
    )
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert model.simulate(np.ones((1, 1, 1))).readouts["out"].tolist() == [[4.0]]
