"""What a Program cannot express, and what is no `.net` file, is refused by name, all at once."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from support import shared
from support.net_files import CUBA, conv, dense, write_net

from neurodeploy.errors import InputError
from neurodeploy.frontends.lava_dl import from_lava_dl
from neurodeploy.frontends.lava_dl.weights import changed_by_netx

EVEN = [[2, -4], [6, 8]]
IMAGE = {"type": "input", "shape": [2, 5, 5]}
KERNEL = np.full((3, 2, 2, 2), 2)


def refused(path: Path, *layers: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        from_lava_dl(write_net(path, *layers))
    assert caught.value.code == "ND2221"
    assert all(problem.startswith(f"{path}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def cuba(**changes: Any) -> dict[str, Any]:
    return {"neuron": CUBA | changes}


REFUSALS: list[tuple[list[dict[str, Any]], str]] = [
    (
        [dense(EVEN), {"type": "average", "shape": [2, 1, 1]}],
        "layer 1 (average): a layer of this type has no form here, nor in lava-dl's netx; "
        "those of type input, flatten, dense, conv have",
    ),
    (
        [dense(EVEN, neuron={"type": "SDNN", "vThMant": 3})],
        "layer 0 (dense): neurons of type 'SDNN' (sigma-delta) have no form in a Program; "
        "those of type LOIHI and CUBA have",
    ),
    (
        [dense(EVEN, neuron=None)],
        "layer 0 (dense): no neurons, so that nothing spikes; export it with a neuron model",
    ),
    (
        [dense(EVEN, weight={"real": EVEN, "imag": EVEN})],
        "layer 0 (dense): complex weights; only real ones have a form in a Program",
    ),
    (
        [dense(EVEN), IMAGE],
        "layer 1 (input): only the first layer can be an input",
    ),
    (
        [dense(EVEN, **cuba(refDelay=3))],
        "layer 0 (dense): refDelay 3; neurons are never refractory here, as in netx, so that "
        "only 1 can be read",
    ),
    (
        [dense(EVEN, **cuba(gradedSpike=True))],
        "layer 0 (dense): graded spikes; these neurons send spikes without a payload",
    ),
    (
        [dense(EVEN, **cuba(wgtExp=2))],
        "layer 0 (dense): wgtExp 2, which training uses and netx ignores; multiply the weights "
        "by 2**wgtExp and set it to 0",
    ),
    (
        [dense(EVEN, neuron={"type": "CUBA", "iDecay": 1, "vThMant": 2})],
        "layer 0 (dense): neuron/vDecay is absent or holds no numbers",
    ),
    (
        [dense(EVEN, bias="none")],
        "layer 0 (dense): bias holds no numbers",
    ),
    (
        [dense([[2, 0.5], [np.nan, 4]])],
        "layer 0 (dense): weight has 2 values that are no integer, such as 0.5; export it "
        "quantised (pre_hook_fx)",
    ),
    (
        [dense(EVEN, bias=[1.5, 2])],
        "layer 0 (dense): bias has 1 value that is no integer, such as 1.5; export it "
        "quantised (pre_hook_fx)",
    ),
    (
        [dense([[2, 1e12], [4, 6]])],
        "layer 0 (dense): weight holds values beyond 32 bits",
    ),
    (
        [dense(EVEN, shape=[1 << 30])],
        "layer 0 (dense): shape (1073741824), expected 1 to 4194304 neurons",
    ),
    (
        [{"type": "input", "shape": [5, 5]}, dense(np.full((1, 25), 2))],
        "layer 0 (input): shape (5, 5), expected (neurons) or (channels, height, width)",
    ),
    (
        [dense(EVEN, bias=[1, 2, 3])],
        "layer 0 (dense): bias has 3 values, expected 1 or 2",
    ),
    (
        [dense(EVEN, bias=[40000, 0])],
        "layer 0 (dense): biases from 0 to 40000; Lava keeps 16 bits, -32768 to 32767",
    ),
    (
        [dense(EVEN, delay=[-1, 0]), dense(EVEN)],
        "layer 0 (dense): delay -1; spikes cannot come early",
    ),
    (
        [dense(EVEN), dense(EVEN, delay=[1, 2])],
        "layer 1 (dense): delays on axons that lead nowhere; remove the last layer's delay",
    ),
    (
        [dense([[2, -300], [6, 256]])],
        "layer 0 (dense): 2 weights that lava-dl stores as other numbers, such as -300; use "
        "even numbers from -256 to 254",
    ),
    (
        [dense(EVEN), dense([[2, 4, 6]])],
        "layer 1 (dense): weights for 3 inputs, layer 0 (dense) has shape (2,)",
    ),
    (
        [dense(EVEN, shape=[3])],
        "layer 0 (dense): weights of shape (2, 2) for 3 neurons",
    ),
    (
        [IMAGE, dense(np.full((1, 50), 2))],
        "layer 1 (dense): layer 0 (input) has shape (2, 5, 5); put a flatten between them",
    ),
    (
        [IMAGE, {"type": "flatten", "shape": [49, 1, 1]}, dense(np.full((1, 49), 2))],
        "layer 1 (flatten): 49 values, layer 0 (input) has shape (2, 5, 5)",
    ),
    (
        [conv(KERNEL, (3, 4, 4))],
        "layer 0 (conv): no layer before it says its (channels, height, width); begin the file "
        "with an input layer of that shape",
    ),
    (
        [IMAGE, conv(KERNEL, (3, 5, 5))],
        "layer 1 (conv): shape (3, 5, 5); its input and kernel give (3, 4, 4)",
    ),
    (
        [IMAGE, conv(np.full((3, 1, 2, 2), 2), (3, 4, 4))],
        "layer 1 (conv): weights of shape (3, 1, 2, 2); its input and groups take (3, 2, 2, 2)",
    ),
    (
        [IMAGE, conv(KERNEL, (3, 4, 4), groups=2)],
        "layer 1 (conv): 2 groups do not divide 2 input and 3 output channels",
    ),
    (
        [IMAGE, conv(KERNEL, (3, 4, 4), weight=EVEN)],
        "layer 1 (conv): weights of shape (2, 2), expected (out, in / groups, height, width)",
    ),
    (
        [
            IMAGE,
            conv(KERNEL, (3, 4, 4), delay=[0, 1, 1]),
            conv(np.full((1, 3, 4, 4), 2), (1, 1, 1)),
        ],
        "layer 1 (conv): delays that differ, before a convolution, which takes one",
    ),
    ([IMAGE], "no dense or conv layer, so that there is nothing to run"),
    (
        [
            {"type": "input", "shape": [1, 2000, 2000]},
            conv([[[[2]]]], (1, 2000, 2000)),
        ],
        "8000000 neurons in all, at most 4194304 are read",
    ),
]


@pytest.mark.parametrize(("layers", "message"), REFUSALS, ids=[m for _, m in REFUSALS])
def test_refusals_name_the_layer(
    layers: list[dict[str, Any]], message: str, tmp_path: Path
) -> None:
    assert refused(tmp_path / "bad.net", *layers) == [message]


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    found = refused(
        tmp_path / "bad.net",
        dense(EVEN, **cuba(refDelay=2, gradedSpike=True)),
        {"type": "pool", "shape": [2]},
        dense(EVEN, bias=[0.5, 0.5]),
    )
    assert [line.split(":")[0] for line in found] == [
        "layer 0 (dense)",
        "layer 0 (dense)",
        "layer 1 (pool)",
        "layer 2 (dense)",
    ]


@pytest.mark.parametrize(
    ("weight", "changed"),
    [
        ([[0, 0]], False),
        ([[-256, 254]], False),
        ([[3, -1]], False),
        ([[255, 1]], False),
        ([[255, -1]], True),  # netx clips mixed signs to 254
        ([[256, 1]], True),
        ([[-2, -128]], True),  # stored as -256, which Lava clips to -255
        ([[-2, -130]], False),
        ([[0, -200]], False),
        ([[0, -201]], True),  # netx asks for 9 bits of one sign
    ],
)
def test_weights_that_lava_would_change_are_found(weight: list[list[int]], changed: bool) -> None:
    assert changed_by_netx(np.array(weight)).any() == changed


def unreadable(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        from_lava_dl(path)
    assert caught.value.code == "ND2220"
    return "\n".join(caught.value.problems)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    assert unreadable(tmp_path / "x.net") == f"{tmp_path / 'x.net'}: no such file"


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.net"
    path.write_text("layer: 3")
    assert unreadable(path) == f"{path}: not an HDF5 file, which every .net is"


def test_a_file_without_layers_is_refused(tmp_path: Path) -> None:
    path = write_net(tmp_path / "x.net")
    assert unreadable(path) == f"{path}: an HDF5 file without layers, which every .net has"


def test_layers_that_are_absent_or_have_no_type_are_refused(tmp_path: Path) -> None:
    path = write_net(tmp_path / "x.net", dense(EVEN), dense(EVEN), dense(EVEN))
    with h5py.File(path, "a") as file:
        file.move("layer/0", "layer/7")
        del file["layer/2/type"]
    assert unreadable(path) == (
        f"{path}: layer/0 is absent or has no type\n{path}: layer/2 is absent or has no type"
    )


def test_truncated_files_are_refused(tmp_path: Path) -> None:
    content = (shared.folder("models") / "lavadl_net" / "tiny.net").read_bytes()
    path = tmp_path / "x.net"
    for n_bytes in (100, 3000, 60_000, len(content) - 1):
        path.write_bytes(content[:n_bytes])
        assert unreadable(path) == (
            f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
        )


def test_damaged_files_load_or_are_refused(tmp_path: Path) -> None:
    content = (shared.folder("models") / "lavadl_net" / "oxford.net").read_bytes()
    rng = np.random.default_rng(0)
    path = tmp_path / "x.net"
    codes = []
    for _ in range(60):
        damaged = bytearray(content)
        for where in rng.integers(0, 12_000, 20):
            damaged[where] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            from_lava_dl(path)
        except InputError as error:
            codes.append(error.code)
    assert set(codes) <= {"ND2220", "ND2221"}
    assert len(codes) > 20


def test_links_to_other_places_are_refused(tmp_path: Path) -> None:
    path = write_net(tmp_path / "x.net", dense(EVEN))
    with h5py.File(path, "a") as file:
        del file["layer/0/weight"]
        file["layer/0/weight"] = h5py.ExternalLink("secret.h5", "numbers")
    assert unreadable(path) == f"{path}: layer/0 is damaged, or links to another file"


def test_numbers_in_other_files_are_refused(tmp_path: Path) -> None:
    path = write_net(tmp_path / "x.net", dense(EVEN))
    with h5py.File(path, "a") as file:
        del file["layer/0/weight"]
        file.create_dataset(
            "layer/0/weight", (2, 2), "f4", external=[(str(tmp_path / "secret.bin"), 0, 16)]
        )
    assert unreadable(path) == (
        f"{path}: layer/0/weight has no numbers of its own; perhaps another file keeps them"
    )


def test_huge_declared_arrays_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = write_net(tmp_path / "x.net", dense(EVEN))
    with h5py.File(path, "a") as file:
        del file["layer/0/weight"]
        file.create_dataset("layer/0/weight", (1 << 20, 1 << 20), "f4", chunks=(64, 64))
    assert unreadable(path) == (f"{path}: declares 8192.0 GiB of numbers, at most 0.5 GiB are read")
