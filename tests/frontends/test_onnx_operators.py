"""Every operator that is read computes what onnx's own evaluator computes."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is absent; pip install 'neurodeploy[onnx]'")
from onnx import NodeProto, TensorProto, helper  # only once onnx is there
from support.onnx_files import assert_agrees, node, write_onnx

from neurodeploy.frontends.onnx import from_onnx
from neurodeploy.model import Model, Relu

RNG = np.random.default_rng(1)
IMAGE = (2, 7, 6)
Case = tuple[list[NodeProto], dict[str, np.ndarray]]


def f32(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def kinds(model: Model) -> list[list[str]]:
    return [[type(operator).__name__ for operator in p.chain] for p in model.projections]


def neurons(model: Model) -> list[str]:
    return [type(p.neuron).__name__ for p in model.populations]


VECTORS: dict[str, Case] = {
    "gemm": ([node("Gemm", "x w b")], {"w": f32(4, 3), "b": f32(3)}),
    "gemm_of_scalars": (
        [node("Gemm", "x w b", transB=1, alpha=0.5, beta=-2.0)],
        {"w": f32(3, 4), "b": f32(1, 1)},
    ),
    "gemm_without_bias": ([node("Gemm", "x w")], {"w": f32(4, 3)}),
    "matmul": ([node("MatMul", "x w")], {"w": f32(4, 3)}),
    "matmul_and_bias": (
        [node("MatMul", "x w", "a"), node("Add", "b a")],
        {"w": f32(4, 3), "b": f32(1, 3)},
    ),
    "transposed_weights": (
        [node("Transpose", "w", "t", perm=[1, 0]), node("MatMul", "x t")],
        {"w": f32(3, 4)},
    ),
    "two_layers": (
        [node("Gemm", "x w", "a"), node("Relu", "a", "r"), node("Gemm", "r v")],
        {"w": f32(4, 5), "v": f32(5, 2)},
    ),
    "relu": ([node("Relu", "x")], {}),
    "clip": (
        [node("Clip", "x low high")],
        {"low": np.float32(0), "high": np.float32(1.5)},
    ),
    "clip_without_end": ([node("Clip", "x low -")], {"low": np.float32(0)}),
    "add_constant": ([node("Add", "x b")], {"b": f32(4)}),
    "subtract_constant": ([node("Sub", "x b")], {"b": f32(1, 4)}),
    "subtract_from_constant": ([node("Sub", "b x")], {"b": f32(4)}),
    "multiply": ([node("Mul", "b x")], {"b": f32(4)}),
    "divide": ([node("Div", "x b")], {"b": f32(4)}),
    "negate": ([node("Neg", "x")], {}),
    "add_itself": ([node("Add", "x x")], {}),
    "subtract_branches": (
        [node("Gemm", "x w", "a"), node("Relu", "a", "r"), node("Sub", "r x")],
        {"w": f32(4, 4)},
    ),
    "sum_of_three": (
        [node("Gemm", "x w", "a"), node("Sum", "b x a")],
        {"w": f32(4, 4), "b": f32(4)},
    ),
    "batch_norm": (
        [node("Gemm", "x w", "a"), node("BatchNormalization", "a g b m v", epsilon=0.01)],
        {"w": f32(4, 3), "g": f32(3), "b": f32(3), "m": f32(3), "v": np.abs(f32(3))},
    ),
    "slice": (
        [node("Slice", "x s e a t")],
        {"s": ints(-1, 0), "e": ints(9, 2**40), "a": ints(1, 0), "t": ints(1, 1)},
    ),
    "concat_then_matmul": (
        [
            node("Relu", "x", "r"),
            node("Gemm", "x w", "a"),
            node("Relu", "a", "s"),
            node("Concat", "r s", "c", axis=1),
            node("Gemm", "c v b"),
        ],
        {"w": f32(4, 3), "v": f32(7, 2), "b": f32(2)},
    ),
    "concat_of_itself_twice": (
        [node("Concat", "x x", "c", axis=-1), node("Concat", "c x", axis=1)],
        {},
    ),
    "reshape_the_same": ([node("Reshape", "x s")], {"s": ints(0, 4)}),
    "identity": ([node("Identity", "x", "i"), node("Dropout", "i")], {}),
    "cast": ([node("Cast", "x", to=TensorProto.DOUBLE)], {}),
    "softmax_input_elsewhere": (
        [node("Gemm", "x w", "a"), node("Identity", "a")],
        {"w": f32(4, 2)},
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_an_operator_on_vectors_agrees(tmp_path: Path, name: str) -> None:
    nodes, constants = VECTORS[name]
    assert_agrees(write_onnx(tmp_path / "a.onnx", nodes, constants), (4,))


def pads(*values: int) -> dict[str, list[int]]:
    return {"pads": list(values)}


IMAGES: dict[str, Case] = {
    "conv": ([node("Conv", "x w b")], {"w": f32(3, 2, 3, 2), "b": f32(3)}),
    "conv_of_everything": (
        [node("Conv", "x w", group=2, dilations=[2, 1], strides=[1, 2], **pads(1, 2, 1, 2))],
        {"w": f32(4, 1, 3, 2)},
    ),
    "conv_padded_unevenly": ([node("Conv", "x w", **pads(0, 1, 2, 3))], {"w": f32(3, 2, 3, 3)}),
    "conv_same_upper": (
        [node("Conv", "x w", auto_pad="SAME_UPPER", strides=[2, 2])],
        {"w": f32(3, 2, 3, 4)},
    ),
    "conv_same_lower": (
        [node("Conv", "x w", auto_pad="SAME_LOWER", strides=[2, 1])],
        {"w": f32(3, 2, 4, 2)},
    ),
    "conv_valid": ([node("Conv", "x w", auto_pad="VALID")], {"w": f32(1, 2, 7, 6)}),
    "conv_and_bias": (
        [node("Conv", "x w b", "a"), node("Add", "a c")],
        {"w": f32(3, 2, 3, 3), "b": f32(3), "c": f32(3, 1, 1)},
    ),
    "conv_and_bias_by_pixel": (
        [node("Conv", "x w", "a"), node("Add", "a c")],
        {"w": f32(3, 2, 7, 5), "c": f32(3, 1, 2)},
    ),
    "batch_norm": (
        [node("BatchNormalization", "x g b m v")],
        {"g": f32(2), "b": f32(2), "m": f32(2), "v": np.abs(f32(2))},
    ),
    "input_normalisation": (
        [node("Sub", "x m", "a"), node("Div", "a s", "n"), node("Conv", "n w", **pads(1, 1, 1, 1))],
        {"m": f32(1, 2, 1, 1), "s": np.abs(f32(2, 1, 1)) + 1, "w": f32(3, 2, 3, 3)},
    ),
    "average_pool": ([node("AveragePool", "x", kernel_shape=[3, 2], strides=[2, 2])], {}),
    "average_pool_uncounted": (
        [node("AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], **pads(1, 1, 1, 1))],
        {},
    ),
    "average_pool_counted": (
        [node("AveragePool", "x", kernel_shape=[3, 3], count_include_pad=1, **pads(1, 1, 1, 1))],
        {},
    ),
    "average_pool_unevenly": (
        [node("AveragePool", "x", kernel_shape=[3, 3], strides=[2, 1], **pads(0, 1, 1, 0))],
        {},
    ),
    "average_pool_unevenly_counted": (
        [node("AveragePool", "x", kernel_shape=[3, 3], count_include_pad=1, **pads(0, 1, 1, 0))],
        {},
    ),
    "average_pool_ceil": (
        [node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)],
        {},
    ),
    "average_pool_same": (
        [node("AveragePool", "x", kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_UPPER")],
        {},
    ),
    "global_average_pool": ([node("GlobalAveragePool", "x")], {}),
    "reduce_mean": ([node("ReduceMean", "x a")], {"a": ints(2, 3)}),
    "reduce_mean_flat": ([node("ReduceMean", "x a", keepdims=0)], {"a": ints(-1, -2)}),
    "max_pool": ([node("MaxPool", "x", kernel_shape=[2, 3], strides=[2, 1])], {}),
    "max_pool_after_weights": (
        [
            node("Conv", "x w", "a"),
            node("MaxPool", "a", "m", kernel_shape=[2, 2]),
            node("Relu", "m"),
        ],
        {"w": f32(3, 2, 2, 2)},
    ),
    "max_pool_padded": (
        [
            node("Relu", "x", "r"),
            node("MaxPool", "r", kernel_shape=[3, 3], strides=[2, 2], **pads(1, 1, 1, 1)),
        ],
        {},
    ),
    "global_max_pool": ([node("GlobalMaxPool", "x")], {}),
    "flatten": ([node("Flatten", "x", "f"), node("Gemm", "f w")], {"w": f32(84, 2)}),
    "reshape": ([node("Reshape", "x s")], {"s": ints(0, -1)}),
    "reshape_from_shape": (
        [
            node("Shape", "x", "n"),
            node("Gather", "n zero", "g"),
            node("Unsqueeze", "g axis", "u"),
            node("Concat", "u rest", "s", axis=0),
            node("Reshape", "x s"),
        ],
        {"zero": np.int64(0), "axis": ints(0), "rest": ints(-1)},
    ),
    "squeeze": ([node("GlobalAveragePool", "x", "g"), node("Squeeze", "g a")], {"a": ints(2, 3)}),
    "transpose_nothing": ([node("Transpose", "x", perm=[0, 1, 2, 3])], {}),
    "slice": (
        [node("Slice", "x s e a t")],
        {"s": ints(1, -5), "e": ints(2**62, -1), "a": ints(2, 3), "t": ints(2, 1)},
    ),
    "slice_of_a_slice": (
        [node("Slice", "x s e a t", "h"), node("Slice", "h s e b t", "w"), node("Pad", "w p")],
        {
            "s": ints(1),
            "e": ints(6),
            "a": ints(2),
            "b": ints(3),
            "t": ints(2),
            "p": ints(0, 1, 0, 0, 0, 2, 1, 0),
        },
    ),
    "slice_of_a_pad": (
        [node("Pad", "x p", "a"), node("Slice", "a s e c")],
        {"p": ints(0, 1, 1, 0, 0, 0, 1, 0), "s": ints(2), "e": ints(8), "c": ints(2)},
    ),
    "pad": ([node("Pad", "x p z")], {"p": ints(0, 1, 2, 0, 0, 0, 1, 3), "z": np.float32(0)}),
    "pad_twice": (
        [node("Pad", "x p", "a"), node("Pad", "a p")],
        {"p": ints(0, 0, 1, 2, 0, 1, 0, 1)},
    ),
    "pad_axes": ([node("Pad", "x p - a")], {"p": ints(1, 2), "a": ints(-1)}),
    "pad_unevenly_then_conv": (
        [node("Pad", "x p", "a"), node("Conv", "a w", strides=[2, 2])],
        {"p": ints(0, 0, 0, 0, 0, 0, 1, 1), "w": f32(3, 2, 3, 3)},
    ),
    "concat_then_conv": (
        [
            node("Relu", "x", "r"),
            node("Conv", "x w", "a", **pads(1, 1, 1, 1)),
            node("Concat", "r a x", "c", axis=1),
            node("Conv", "c v b", **pads(0, 0, 1, 1)),
        ],
        {"w": f32(3, 2, 3, 3), "v": f32(2, 7, 2, 2), "b": f32(2)},
    ),
    "concat_then_grouped_conv": (
        [node("Relu", "x", "r"), node("Concat", "r x", "c", axis=1), node("Conv", "c w", group=4)],
        {"w": f32(4, 1, 2, 2)},
    ),
    "concat_then_flatten": (
        [
            node("Relu", "x", "r"),
            node("Concat", "r x", "c", axis=1),
            node("Flatten", "c", "f"),
            node("Gemm", "f w"),
        ],
        {"w": f32(168, 3)},
    ),
    "concat_then_pools": (
        [
            node("Relu", "x", "r"),
            node("Concat", "r x", "c", axis=1),
            node("MaxPool", "c", "m", kernel_shape=[2, 2]),
            node("AveragePool", "c", "a", kernel_shape=[2, 2]),
            node("Concat", "m a", axis=2),
        ],
        {},
    ),
    "concat_of_zeros_by_shape": (
        [
            node("Slice", "x s e a t", "h"),
            node("Shape", "h", "n"),
            node("ConstantOfShape", "n", "z"),
            node("Concat", "z h z", axis=1),
        ],
        {"s": ints(0, 0), "e": ints(99, 99), "a": ints(2, 3), "t": ints(2, 2)},
    ),
    "residual": (
        [
            node("Relu", "x", "r"),
            node("Conv", "r w", "a", **pads(1, 1, 1, 1)),
            node("Add", "a r", "s"),
            node("Relu", "s"),
        ],
        {"w": f32(2, 2, 3, 3)},
    ),
    "sum_without_relu": (
        [
            node("Relu", "x", "r"),
            node("Conv", "r w", "a", **pads(1, 1, 1, 1)),
            node("Add", "a r", "s"),
            node("Conv", "s w b"),
        ],
        {"w": f32(2, 2, 3, 3), "b": f32(2)},
    ),
    "weights_used_twice": (
        [
            node("Conv", "x w", "a", **pads(1, 1, 1, 1)),
            node("Relu", "a", "r"),
            node("Conv", "r w", "c", **pads(1, 1, 1, 1)),
            node("Add", "a c"),
        ],
        {"w": f32(2, 2, 3, 3)},
    ),
}


@pytest.mark.parametrize("name", IMAGES)
def test_an_operator_on_images_agrees(tmp_path: Path, name: str) -> None:
    nodes, constants = IMAGES[name]
    path = write_onnx(tmp_path / "a.onnx", nodes, constants, shape=("N", *IMAGE))
    assert_agrees(path, IMAGE)


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize("counted", [0, 1])
@pytest.mark.parametrize("ceil", [0, 1])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(k, s, p) for k in (2, 3) for s in (1, 2, 3) for p in (0, 1)],
)
def test_pools_agree_with_torch(
    tmp_path: Path, op: str, kernel: int, stride: int, padding: int, ceil: int, counted: int
) -> None:
    """By torch, as onnx 1.23's own evaluator has other sizes with ceil_mode and padding."""
    torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
    options = {"ceil_mode": ceil} | ({"count_include_pad": counted} if op == "AveragePool" else {})
    square = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [padding] * 4}
    nodes = [node("Relu", "x", "r"), node(op, "r", **square, **options)]
    path = write_onnx(tmp_path / "a.onnx", nodes, shape=("N", *IMAGE), opset=22)
    x = RNG.normal(size=(2, *IMAGE))
    pool = torch.nn.MaxPool2d if op == "MaxPool" else torch.nn.AvgPool2d
    wanted = pool(kernel, stride, padding, **{key: bool(value) for key, value in options.items()})(
        torch.relu(torch.from_numpy(x))
    )
    found = from_onnx(path, IMAGE).simulate(x[:, None])
    (readout,) = found.readouts.values()
    np.testing.assert_allclose(readout, wanted.numpy(), rtol=0, atol=1e-12)  # sums reordered


