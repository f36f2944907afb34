from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.nir_files import chain, dense, write_raw
from support.shared import folder

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    CubaLif,
    Flatten,
    If,
    Li,
    Lif,
    Linear,
    Model,
    Output,
    SumPool2d,
)
from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.terms import Readout, Reset

SAID = Conventions(dt_s=1e-3, reset=Reset.SUBTRACT, if_gain="spec", discretisation="euler")


def refusal(path: Path) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(InputError) as caught:
        read_nir(path, Conventions())
    return caught.value.code, caught.value.problems


def read(path: Path) -> Model:
    return read_nir(path, Conventions())[0]


def test_every_node_is_read_with_its_fields(tmp_path: Path) -> None:
    image, maps = [2, 8, 8], np.ones((3, 2, 3, 3))
    conv = {"weight": maps, "bias": np.arange(3.0), "stride": 2, "padding": [1, 1], "dilation": 1}
    integrate = {"r": np.full((3, 4, 4), 2.0), "v_threshold": np.full((3, 4, 4), 0.5)}
    cuba = {"tau_syn": 1e-3, "tau_mem": 2e-3, "r": 3.0, "v_leak": 0.1, "v_threshold": 1.0}
    cuba = {key: np.full((3, 2, 1), value) for key, value in cuba.items()}
    nodes, edges = chain(
        ("in", "Input", {"shape": image}),
        ("conv", "Conv2d", {**conv, "groups": 1, "input_shape": [8, 8]}),
        ("if", "IF", {**integrate, "v_reset": np.full((3, 4, 4), -0.5)}),
        ("sum", "SumPool2d", {"kernel_size": 2, "stride": [2, 1], "padding": [0, 0]}),
        ("avg", "AvgPool2d", {"kernel_size": [1, 3], "stride": [1, 1], "padding": 0}),
        ("cuba", "CubaLIF", {**cuba, "w_in": np.full((3, 2, 1), 4.0)}),
        ("flat", "Flatten", {"start_dim": 0, "end_dim": 2, "input_type": [3, 2, 1]}),
        ("fc", "Linear", {"weight": np.ones((4, 6))}),
        ("li", "LI", {"tau": np.full(4, 5e-3), "r": np.ones(4), "v_leak": np.zeros(4)}),
        ("out", "Output", {"shape": [4]}),
    )
    model, assumed = read_nir(write_raw(tmp_path / "m.nir", nodes, edges), SAID)
    assert [p.name for p in model.populations] == ["if", "cuba", "li"]
    assert [p.shape for p in model.populations] == [(3, 4, 4), (3, 2, 1), (4,)]
    assert [p.reset for p in model.populations] == [Reset.SUBTRACT, Reset.SUBTRACT, Reset.ZERO]
    first, second, third = (p.neuron for p in model.populations)
    assert isinstance(first, If)
    assert (first.r == 2).all()
    assert (model.populations[0].v_reset == -0.5).all()
    assert isinstance(second, CubaLif)
    assert (second.tau_syn_s == 1e-3).all()
    assert (second.tau_mem_s == 2e-3).all()
    assert (second.w_in == 4).all()
    assert isinstance(third, Li)
    assert [p.name for p in model.projections] == ["conv", "avg", "fc"]
    assert [[type(op) for op in p.chain] for p in model.projections] == [
        [Conv2d],
        [SumPool2d, AvgPool2d],
        [Flatten, Affine],
    ]
    operator = model.projections[0].chain[0]
    assert isinstance(operator, Conv2d)
    assert (operator.stride, operator.padding, operator.dilation) == ((2, 2), (1, 1), (1, 1))
    assert model.projections[1].chain[0] == SumPool2d(kernel=(2, 2), stride=(2, 1))
    assert model.outputs == (Output(population="li", readout=Readout.SUM),)
    assert assumed == (
        "v_reset of cuba is 0: the file does not say",
        "output 'out' does not spike: its voltage is summed over the steps",
        "input 'in' has values in 0..1: the file does not say",
    )
    assert model.history == (
        *assumed,
        "dt is 0.001 s (--dt)",
        "reset is subtract (--reset)",
        "IF integrates v += dt r x (--if-gain spec)",
        "a leak is dt / tau (--discretisation euler)",
    )


