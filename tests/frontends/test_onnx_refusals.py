"""What an ONNX file holds that is not read is said by name, all at once."""

import builtins
import os
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.errors import InputError, TargetUnavailable
from neurodeploy.frontends.onnx import from_onnx

pytest.importorskip("onnx", reason="onnx is absent; pip install 'neurodeploy[onnx]'")
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from support.onnx_files import node, write_onnx

IMAGE = ("N", 2, 6, 6)
W = {"w": np.ones((4, 3), np.float32)}


def refusal(path: Path, shape: tuple[int, ...] | None = None) -> list[str]:
    """The lines of the refusal, without code and path."""
    with pytest.raises(InputError) as caught:
        from_onnx(path, shape)
    lines = str(caught.value).splitlines()
    before = f"{caught.value.code}: {path}: "
    assert caught.value.code in ("ND2210", "ND2211")
    assert all(line.startswith(before) for line in lines)
    return [f"{caught.value.code} {line.removeprefix(before)}" for line in lines]


def test_everything_that_is_not_read_is_listed_at_once(tmp_path: Path) -> None:
    nodes = [
        node("Sigmoid", "x", "a"),
        node("Relu", "a", "b"),
        node("Gemm", "x w", "c"),
        node("Softmax", "c", "d"),
        node("Floor", "c", "e"),
        helper.make_node("Fancy", ["d", "e"], ["f"], domain="com.example"),
        node("LSTM", "f w w", "g"),
        node("Sum", "b g c"),
    ]
    assert refusal(write_onnx(tmp_path / "a.onnx", nodes, W)) == [
        "ND2211 node 'a.Sigmoid' (Sigmoid) is an operator that is not read; put a Relu in its "
        "place and finetune",
        "ND2211 node 'd.Softmax' (Softmax) is read at the very end only, over the classes "
        "(batch, classes); inside, mix with Conv or Gemm and Relu in its place, and train anew",
        "ND2211 node 'e.Floor' (Floor) is read only where its inputs are constant",
        "ND2211 node 'f' (com.example.Fancy) is an operator that is not read",
        "ND2211 node 'g.LSTM' (LSTM) is an operator that is not read; train it as a recurrent "
        "spiking network (neurodeploy train)",
    ]


def test_what_cannot_be_converted_is_refused_with_the_nearest_thing_that_can(
    tmp_path: Path,
) -> None:
    nodes = [
        node("ConvTranspose", "x w", "a"),
        node("Erf", "a", "b"),
        node("Gelu", "b", "c"),
        node("Softmax", "x", "d", axis=-1),
        node("Mul", "c d"),
    ]
    path = write_onnx(tmp_path / "a.onnx", nodes, W, shape=("N", 4), opset=20)
    assert refusal(path) == [
        "ND2211 node 'a.ConvTranspose' (ConvTranspose) is an operator that is not read; keep the "
        "small image and end in Conv or Gemm, which are read",
        "ND2211 node 'b.Erf' (Erf) is an operator that is not read; put a Relu in its place and "
        "finetune",
        "ND2211 node 'c.Gelu' (Gelu) is an operator that is not read; put a Relu in its place and "
        "finetune",
        "ND2211 node 'd.Softmax' (Softmax) is read at the very end only, over the classes (batch, "
        "classes); inside, mix with Conv or Gemm and Relu in its place, and train anew",
    ]