def test_negative_pads_cut_off(tmp_path: Path) -> None:
    nodes, p = [node("Pad", "x p")], ints(0, 0, -1, 2, 0, 1, -2, -1)
    path = write_onnx(tmp_path / "a.onnx", nodes, {"p": p}, shape=("N", *IMAGE))
    x = RNG.normal(size=(2, *IMAGE))
    wanted = np.pad(x[:, :, 1:-2, :-1], ((0, 0), (0, 1), (0, 0), (2, 0)))
    found = from_onnx(path, IMAGE).simulate(x[:, None]).readouts["y"]
    np.testing.assert_array_equal(found, wanted)


def test_constants_that_all_samples_share_are_concatenated(tmp_path: Path) -> None:
    constants = {
        "zero": np.zeros((3, 3, 7, 6), np.float32),
        "one": np.repeat(f32(1, 1, 7, 6), 3, axis=0),
    }
    nodes = [node("Concat", "zero x one", axis=1)]
    model = assert_agrees(
        write_onnx(tmp_path / "a.onnx", nodes, constants, shape=(3, *IMAGE)), IMAGE
    )
    assert kinds(model) == [["Select", "Shift"]]


def test_attributes_of_old_opsets_are_read(tmp_path: Path) -> None:
    nodes = [
        node("Clip", "x", "c", min=0.0, max=1.0),
        node("Pad", "c", "p", pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.0),
        node("Slice", "p", "s", starts=[1, 0], ends=[4, 5], axes=[2, 3]),
        node("Dropout", "s", "d"),
        node("ReduceMean", "d", axes=[2, 3], keepdims=0),
    ]
    path = write_onnx(tmp_path / "a.onnx", nodes, shape=(1, *IMAGE), opset=9)
    assert neurons(assert_agrees(path, IMAGE, at_once=False)) == ["Relu", "Linear"]


