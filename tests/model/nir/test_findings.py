"""`inspect_nir` says everything at once, under codes that stay."""

from pathlib import Path

import numpy as np
import pytest
from support.nir_files import PUBLIC, Edges, Nodes, chain, dense, write_raw
from support.shared import folder

from neurodeploy.errors import InputError
from neurodeploy.model.nir_file import MEANINGS, Code, Conventions, inspect_nir, read_nir


def codes(path: Path) -> list[str]:
    _, findings = inspect_nir(path, Conventions())
    return [finding.code.value for finding in findings]


def test_codes_are_stable_and_explained() -> None:
    assert set(MEANINGS) == set(Code)
    assert all(meaning.text for meaning in MEANINGS.values())
    kinds = {code.value: meaning.kind for code, meaning in MEANINGS.items()}
    assert kinds["NIR001"] == "assumption"
    assert kinds["NIR020"] == "repair"
    assert kinds["NIR050"] == "problem"
    for code, meaning in MEANINGS.items():
        low = {"assumption": 1, "repair": 20, "problem": 50}[meaning.kind]
        assert low <= int(code.value[3:]) < low + 30
        assert bool(meaning.error) == (meaning.kind == "problem")


def test_all_problems_of_a_file_are_found_at_once(tmp_path: Path) -> None:
    nodes, edges = dense(weight="none")
    nodes["max"] = ("MaxPool2d", {})
    path = write_raw(tmp_path / "m.nir", nodes, [*edges, ("lif", "ghost"), ("out", "lif")])
    model, findings = inspect_nir(path, Conventions())
    assert model is None
    assert [(f.code.value, f.kind, f.where, f.message) for f in findings] == [
        ("NIR050", "problem", "max", "node 'max' (MaxPool2d) is no node of NIR 1.0.8"),
        (
            "NIR054",
            "problem",
            "lif -> ghost",
            "the edge 'lif' -> 'ghost' names 'ghost', which is no node",
        ),
        ("NIR054", "problem", "out -> lif", "the edge 'out' -> 'lif' leaves an Output"),
        (
            "NIR053",
            "problem",
            "fc",
            "node 'fc' (Affine): weight is the text 'none', expected numbers",
        ),
    ]


def test_what_is_said_of_a_good_file_has_codes(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "m.nir", *dense())
    model, findings = inspect_nir(path, Conventions())
    assert model is not None
    assert [f.code.value for f in findings] == ["NIR007", "NIR001", "NIR002", "NIR004", "NIR005"]
    assert tuple(f.message for f in findings) == read_nir(path, Conventions())[1]


def test_values_that_no_network_has_are_a_finding(tmp_path: Path) -> None:
    nodes, edges = dense(weight=np.full((2, 3), np.nan))
    nodes["lif"][1]["tau"] = np.array([-1.0, 1.0])
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    model, findings = inspect_nir(path, Conventions())
    assert model is None
    assert [(f.code.value, f.where, f.message) for f in findings if f.kind == "problem"] == [
        ("NIR061", "fc", "projection 'fc': weight holds 6 NaN of 6 values"),
        (
            "NIR061",
            "lif",
            "population 'lif': tau_s is -1 s, a time constant must be positive",
        ),
    ]