CASES: list[tuple[NodeProto, dict[str, np.ndarray], str]] = [
    (
        node("Clip", "x l h"),
        {"l": -1.0, "h": 1.0},
        "clips to -1..1; only from 0, as a ReLU with a ceiling",
    ),
    (
        node("Mul", "x x"),
        {},
        "multiplies two values of the network; only a constant factor is read",
    ),
    (node("Div", "x z"), {"z": np.zeros(6)}, "divides by zero"),
    (node("Div", "z x"), {"z": 1.0}, "has a constant as input 0, expected values of the network"),
    (
        node("Add", "x z"),
        {"z": np.ones((3, 2, 6, 6))},
        "has a constant (3, 2, 6, 6) that differs between samples",
    ),
    (
        node("Add", "x z"),
        {"z": np.ones(5)},
        "has a constant (5,), which does not fit samples (2, 6, 6)",
    ),
    (
        node("MatMul", "x z"),
        {"z": np.ones((6, 3))},
        "multiplies samples of shape (2, 6, 6); flatten them before",
    ),
    (node("Conv", "x x"), {}, "has an input 1 that is not constant"),
    (
        node("Conv", "x z"),
        {"z": np.ones((3, 2, 3))},
        "has weights (3, 2, 3) and kernel (3,); only (out, in, height, width) is read",
    ),
    (
        node("Conv", "x z"),
        {"z": np.ones((3, 1, 3, 3))},
        "has weights (3, 1, 3, 3), which do not take samples (2, 6, 6)",
    ),
    (
        node("Conv", "x z", strides=[0, 1]),
        {"z": np.ones((3, 2, 3, 3))},
        "has kernel (3, 3), strides (0, 1), dilations (1, 1), pads (0, 0, 0, 0); they must be "
        "positive, pads at least 0",
    ),
    (node("Conv", "x z"), {"z": np.ones((3, 2, 7, 3))}, "has windows of 7, the padded input has 6"),
    (
        node("Conv", "x z", auto_pad="WIDE"),
        {"z": np.ones((3, 2, 3, 3))},
        "has auto_pad 'WIDE', which is no mode of ONNX",
    ),
    (
        node("BatchNormalization", "x z z z v"),
        {"z": np.ones(2), "v": -np.ones(2)},
        "has a variance of -1, which is not positive with 1e-05",
    ),
    (
        node("BatchNormalization", "x z z z z", training_mode=1),
        {"z": np.ones(2)},
        "uses statistics of the batch or of each pixel; export it for inference",
    ),
    (
        node("MaxPool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        {},
        "pads values that may be negative; only zeros are padded: pool after the ReLU",
    ),
    (
        node("MaxPool", "x", kernel_shape=[3, 3], dilations=[2, 2]),
        {},
        "has dilations (2, 2); only pools without are read",
    ),
    (
        node("ReduceMean", "x z"),
        {"z": np.array([1])},
        "averages over the axes (1,); only height and width (2, 3) are read",
    ),
    (node("Flatten", "x", axis=2), {}, "flattens from axis 2; only from axis 1, after the batch's"),
    (
        node("Reshape", "x z"),
        {"z": np.array([-1, 2])},
        "makes (468, 2) of (13, 2, 6, 6); only flattening after the batch axis is read",
    ),
    (
        node("Transpose", "x", perm=[0, 2, 3, 1]),
        {},
        "orders the axes (0, 2, 3, 1); only (batch, channels, height, width) is read: export it in "
        "that order",
    ),
    (
        node("Cast", "x", to=TensorProto.INT8),
        {},
        "casts to INT8, which rounds; only FLOAT and DOUBLE are read",
    ),
    (
        node("Pad", "x z", mode="reflect"),
        {"z": np.zeros(8, np.int64)},
        "pads with 'reflect'; only zeros are read",
    ),
    (
        node("Pad", "x z v"),
        {"z": np.zeros(8, np.int64), "v": 2.0},
        "pads with 2.0; only zeros are read",
    ),
    (node("Pad", "x z"), {"z": np.full(8, 2**40)}, "pads the batch axis"),
    (
        node("Pad", "x z"),
        {"z": np.full(8, np.inf)},
        "has axes, sizes or pads of type float32, integers are needed",
    ),
    (node("Pad", "x z a"), {"z": np.full(6, 2**40), "a": 0.0}, "has 6 pads for 4 axes"),
    (
        node("Pad", "x z - a"),
        {"z": np.full(6, 2**40), "a": np.array([1, 2, 3])},
        "gives values of shape (2199023255554, 2199023255558, 2199023255558); a layer holds 1 to "
        "67,108,864 values",
    ),
    (node("Slice", "x z z"), {"z": np.array([1])}, "cuts the batch axis"),
    (node("Slice", "x z z z"), {"z": np.array([1])}, "takes nothing"),
    (
        node("Slice", "x e z a s"),
        {"e": np.array([-1]), "z": np.array([-9]), "a": np.array([2]), "s": np.array([-1])},
        "takes steps of -1; only positive steps are read",
    ),
    (
        node("Concat", "x z", axis=1),
        {"z": np.ones((1, 1, 6, 5))},
        "joins samples of shapes (2, 6, 6) and (1, 6, 5)",
    ),
    (node("Concat", "x x", axis=0), {}, "concatenates along the batch axis"),
    (
        node("Dropout", "x z t"),
        {"z": 0.5, "t": np.array(True)},
        "is in training mode; export it for inference",
    ),
    (
        node("Gemm", "x z", transA=1),
        {"z": np.ones((2, 2))},
        "multiplies samples of shape (2, 6, 6); flatten them before",
    ),
]


@pytest.mark.parametrize(("made", "constants", "message"), CASES)
def test_a_form_that_is_not_read_is_refused(
    tmp_path: Path, made: NodeProto, constants: dict[str, np.ndarray], message: str
) -> None:
    values = {name: np.asarray(value) for name, value in constants.items()}
    floats = {k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in values.items()}
    path = write_onnx(tmp_path / "a.onnx", [made], floats, shape=IMAGE)
    assert refusal(path) == [f"ND2211 node {made.name!r} ({made.op_type}) {message}"]


def test_a_second_output_that_is_used_is_refused(tmp_path: Path) -> None:
    pool = helper.make_node("MaxPool", ["x"], ["m", "i"], name="pool", kernel_shape=[2, 2])
    nodes = [pool, node("Cast", "i", "c", to=TensorProto.FLOAT), node("Add", "m c")]
    assert refusal(write_onnx(tmp_path / "a.onnx", nodes, shape=IMAGE)) == [
        "ND2211 node 'pool' (MaxPool) has a second output 'i' that is used; only the first is read"
    ]


def test_a_constant_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    nodes = [node("ConstantOfShape", "s", "c"), node("Add", "x c")]
    path = write_onnx(tmp_path / "a.onnx", nodes, {"s": np.array([2**40, 2**40])})
    assert refusal(path) == [
        "ND2211 node 'c.ConstantOfShape' (ConstantOfShape) is a constant that cannot be computed: "
        "would have more than 67,108,864 values"
    ]


def test_an_output_without_the_input_is_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Neg", "w")], W)
    assert refusal(path) == ["ND2211 output 'y' does not depend on the input"]


def test_several_inputs_are_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Add", "x z")], inputs=["x", "z"])
    assert refusal(path) == ["ND2211 has 2 inputs ('x', 'z'), one is read"]


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        (
            ("N", 2, "h", "w"),
            None,
            "has shape (?, 2, ?, ?); give the shape of one sample, e.g. --input-shape 1,28,28",
        ),
        (
            None,
            None,
            "has shape undeclared; give the shape of one sample, e.g. --input-shape 1,28,28",
        ),
        (
            ("N", 2, "h", "w"),
            (3, 6, 6),
            "has shape (?, 2, ?, ?), which takes no samples of shape (3, 6, 6)",
        ),
        (("N", 2, 6, 6), (2, 6), "has shape (?, 2, 6, 6), which takes no samples of shape (2, 6)"),
        (None, (2, 0), "has shape undeclared, which takes no samples of shape (2, 0)"),
        ((7,), None, "has shape (7), expected the batch and then the axes of a sample"),
    ],
)
def test_an_open_shape_is_asked_for(
    tmp_path: Path,
    declared: tuple[int | str, ...] | None,
    given: tuple[int, ...] | None,
    message: str,
) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Relu", "x")], shape=declared)
    assert refusal(path, given) == [f"ND2211 input 'x' {message}"]