def test_a_file_for_one_sample_takes_many(tmp_path: Path) -> None:
    nodes = [node("Reshape", "x s", "f"), node("MatMul", "f w", "a"), node("Add", "a b")]
    constants = {"s": ints(1, 84), "w": f32(84, 3), "b": f32(1, 3)}
    path = write_onnx(tmp_path / "a.onnx", nodes, constants, shape=(1, *IMAGE))
    model = assert_agrees(path, IMAGE, at_once=False)
    assert kinds(model) == [["Flatten", "Affine"]]


def test_softmax_at_the_end_is_dropped_and_said(tmp_path: Path) -> None:
    nodes, weights = [node("Gemm", "x w", "a"), node("LogSoftmax", "a")], {"w": f32(4, 3)}
    model = assert_agrees(
        write_onnx(tmp_path / "plain.onnx", nodes[:1], weights, outputs=["a"]), (4,)
    )
    dropped = from_onnx(write_onnx(tmp_path / "a.onnx", nodes, weights))
    x = RNG.normal(size=(5, 1, 4))
    np.testing.assert_array_equal(
        dropped.simulate(x).readouts["y"], model.simulate(x).readouts["a"]
    )
    assert dropped.history == (
        "from a.onnx: ONNX of tests, opset 18",
        "node 'y.LogSoftmax' (LogSoftmax) at the output dropped: same prediction",
        "input 'x' has values in 0..1: assumed",
    )


