"""Graphs in graphs, mended names and edges that are there several times."""

from pathlib import Path

import numpy as np
import pytest
from support.nir_files import Edges, Nodes, chain, dense, graph, write_raw

from neurodeploy.errors import InputError
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions, read_nir

LIF = {
    "tau": np.full(2, 1e-3),
    "r": np.full(2, 4.0),
    "v_leak": np.zeros(2),
    "v_threshold": np.full(2, 0.25),
    "v_reset": np.zeros(2),
}
RECURRENT: Nodes = {
    "input": ("Input", {"shape": [2]}),
    "lif": ("LIF", LIF),
    "w_rec": ("Linear", {"weight": np.array([[0.25, -1.0], [0.5, 0.25]])}),
    "output": ("Output", {"shape": [2]}),
}
LOOP: Edges = [("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")]


def read(path: Path) -> tuple[Model, tuple[str, ...]]:
    return read_nir(path, Conventions(dt_s=1e-4))


def refusal(path: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read_nir(path, Conventions())
    return caught.value.problems


def around(inner: tuple[str, dict[str, object]]) -> tuple[Nodes, Edges]:
    nodes, edges = dense()
    nodes["fc"][1]["bias"] = np.array([0.5, 0.25])
    nodes["lif"] = inner
    return nodes, edges


def spikes(model: Model, name: str) -> np.ndarray:
    x = (np.random.default_rng(0).random((2, 40, 3)) < 0.3).astype(np.float64)
    return model.simulate(x, record=[name]).rasters[name]


def test_a_graph_in_a_graph_is_the_same_graph_written_out(tmp_path: Path) -> None:
    nested, lines = read(write_raw(tmp_path / "n.nir", *around(graph(RECURRENT, LOOP))))
    nodes, _ = dense()
    nodes["fc"][1]["bias"] = np.array([0.5, 0.25])
    flat = {**nodes, "lif": RECURRENT["lif"], "w_rec": RECURRENT["w_rec"]}
    edges = [("in", "fc"), ("fc", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "out")]
    plain, _ = read(write_raw(tmp_path / "f.nir", flat, edges))
    assert [p.name for p in nested.populations] == ["lif.lif"]
    assert [(p.name, p.delay_steps) for p in nested.projections] == [("fc", 0), ("lif.w_rec", 1)]
    assert lines[0] == "the graph 'lif' is written out: its nodes are called lif.*"
    raster = spikes(nested, "lif.lif")
    np.testing.assert_array_equal(raster, spikes(plain, "lif"))
    assert 0 < raster.sum() < raster.size


def test_graphs_lie_in_graphs_in_graphs(tmp_path: Path) -> None:
    inner = graph({"l": ("LIF", LIF)}, [])
    middle = graph({"i": ("Input", {"shape": [2]}), "deep": inner}, [("i", "deep")])
    model, lines = read(write_raw(tmp_path / "m.nir", *around(middle)))
    assert [p.name for p in model.populations] == ["lif.deep.l"]
    assert lines[:2] == (
        "the graph 'lif.deep' is written out: its nodes are called lif.deep.*",
        "the graph 'lif' is written out: its nodes are called lif.*",
    )


def test_a_graph_may_begin_and_end_with_operators(tmp_path: Path) -> None:
    pair, edges = chain(
        ("a", "Linear", {"weight": np.eye(2)}), ("b", "Scale", {"scale": np.full(2, 2.0)})
    )
    nodes, _ = dense()
    nodes["sub"] = graph(pair, edges)
    path = write_raw(
        tmp_path / "m.nir",
        nodes,
        [("in", "fc"), ("fc", "sub"), ("sub", "lif"), ("fc", "lif"), ("lif", "out")],
    )
    model, _ = read(path)
    assert [(p.sources, p.target, len(p.chain)) for p in model.projections] == [
        (("in",), "fc", 1),
        (("fc",), "lif", 0),
        (("fc",), "lif", 2),
    ]


def test_an_edge_to_a_graph_with_two_inputs_is_refused(tmp_path: Path) -> None:
    many = {**RECURRENT, "input2": ("Input", {"shape": [2]})}
    path = write_raw(tmp_path / "m.nir", *around(graph(many, [*LOOP, ("input2", "lif")])))
    assert refusal(path) == (
        f"{path}: the edge 'fc' -> 'lif' does not say which of the 2 Inputs of the graph 'lif' "
        "it means",
    )


def test_a_name_that_only_the_edges_know_is_the_only_node_they_do_not(tmp_path: Path) -> None:
    renamed = {**RECURRENT, "neuron": RECURRENT["lif"]}
    del renamed["lif"]
    path = write_raw(tmp_path / "m.nir", *around(graph(renamed, LOOP)))
    model, lines = read(path)
    assert [p.name for p in model.populations] == ["lif.neuron"]
    assert lines[0] == (
        "edges of the graph 'lif' name 'lif', which is no node; only 'neuron' has no edge: taken "
        "to be it"
    )


def test_two_unknown_names_are_refused(tmp_path: Path) -> None:
    renamed = {**RECURRENT, "neuron": RECURRENT["lif"]}
    del renamed["lif"], renamed["w_rec"]
    path = write_raw(tmp_path / "m.nir", *around(graph(renamed, LOOP)))
    assert refusal(path) == (
        f"{path}: the edge 'lif.input' -> 'lif.lif' names 'lif', which is no node",
        f"{path}: the edge 'lif.lif' -> 'lif.w_rec' names 'lif', 'w_rec', which is no node",
        f"{path}: the edge 'lif.w_rec' -> 'lif.lif' names 'w_rec', 'lif', which is no node",
        f"{path}: the edge 'lif.lif' -> 'lif.output' names 'lif', which is no node",
    )


def test_an_edge_that_is_there_twice_counts_twice(tmp_path: Path) -> None:
    nodes, edges = dense()
    once, _ = read(write_raw(tmp_path / "a.nir", nodes, edges))
    twice, lines = read(write_raw(tmp_path / "b.nir", nodes, [*edges, ("in", "fc")]))
    assert lines[0] == "the edge 'in' -> 'fc' is there 2 times: its value counts as often"
    x = np.array([[[0.5, 0.25, 0.0]]])
    single, double = (m.simulate(x, record=["lif"]).voltages["lif"] for m in (once, twice))
    bias = 0.1
    np.testing.assert_allclose(double - bias, 2 * (single - bias), rtol=1e-12)


def test_a_graph_that_leads_through_two_ways_counts_both(tmp_path: Path) -> None:
    through, edges = chain(("i", "Input", {"shape": [2]}), ("o", "Output", {"shape": [2]}))
    nodes, _ = dense()
    nodes["sub"] = graph(through, edges)
    path = write_raw(
        tmp_path / "m.nir",
        nodes,
        [("in", "fc"), ("fc", "sub"), ("sub", "lif"), ("fc", "lif"), ("lif", "out")],
    )
    model, _ = read(path)
    [projection] = model.projections
    value = np.ones((1, 3))
    for operator in projection.chain:
        value = operator.apply(value)
    assert value.tolist() == [[8.0, 8.0]]


def test_a_loop_of_groups_is_refused(tmp_path: Path) -> None:
    import h5py

    path = write_raw(tmp_path / "m.nir", *dense())
    with h5py.File(path, "a") as file:
        file["node/nodes/fc/more"] = file["node"]
    assert refusal(path) == (f"{path}: node/nodes/fc/more is a second name of something else",)
