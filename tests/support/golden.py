"""Lava's recorded networks as Programs: (width, height, channels) becomes (C, H, W)."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Direct, Input, Output, Population, Program, Projection
from neurodeploy.program.fixed_point import SignMode, stored_mantissa
from neurodeploy.program.operator import Sparse
from neurodeploy.terms import Readout
from support.shared import ROOT


@dataclass(frozen=True)
class Golden:
    name: str
    program: Program
    stimulus: dict[str, np.ndarray]
    n_steps: int
    spikes: dict[str, np.ndarray]
    u: dict[str, np.ndarray]
    v: dict[str, np.ndarray]


def paths() -> list[Path]:
    folder = Path(os.environ.get("NEURODEPLOY_GOLDEN", ROOT.parent / "shared" / "golden"))
    return sorted(folder.glob("*.npz"))


def load(path: Path) -> Golden:
    archive = np.load(path)
    meta = json.loads(str(archive["meta"]))
    shapes = {node["name"]: tuple(node["shape"]) for node in meta["inputs"] + meta["layers"]}

    def series(key: str) -> np.ndarray:
        return _to_chw(np.moveaxis(archive[key], -1, 0), lead=1)

    stimulus = {node["name"]: series(f"in.{node['name']}") for node in meta["inputs"]}
    program = Program(
        inputs=tuple(
            Input(
                name=name,
                shape=values.shape[1:],
                low=min(int(values.min()), 0),
                high=max(int(values.max()), 1),
            )
            for name, values in stimulus.items()
        ),
        populations=tuple(_population(layer, archive) for layer in meta["layers"]),
        projections=tuple(_projection(conn, archive, shapes) for conn in meta["conns"]),
        outputs=(Output(population=meta["layers"][-1]["name"], readout=Readout.COUNT),),
    )
    names = [layer["name"] for layer in meta["layers"]]
    states = {part: {n: series(f"out.{n}.{part}") for n in names} for part in "suv"}
    return Golden(path.stem, program, stimulus, meta["T"], states["s"], states["u"], states["v"])


def _to_chw(array: np.ndarray, lead: int) -> np.ndarray:
    if array.ndim - lead != 3:
        return array
    return array.transpose(*range(lead), lead + 2, lead + 1, lead)


def _population(layer: dict[str, Any], archive: Any) -> Population:
    name = layer["name"]
    shape = tuple(layer["shape"])
    shape = shape[::-1] if len(shape) == 3 else shape

    def value(key: str, default: int = 0) -> Any:
        given = layer.get(key, default)
        return _to_chw(archive[f"layer.{name}.{key}"], lead=0) if given == "array" else given

    ternary = layer["type"] == "TernaryLIF"
    return Population(
        name=name,
        shape=shape,
        du=value("du"),
        dv=value("dv"),
        vth=value("vth_hi" if ternary else "vth"),
        vth_low=value("vth_lo") if ternary else None,
        bias_mant=value("bias_mant"),
        bias_exp=value("bias_exp"),
        u0=value("u"),
        v0=value("v"),
        clear_interval=layer.get("reset_interval", 0),
        clear_offset=layer.get("reset_offset", 0),
    )


def _projection(
    conn: dict[str, Any], archive: Any, shapes: dict[str, tuple[int, ...]]
) -> Projection:
    name, kind = conn["name"], conn["type"]
    graded = conn.get("num_message_bits", 0) > 0
    common = {"name": name, "sources": tuple(conn["src"]), "target": conn["dst"]}
    if kind == "Direct":
        return Projection(**common, operator=Direct(), delay_steps=0)
    if kind == "Conv":
        return Projection(
            **common, operator=_conv(conn, archive[f"conn.{name}.weight"]), graded=graded
        )
    mode = SignMode(conn["sign_mode"].lower()) if "sign_mode" in conn else None
    weights = archive[f"conn.{name}.weights"]
    mantissa = stored_mantissa(weights, mode, conn.get("num_weight_bits", 8))
    source_shape = shapes[conn["src"][0]]
    if len(source_shape) == 3:
        order = np.arange(int(np.prod(source_shape))).reshape(source_shape)
        mantissa = mantissa[:, _to_chw(order, lead=0).ravel()]
    operator = (
        Sparse.from_dense(mantissa, weights != 0) if kind == "Sparse" else Dense(mantissa=mantissa)
    )
    delay = archive[f"conn.{name}.delays"] + 1 if kind == "DelayDense" else 1
    return Projection(
        **common,
        operator=operator,
        weight_exp=conn.get("weight_exp", 0),
        delay_steps=delay,
        graded=graded,
    )


def _conv(conn: dict[str, Any], weight: np.ndarray) -> Conv:
    def pair(key: str, default: int) -> tuple[int, int]:
        given = conn.get(key, default)
        width, height = (given, given) if isinstance(given, int) else given
        return height, width

    mantissa = weight.transpose(0, 3, 2, 1)[:, :, ::-1, ::-1]
    width, height, channels = conn["input_shape"]
    geometry = ConvGeometry(
        input_shape=(channels, height, width),
        out_channels=mantissa.shape[0],
        kernel=mantissa.shape[2:],
        stride=pair("stride", 1),
        padding=pair("padding", 0),
        dilation=pair("dilation", 1),
        groups=conn.get("groups", 1),
    )
    return Conv(mantissa=mantissa, geometry=geometry)