def test_clip_is_a_relu_with_a_ceiling(tmp_path: Path) -> None:
    nodes, constants = VECTORS["clip"]
    model = assert_agrees(write_onnx(tmp_path / "a.onnx", nodes, constants), (4,))
    assert [p.neuron for p in model.populations] == [Relu(ceiling=1.5)]


@pytest.mark.parametrize(
    ("name", "chains"),
    [
        ("residual", [[], ["Conv2d"], []]),
        ("sum_without_relu", [[], ["Conv2d"], [], ["Conv2d"]]),
        ("weights_used_twice", [["Conv2d"], [], [], ["Conv2d"]]),
        ("conv_and_bias", [["Conv2d"]]),
        ("slice_of_a_slice", [["Select"]]),
        ("pad_twice", [["Select"]]),
        ("average_pool", [["AvgPool2d"]]),
        ("average_pool_uncounted", [["SumPool2d", "Scale"]]),
        ("max_pool_padded", [[], ["Select"]]),
        (
            "concat_then_conv",
            [[], ["Select", "Conv2d"], ["Conv2d", "Select", "Conv2d"], ["Select", "Conv2d"]],
        ),
        ("concat_then_flatten", [[], ["Flatten", "Affine"], ["Flatten", "Affine"]]),
        ("concat_of_zeros_by_shape", [["Select"]]),
    ],
)
def test_chains_are_no_longer_than_they_must(
    tmp_path: Path, name: str, chains: list[list[str]]
) -> None:
    nodes, constants = IMAGES[name]
    path = write_onnx(tmp_path / "a.onnx", nodes, constants, shape=("N", *IMAGE))
    assert kinds(assert_agrees(path, IMAGE)) == chains