def test_an_open_shape_is_taken_from_the_user(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Relu", "x")], shape=("N", 2, "h", "w"))
    assert from_onnx(path, (2, 6, 5)).populations[0].shape == (2, 6, 5)


def test_an_old_opset_is_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Relu", "x")], opset=6)
    assert refusal(path) == [
        "ND2211 uses opset 6, 7 and later are read; convert it with onnx.version_converter"
    ]


def test_nan_weights_are_refused_by_layer(tmp_path: Path) -> None:
    weights = {"w": np.full((4, 3), np.nan, np.float32)}
    path = write_onnx(tmp_path / "a.onnx", [node("MatMul", "x w")], weights)
    with pytest.raises(InputError) as caught:
        from_onnx(path)
    assert str(caught.value) == (
        f"ND2110: {path}: projection 'y.MatMul': weight holds 12 NaN of 12 values"
    )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.onnx") == ["ND2210 no such file"]


def test_what_is_no_onnx_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"<html>not found</html>")
    assert refusal(path) == [
        "ND2210 not an ONNX file (Error parsing message with type 'onnx.ModelProto': Wire format "
        "was corrupt)"
    ]
    path.write_bytes(b"")
    assert refusal(path) == ["ND2210 not an ONNX file, or one without layers"]


def test_an_invalid_graph_is_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Relu", "z"), node("Relu", "x", "z")])
    assert refusal(path) == [
        "ND2210 not a valid ONNX file: Nodes in a graph must be topologically sorted, however "
        "input 'z' of node: name: y.Relu OpType: Relu is not output of any previous nodes."
    ]