def test_a_missing_file_is_an_error_and_no_finding(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect_nir(tmp_path / "absent.nir", Conventions())
    assert str(caught.value) == f"ND2101: {tmp_path / 'absent.nir'}: no such file"


def batched(flatten: dict[str, object]) -> tuple[Nodes, Edges]:
    conv = {"weight": np.ones((2, 1, 3, 3)), "bias": np.zeros(2), "stride": 1, "padding": 0}
    spiking = {"r": np.ones((1, 2, 2, 2)), "v_threshold": np.ones((1, 2, 2, 2))}
    nodes, edges = chain(
        ("in", "Input", {"shape": [1, 1, 4, 4]}),
        ("conv", "Conv2d", {**conv, "dilation": 1, "groups": 1}),
        ("if", "IF", {**spiking, "v_reset": np.zeros((1, 2, 2, 2))}),
        ("flat", "Flatten", flatten),
        ("fc", "Linear", {"weight": np.ones((3, 8))}),
        ("out", "Output", {"shape": [1, 3]}),
    )
    return nodes, edges


def test_a_batch_axis_is_taken_off_every_shape(tmp_path: Path) -> None:
    flatten = {"start_dim": 1, "end_dim": 3, "input_type": [0, 0, 0, 0]}
    path = write_raw(tmp_path / "m.nir", *batched(flatten))
    model, lines = read_nir(path, Conventions())
    assert model.inputs[0].shape == (1, 4, 4)
    assert [p.shape for p in model.populations] == [(2, 2, 2), (3,)]
    assert lines[0] == "the shapes count a batch axis of 1: taken off"
    assert codes(path)[0] == "NIR020"


def test_a_batch_axis_that_flatten_alone_counts_is_taken_off(tmp_path: Path) -> None:
    nodes, edges = batched({"start_dim": 1, "end_dim": -1})
    nodes["in"] = ("Input", {"shape": [1, 4, 4]})
    nodes["if"] = ("IF", {"r": np.ones((2, 2, 2)), "v_threshold": np.ones((2, 2, 2))})
    nodes["out"] = ("Output", {"shape": [3]})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    model, lines = read_nir(path, Conventions())
    assert model.inputs[0].shape == (1, 4, 4)
    assert lines[0] == "Flatten counts the batch axis: taken off"
    assert codes(path)[0] == "NIR021"


def test_shapes_that_no_axis_explains_are_a_problem(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["out"] = ("Output", {"shape": [5]})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    _, findings = inspect_nir(path, Conventions())
    assert [(f.code.value, f.message) for f in findings if f.kind == "problem"] == [
        ("NIR058", "output 'out' is declared as (5,), it gets (2,)")
    ]


def test_parameters_of_other_shapes_are_broadcast_or_refused(tmp_path: Path) -> None:
    nodes, edges = dense()
    nodes["lif"][1]["tau"] = 1e-3
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    assert codes(path)[0] == "NIR028"
    _, lines = read_nir(path, Conventions())
    assert lines[0] == "parameters of lif are broadcast to the shape of what they meet"
    nodes["lif"][1]["tau"] = np.full(3, 1e-3)
    with pytest.raises(InputError) as caught:
        read_nir(write_raw(path, nodes, edges), Conventions())
    assert caught.value.problems == (f"{path}: node 'lif': parameters of different shapes",)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_file_is_read(name: str) -> None:
    model, findings = inspect_nir(folder("models") / "nir" / f"{name}.nir", Conventions())
    assert model is not None
    repairs = [finding.code.name for finding in findings if finding.kind == "repair"]
    assert repairs == {
        "braille_noDelay_bias_zero": ["LOOP"],
        "braille_noDelay_bias_zero_subgraph": ["MENDED_NAME", "NESTED", "LOOP"],
        "braille_noDelay_noBias_subtract": ["LOOP"],
        "history/braille_flattened": ["BROADCAST", "LOOP"],
        "history/scnn_mnist_e1117a": ["BATCH_AXIS"],
        "lif_rockpool": ["OUTPUT_AXES"],
    }.get(name, [])


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("braille_noDelay_bias_zero", "braille_noDelay_bias_zero_subgraph", 60),
        ("cnn_sinabs", "history/scnn_mnist_e1117a", 5),
    ],
)
def test_repaired_files_are_the_networks_that_were_published_whole(
    one: str, other: str, steps: int
) -> None:
    read = Conventions(if_gain="unit")
    models = [read_nir(folder("models") / "nir" / f"{name}.nir", read)[0] for name in (one, other)]
    x = np.random.default_rng(1).random((2, steps, *models[0].inputs[0].shape)) < 0.3
    runs = [model.simulate(x.astype(np.float64)) for model in models]
    names = [[p.name for p in model.populations] for model in models]
    for mine, theirs in zip(*names, strict=True):
        assert runs[0].spikes[mine].tolist() == runs[1].spikes[theirs].tolist()
    assert sum(int(spikes.sum()) for spikes in runs[0].spikes.values()) > 100