def test_layers_are_named_after_their_nodes(tmp_path: Path) -> None:
    relu = helper.make_node("Relu", ["a"], ["r"], name="/block/relu")
    again = helper.make_node("Relu", ["r"], ["s"], name="block.relu")
    unnamed = helper.make_node("Relu", ["s"], ["y"])
    nodes = [node("Gemm", "x w", "a"), relu, again, unnamed]
    model = assert_agrees(write_onnx(tmp_path / "a.onnx", nodes, {"w": f32(4, 3)}), (4,))
    assert [p.name for p in model.populations] == ["block.relu", "block.relu_2", "y"]
    assert [p.name for p in model.projections] == [
        "a.Gemm",
        "block.relu->block.relu_2",
        "block.relu_2->y",
    ]


def test_several_outputs_are_read(tmp_path: Path) -> None:
    nodes = [node("Gemm", "x w", "a"), node("Relu", "a", "r"), node("Gemm", "r v")]
    path = write_onnx(
        tmp_path / "a.onnx", nodes, {"w": f32(4, 3), "v": f32(3, 2)}, outputs=["r", "y", "a"]
    )
    model = assert_agrees(path, (4,))
    assert [o.population for o in model.outputs] == ["r.Relu", "y", "a.Gemm"]


def test_layers_that_lead_nowhere_are_left_out(tmp_path: Path) -> None:
    nodes = [node("Sigmoid", "x", "dead"), node("Relu", "x")]
    assert neurons(assert_agrees(write_onnx(tmp_path / "a.onnx", nodes), (4,))) == ["Relu"]