def test_each_default_is_named(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["lif"] = ("IF", {"r": np.ones(2), "v_threshold": np.ones(2)})
    nodes["li"] = ("LI", {"tau": np.ones(2), "r": np.ones(2), "v_leak": np.zeros(2)})
    edges = [*edges[:2], ("lif", "li"), ("li", "out")]
    model, assumed = read_nir(write_raw(tmp_path / "m.nir", nodes, edges), Conventions())
    assert assumed == (
        "v_reset of lif is 0: the file does not say",
        "output 'out' does not spike: its voltage is summed over the steps",
        "dt is 0.0001 s: the file does not say (--dt)",
        "reset is to v_reset (zero): the file does not say (--reset)",
        "IF integrates v += dt r x (spec): the file does not say (--if-gain)",
        "a leak is dt / tau (euler): the file does not say (--discretisation)",
        "input 'in' has values in 0..1: the file does not say",
    )
    assert model.history == assumed
    assert (model.dt_s, model.populations[0].reset) == (1e-4, Reset.ZERO)


@pytest.mark.parametrize("dt_s", [1e-4, 1e-3, 3e-4, 0.7e-3, 1.0])
def test_unit_gain_divides_r_by_dt(tmp_path: Path, dt_s: float) -> None:
    nodes, edges = dense()
    nodes["lif"] = ("IF", {"r": np.array([1.0, 0.25]), "v_threshold": np.ones(2)})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    model, _ = read_nir(path, Conventions(dt_s=dt_s, if_gain="unit"))
    neuron = model.populations[0].neuron
    assert isinstance(neuron, If)
    assert (dt_s * neuron.r).tolist() == [1.0, 0.25]


def test_a_plain_affine_output_is_a_terminal_population(tmp_path: Path) -> None:
    nodes, _ = dense()
    edges = [("in", "fc"), ("fc", "out")]
    del nodes["lif"]
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert model.populations[0].name == "out"
    assert isinstance(model.populations[0].neuron, Linear)
    assert model.outputs == (Output(population="out", readout=Readout.SUM),)
    x = np.array([[[1.0, 2.0, 3.0]] * 2])
    assert model.simulate(x).readouts["out"].tolist() == [[14.0, 14.0]]


def test_edges_into_a_neuron_are_added(tmp_path: Path) -> None:
    nodes, edges = dense(n_in=2)
    nodes["skip"] = ("Linear", {"weight": np.eye(2)})
    edges += [("in", "skip"), ("skip", "lif"), ("in", "lif")]
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert [(p.name, p.sources) for p in model.projections] == [
        ("fc", ("in",)),
        ("in->lif", ("in",)),
        ("skip", ("in",)),
    ]


def test_populations_before_one_operator_are_its_summed_sources(tmp_path: Path) -> None:
    nodes, edges = dense(n_in=3, n_out=3)
    nodes["last"] = ("Linear", {"weight": np.ones((3, 3))})
    nodes["end"] = nodes["lif"]
    edges = [("in", "fc"), ("fc", "lif"), ("in", "last"), ("lif", "last"), ("last", "end")]
    edges.append(("end", "out"))
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert [(p.name, p.sources) for p in model.projections] == [
        ("fc", ("in",)),
        ("last", ("in", "lif")),
    ]


def test_the_edge_that_closes_a_loop_is_delayed(tmp_path: Path) -> None:
    nodes, edges = dense(n_in=2)
    nodes["second"] = nodes["lif"]
    nodes |= {n: ("Linear", {"weight": np.eye(2)}) for n in ("forth", "back", "self")}
    edges = [("in", "fc"), ("fc", "lif"), ("lif", "forth"), ("forth", "second")]
    edges += [("second", "back"), ("back", "lif"), ("second", "self"), ("self", "second")]
    model, assumed = read_nir(
        write_raw(tmp_path / "m.nir", nodes, [*edges, ("second", "out")]), Conventions()
    )
    delays = {p.name: p.delay_steps for p in model.projections}
    assert delays == {"fc": 0, "forth": 0, "back": 1, "self": 1}
    assert assumed[:2] == (
        "projection 'back' closes a loop: delayed by one step",
        "projection 'self' closes a loop: delayed by one step",
    )


def test_scalar_parameters_take_the_shape_of_what_arrives(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["lif"] = ("LIF", {"tau": 1e-3, "r": 1.0, "v_leak": 0.0, "v_threshold": 1.0})
    assert read(write_raw(tmp_path / "m.nir", nodes, edges)).populations[0].shape == (2,)


def test_missing_terminals_are_added_and_named(tmp_path: Path) -> None:
    nodes, _ = dense()
    del nodes["in"], nodes["out"]
    model, assumed = read_nir(write_raw(tmp_path / "m.nir", nodes, [("fc", "lif")]), Conventions())
    assert assumed[:2] == (
        "input 'input_fc' added before 'fc': the file has no Input",
        "output 'output_lif' added after 'lif': the file has no Output",
    )
    assert model.inputs[0].shape == (3,)
    assert model.outputs == (Output(population="lif"),)


@pytest.mark.parametrize(("padding", "resolved"), [("same", (2, 1)), ("valid", (0, 0))])
def test_padding_in_words_is_resolved(
    tmp_path: Path, padding: str, resolved: tuple[int, int]
) -> None:
    conv = {"weight": np.ones((1, 1, 3, 3)), "bias": np.zeros(1), "padding": padding}
    nodes, edges = chain(
        ("in", "Input", {"shape": [1, 6, 6]}),
        ("c", "Conv2d", {**conv, "stride": 1, "dilation": [2, 1], "groups": 1}),
        ("out", "Output", {"shape": [1, *([6, 6] if padding == "same" else [2, 4])]}),
    )
    operator = read(write_raw(tmp_path / "m.nir", nodes, edges)).projections[0].chain[0]
    assert isinstance(operator, Conv2d)
    assert operator.padding == resolved
    assert operator.bias is None


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "absent.nir"
    assert refusal(path) == ("ND2101", (f"{path}: no such file",))


def test_a_text_named_nir_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.nir"
    path.write_text("a network")
    assert refusal(path) == ("ND2102", (f"{path}: not an HDF5 file, which every .nir is",))


@pytest.mark.parametrize("part", [0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, part: float) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    damaged = f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
    assert refusal(path) == ("ND2102", (damaged,))


def test_an_hdf5_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.nir"
    with h5py.File(path, "w") as file:
        file["data"] = 1
    message = f"{path}: an HDF5 file without a NIR graph (node/nodes and node/edges)"
    assert refusal(path) == ("ND2102", (message,))


def test_a_huge_declared_array_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    with h5py.File(path, "a") as file:
        file["node/nodes/fc"].create_dataset(
            "more", shape=(1 << 20, 1 << 14), dtype="f4", chunks=True
        )
    message = f"{path}: declares 128.0 GiB of numbers, at most 2 GiB are read"
    assert refusal(path) == ("ND2102", (message,))


def test_a_link_to_another_file_is_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    with h5py.File(path, "a") as file:
        file["node/nodes/fc/other"] = h5py.ExternalLink("/etc/passwd", "/")
    message = f"{path}: node/nodes/fc is damaged, or links to another file"
    assert refusal(path) == ("ND2102", (message,))


@pytest.mark.parametrize("name", ["node/nodes/fc/other", "node"])
def test_a_link_to_another_place_is_refused(tmp_path: Path, name: str) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    with h5py.File(path, "a") as file:
        if name == "node":
            file.move("node", "elsewhere")
        file[name] = h5py.SoftLink("/elsewhere")
    message = f"{path}: {name} is a link to another place"
    assert refusal(path) == ("ND2102", (message,))


def test_nan_weights_are_refused_by_layer(tmp_path: Path) -> None:
    weight = np.ones((2, 3))
    weight[0, 1] = np.nan
    path = write_raw(tmp_path / "m.nir", *dense(weight=weight))
    message = f"{path}: projection 'fc': weight holds 1 NaN of 6 values"
    assert refusal(path) == ("ND2110", (message,))


def test_nodes_that_nir_lacks_are_refused_by_name(tmp_path: Path) -> None:
    nodes, edges = dense(bias="none")
    nodes["max"] = ("MaxPool2d", {"kernel_size": 2})
    nodes["norm"] = ("BatchNorm", {"eps": 1e-5})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    assert refusal(path) == (
        "ND2103",
        (
            f"{path}: node 'max' (MaxPool2d) is no node of NIR 1.0.8",
            f"{path}: node 'norm' (BatchNorm) is no node of NIR 1.0.8",
            f"{path}: node 'fc' (Affine): bias is the text 'none', expected numbers",
        ),
    )


def test_a_graph_node_without_a_graph_is_refused(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["sub"] = ("NIRGraph", {"edges": np.array([("a", "b")], dtype="S1")})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    message = f"{path}: node 'sub' is a graph without nodes or edges"
    assert refusal(path) == ("ND2102", (message,))


def test_forms_of_nodes_that_are_not_read_are_refused_together(tmp_path: Path) -> None:
    same = {"weight": np.ones((1, 1, 2, 2)), "padding": "same"}
    nodes, edges = chain(
        ("in", "Input", {"shape": [1, 4, 4]}),
        ("conv", "Conv2d", {**same, "stride": 1, "dilation": 3, "groups": 1}),
        ("lif", "LIF", {"tau": 1.0, "r": 1.0, "v_threshold": 1.0, "refractory": 2.0}),
        ("out", "Output", {"shape": [2]}),
    )
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    assert refusal(path) == (
        "ND2103",
        (
            f"{path}: node 'conv' (Conv2d): padding 'same' with kernel (2, 2), stride (1, 1), "
            "dilation (3, 3) has no numbers; give the padding in numbers",
            f"{path}: node 'lif' (LIF): the field refractory is not read yet",
        ),
    )


def test_bad_edges_are_refused_together(tmp_path: Path) -> None:
    nodes, edges = dense()
    bad = [("fc", "ghost"), ("lif", "in"), ("out", "lif")]
    path = write_raw(tmp_path / "m.nir", nodes, [*edges, *bad])
    assert refusal(path) == (
        "ND2104",
        (
            f"{path}: the edge 'fc' -> 'ghost' names 'ghost', which is no node",
            f"{path}: the edge 'lif' -> 'in' enters an Input",
            f"{path}: the edge 'out' -> 'lif' leaves an Output",
        ),
    )


def test_nodes_that_nothing_reaches_or_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["island"] = nodes["lif"]
    nodes["end"] = ("Linear", {"weight": np.eye(2)})
    path = write_raw(tmp_path / "m.nir", nodes, [*edges, ("lif", "end")])
    assert refusal(path) == (
        "ND2104",
        (
            f"{path}: node 'island' (LIF) is reached from no Input",
            f"{path}: node 'end' (Linear) leads to no neuron and no Output",
        ),
    )


def test_bad_fields_are_refused_together(tmp_path: Path) -> None:
    nodes, edges = dense(bias=["a", "b"])
    del nodes["lif"][1]["tau"]
    nodes["out"] = ("Output", {"shape": [2.5]})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    assert refusal(path) == (
        "ND2104",
        (
            f"{path}: node 'fc' (Affine): bias holds neither numbers nor a text",
            f"{path}: node 'lif' (LIF): tau is missing",
            f"{path}: node 'out' (Output): shape is [2.5], expected positive integers and at most "
            "268435456 in all",
        ),
    )


def test_shapes_that_do_not_meet_are_refused(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["in"] = ("Input", {"shape": [5]})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    message = f"{path}: node 'fc': weights (2, 3) do not take an input of shape (5,)"
    assert refusal(path) == ("ND2104", (message,))


def test_a_loop_without_an_input_is_refused(tmp_path: Path) -> None:
    nodes, _ = dense(n_in=2)
    del nodes["in"]
    path = write_raw(tmp_path / "m.nir", nodes, [("fc", "lif"), ("lif", "fc"), ("lif", "out")])
    message = f"{path}: no Input, and every node has another before it; add an Input node"
    assert refusal(path) == ("ND2104", (message,))


def test_foreign_metadata_of_another_version_is_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    with h5py.File(path, "a") as file:
        file["node/metadata/neurodeploy"] = '{"version": 99}'
    message = (
        f"{path}: the metadata 'neurodeploy' has version 99, this neurodeploy reads 1; upgrade it"
    )
    assert refusal(path) == ("ND2102", (message,))


def test_a_deep_chain_needs_no_recursion(tmp_path: Path) -> None:
    names = [f"n{k}" for k in range(1500)]
    lif = {"tau": [1e-3], "r": [1.0], "v_leak": [0.0], "v_threshold": [1.0]}
    nodes = {"in": ("Input", {"shape": [1]}), **dict.fromkeys(names, ("LIF", lif))}
    nodes["out"] = ("Output", {"shape": [1]})
    path = ["in", *names, "out"]
    edges = list(pairwise(path))
    model = read(write_raw(tmp_path / "m.nir", nodes, edges))
    assert [p.name for p in model.populations] == names


@pytest.mark.parametrize("name", ["cnn_sinabs", "lif_norse", "two_lif_neurons", "lif_rockpool"])
def test_real_files_load_and_run(name: str) -> None:
    model = read(folder("models") / "nir" / f"{name}.nir")
    rng = np.random.default_rng(0)
    x = (rng.random((2, 5, *model.inputs[0].shape)) < 0.3).astype(np.float32)
    assert set(model.simulate(x).readouts) == {model.outputs[0].population}


def test_real_recurrent_files_get_their_delay() -> None:
    for path in sorted((folder("models") / "nir").glob("braille_noDelay_*[oc][!h].nir")):
        model = read(path)
        assert [(p.name, p.delay_steps) for p in model.projections] == [
            ("fc1", 0),
            ("lif1.w_rec", 1),
            ("fc2", 0),
        ]


def test_a_file_with_v_leak_keeps_it() -> None:
    model = read(folder("models") / "nir" / "two_lif_neurons.nir")
    neuron = model.populations[0].neuron
    assert isinstance(neuron, Lif)
    assert neuron.v_leak == 1.2
