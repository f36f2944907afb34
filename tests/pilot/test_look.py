"""What a pilot refuses before its first stage."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.piloted import FILES, OPTIONS, write_files

from neurodeploy.errors import InputError
from neurodeploy.pilot.given import Introduction
from neurodeploy.pilot.look import look_at

pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files()


def test_an_artificial_network_and_the_range_of_its_data_are_told() -> None:
    found = look_at(FILES, OPTIONS)
    assert found.artificial
    assert found.input_range == "0.0:1.0"


def test_weights_in_other_files_are_refused_for_they_would_not_be_followed() -> None:
    onnx = pytest.importorskip("onnx", reason="pip install 'neurodeploy[onnx]'")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    weight = helper.make_tensor("w", kind, [6, 4], bytes(96), raw=True)
    shapes = (("x", [1, 6]), ("h", [1, 4]))
    x, h = (helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Relu", ["m"], ["h"])]
    graph = helper.make_graph(nodes, "g", [x], [h], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    onnx.save(model, "a.onnx", save_as_external_data=True, size_threshold=0, location="w.bin")
    with pytest.raises(InputError) as refused:
        look_at(replace(FILES, network=Path("a.onnx")), OPTIONS)
    assert "a.onnx: its weights lie in other files; put them into it:" in str(refused.value)
    onnx.save(onnx.load("a.onnx"), "one.onnx")
    with pytest.raises(InputError) as other:
        look_at(replace(FILES, network=Path("one.onnx")), replace(OPTIONS, chip="loihi1"))
    assert "other files" not in str(other.value)


def test_training_needs_data_of_its_own_and_says_so() -> None:
    with pytest.raises(InputError) as refused:
        look_at(replace(FILES, train=None), OPTIONS)
    assert str(refused.value) == (
        "ND2920: --stage trained: give --train FILE, labelled samples to train on"
    )
    converted = replace(OPTIONS, introduction=Introduction.CONVERTED)
    with pytest.raises(InputError) as unused:
        look_at(FILES, converted)
    assert str(unused.value) == (
        "ND2920: --train: only --stage trained trains; give that too, or leave --train out"
    )