def test_a_tensor_with_a_wrong_size_is_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("MatMul", "x w")], W)
    model = onnx.load(path)
    model.graph.initializer[0].dims[0] = 2**40
    path.write_bytes(model.SerializeToString())
    (line,) = refusal(path)
    assert line.startswith("ND2210 not a valid ONNX file: ")


def external(path: Path, location: str) -> Path:
    """A file whose weights lie elsewhere."""
    write_onnx(path, [node("MatMul", "x w")], W)
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    tensor.CopyFrom(numpy_helper.from_array(W["w"], "w"))
    values = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    if location == "weights.bin":
        (path.parent / location).write_bytes(values)
    path.write_bytes(model.SerializeToString())
    return path


def test_weights_in_a_file_beside_it_are_read(tmp_path: Path) -> None:
    model = from_onnx(external(tmp_path / "a.onnx", "weights.bin"))
    assert model.simulate(np.ones((1, 1, 4))).readouts["y"].tolist() == [[4.0, 4.0, 4.0]]


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/passwd"])
def test_weights_outside_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    path = external(tmp_path / "a.onnx", location)
    assert refusal(path) == [
        f"ND2210 tensor 'w' lies in {location!r}, outside the model's folder; only files beside "
        "the model are read"
    ]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    os.symlink("/etc/passwd", folder / "w")
    path = external(folder / "a.onnx", "w")
    assert refusal(path) == [
        "ND2210 tensor 'w' lies in 'w', outside the model's folder; only files beside the model "
        "are read"
    ]


def test_weights_that_are_missing_are_refused(tmp_path: Path) -> None:
    (line,) = refusal(external(tmp_path / "a.onnx", "gone.bin"))
    assert line.startswith("ND2210 not a valid ONNX file: ")
    assert "gone.bin" in line


def test_without_the_package_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_import = builtins.__import__

    def absent(name: str, *arguments: object, **options: object) -> object:
        if name == "neurodeploy.frontends.onnx.walk":
            raise ImportError("No module named 'onnx'", name="onnx")
        return plain_import(name, *arguments, **options)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(TargetUnavailable) as caught:
        from_onnx(tmp_path / "a.onnx")
    assert str(caught.value) == ("ND4003: onnx is not installed: pip install 'neurodeploy[onnx]'")


def test_names_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("Relu", "x")])
    path.write_bytes(path.read_bytes().replace(b"y.Relu", b"y.\xff\xfe\xff\xfe"))
    assert refusal(path) == ["ND2210 not a valid ONNX file: a name in it is not UTF-8"]


def test_complex_weights_are_refused(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "a.onnx", [node("MatMul", "x w")], {"w": np.ones((4, 3), complex)})
    assert refusal(path) == [
        "ND2211 tensor 'w' cannot be read: is of type complex128, expected real numbers"
    ]
