"""Joins, forks, delays and loops of operators become populations and projections."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.nir_files import Edges, Nodes, dense, write_raw

from neurodeploy.errors import InputError
from neurodeploy.model import Flatten, Linear, Model, Output, Scale
from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.terms import Readout

DT_S = 1e-4
X = np.random.default_rng(3).integers(0, 5, (2, 12, 3)).astype(np.float64)


def read(path: Path, dt_s: float = DT_S) -> tuple[Model, tuple[str, ...]]:
    return read_nir(path, Conventions(dt_s=dt_s))


def square(**more: tuple[str, dict[str, object]]) -> Nodes:
    """An input of 3, an output of 3, and linear nodes."""
    ends: Nodes = {"in": ("Input", {"shape": [3]}), "out": ("Output", {"shape": [3]})}
    return {**ends, **more}


def linear(seed: int, bias: bool = False) -> tuple[str, dict[str, object]]:
    rng = np.random.default_rng(seed)
    weight = rng.integers(-4, 5, (3, 3)) / 4
    return (
        ("Affine", {"weight": weight, "bias": rng.integers(-4, 5, 3) / 4})
        if bias
        else (
            "Linear",
            {"weight": weight},
        )
    )


def out_of(nodes: Nodes, edges: Edges, x: np.ndarray) -> np.ndarray:
    """What reaches `out` of a graph of operators and delays, edge by edge as NIR defines it."""
    values: dict[str, np.ndarray] = {"in": x}
    while "out" not in values:
        for name, (kind, fields) in nodes.items():
            before = [a for a, b in edges if b == name]
            if name in values or not all(a in values for a in before):
                continue
            total = sum(values[a] for a in before)
            values[name] = _applied(kind, fields, np.asarray(total))
    return values["out"]


def _applied(kind: str, fields: dict[str, object], x: np.ndarray) -> np.ndarray:
    match kind:
        case "Affine" | "Linear":
            return x @ np.asarray(fields["weight"]).T + np.asarray(fields.get("bias", 0.0))
        case "Scale":
            return x * np.asarray(fields["scale"])
        case "Delay":
            late = np.zeros_like(x)
            steps = np.rint(np.broadcast_to(fields["delay"], 3) / DT_S).astype(int)
            for i, n in enumerate(steps):
                late[:, n:, i] = x[:, : x.shape[1] - n, i]
            return late
        case _:
            return x


def assert_is_the_graph(tmp_path: Path, nodes: Nodes, edges: Edges) -> Model:
    model, _ = read(write_raw(tmp_path / "m.nir", nodes, edges))
    [output] = model.outputs
    found = model.simulate(X, record=[output.population]).rasters[output.population]
    np.testing.assert_array_equal(found, out_of(nodes, edges, X))
    return model


def test_an_operator_with_two_targets_is_a_population_between(tmp_path: Path) -> None:
    nodes = square(a=linear(0, True), b=linear(1), c=linear(2))
    edges = [("in", "a"), ("a", "b"), ("a", "c"), ("b", "out"), ("c", "out")]
    model = assert_is_the_graph(tmp_path, nodes, edges)
    assert [p.name for p in model.populations] == ["a", "out"]
    assert all(isinstance(p.neuron, Linear) for p in model.populations)
    assert [(p.name, p.sources, p.target) for p in model.projections] == [
        ("a", ("in",), "a"),
        ("b", ("a",), "out"),
        ("c", ("a",), "out"),
    ]


def test_operators_that_meet_before_an_operator_are_summed_in_a_population(tmp_path: Path) -> None:
    nodes = square(a=linear(0), b=linear(1, True), c=linear(2, True))
    edges = [("in", "a"), ("in", "b"), ("a", "c"), ("b", "c"), ("in", "c"), ("c", "out")]
    model = assert_is_the_graph(tmp_path, nodes, edges)
    assert [p.name for p in model.populations] == ["c.in", "out"]
    assert [(p.name, p.sources, p.target) for p in model.projections] == [
        ("a", ("in",), "c.in"),
        ("b", ("in",), "c.in"),
        ("in->c.in", ("in",), "c.in"),
        ("c", ("c.in",), "out"),
    ]


def test_random_graphs_of_operators_are_what_nir_defines(tmp_path: Path) -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        names = [f"n{k}" for k in range(rng.integers(2, 8))]
        nodes = square(**{name: _random_node(rng) for name in names})
        way = ["in", *names, "out"]
        edges = {(a, b) for i, a in enumerate(way) for b in way[i + 1 :] if rng.random() < 0.4} - {
            ("in", "out")
        }
        edges |= set(pairwise(way))
        assert_is_the_graph(tmp_path, nodes, sorted(edges))


def _random_node(rng: np.random.Generator) -> tuple[str, dict[str, object]]:
    kind = rng.integers(4)
    if kind == 0:
        return "Scale", {"scale": rng.integers(-4, 5, 3) / 4}
    if kind == 1:
        return "Delay", {"delay": rng.integers(0, 4, 3 if rng.random() < 0.5 else 1) * DT_S}
    return linear(int(rng.integers(1000)), bias=kind == 2)


def test_a_delay_is_rounded_to_steps(tmp_path: Path) -> None:
    nodes, _ = dense()
    nodes["wait"] = ("Delay", {"delay": np.full(3, np.float32(7e-4))})
    edges = [("in", "wait"), ("wait", "fc"), ("fc", "lif"), ("lif", "out")]
    model, _ = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert [(p.name, p.delay_steps) for p in model.projections] == [("fc", 7)]


def test_a_delay_of_no_whole_steps_is_refused(tmp_path: Path) -> None:
    nodes, _ = dense()
    nodes["wait"] = ("Delay", {"delay": np.full(3, 2.5e-4)})
    nodes["wait2"] = ("Delay", {"delay": -1.0})
    edges = [("in", "wait"), ("wait", "fc"), ("fc", "lif"), ("lif", "out")]
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.problems == (
        f"{path}: node 'wait2' (Delay) is reached from no Input",
        f"{path}: node 'wait2' (Delay) leads to no neuron and no Output",
        f"{path}: node 'wait2' (Delay): delay is -1.0, expected seconds",
    )
    del nodes["wait2"]
    with pytest.raises(InputError) as caught:
        read(write_raw(path, nodes, edges))
    assert caught.value.problems == (
        f"{path}: node 'wait' (Delay): 0.00025 s is 2.5 steps of 0.0001 s, not a whole number; "
        "choose another --dt",
    )


def test_delays_that_differ_between_neurons_are_a_branch_each(tmp_path: Path) -> None:
    nodes = square(a=linear(0, True), wait=("Delay", {"delay": np.array([0, 2, 2]) * DT_S}))
    edges = [("in", "a"), ("a", "wait"), ("wait", "out")]
    model = assert_is_the_graph(tmp_path, nodes, edges)
    _, lines = read(tmp_path / "m.nir")
    assert lines[0] == "node 'wait' (Delay) has 2 different delays: a branch each"
    assert sorted(p.delay_steps for p in model.projections) == [0, 0, 2]
    assert [type(p.chain[0]) for p in model.projections if p.delay_steps] == [Scale]


def test_a_loop_with_a_delay_needs_no_other(tmp_path: Path) -> None:
    nodes, _ = dense(n_in=2)
    nodes["wait"] = ("Delay", {"delay": np.full(2, 3 * DT_S)})
    edges = [("in", "fc"), ("fc", "lif"), ("lif", "wait"), ("wait", "lif"), ("lif", "out")]
    model, lines = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert [(p.name, p.delay_steps) for p in model.projections] == [("fc", 0), ("wait", 3)]
    assert not any("closes a loop" in line for line in lines)


def test_a_sum_of_which_a_part_closes_a_loop_is_split(tmp_path: Path) -> None:
    nodes, edges = dense(n_in=2)
    model, lines = read(write_raw(tmp_path / "m.nir", nodes, [*edges, ("lif", "fc")]))
    assert [(p.name, p.sources, p.delay_steps) for p in model.projections] == [
        ("in->fc.in", ("in",), 0),
        ("lif->fc.in", ("lif",), 1),
        ("fc", ("fc.in",), 0),
    ]
    assert lines[0] == "projection 'lif->fc.in' closes a loop: delayed by one step"


def test_a_read_fork_is_read_where_it_is(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["seen"] = ("Output", {"shape": [2]})
    model, lines = read(write_raw(tmp_path / "m.nir", nodes, [*edges, ("fc", "seen")]))
    assert model.outputs == (
        Output(population="lif"),
        Output(population="fc", readout=Readout.SUM),
    )
    assert "output 'seen' does not spike: its voltage is summed over the steps" in lines


def test_some_axes_are_flattened(tmp_path: Path) -> None:
    lif = {"tau": 1e-3, "r": 1.0, "v_leak": 0.0, "v_threshold": np.ones((2, 12)), "v_reset": 0.0}
    nodes: Nodes = {
        "in": ("Input", {"shape": [2, 3, 4]}),
        "flat": ("Flatten", {"start_dim": 1, "end_dim": 2, "input_type": [2, 3, 4]}),
        "lif": ("LIF", lif),
        "out": ("Output", {"shape": [2, 12]}),
    }
    model, _ = read(write_raw(tmp_path / "m.nir", nodes, list(pairwise(nodes))))
    assert model.projections[0].chain == (Flatten(start_dim=1),)
    assert model.populations[0].shape == (2, 12)
