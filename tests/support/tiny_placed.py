"""A small integer network on the fitted Loihi, and one thing changed at a time."""

from dataclasses import replace
from typing import Any

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.place import place
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout


def tiny_program() -> Program:
    """Return three inputs onto two neurons, `a b`, and these onto one, `c`."""

    def population(name: str, size: int) -> Population:
        du, vth, bias = (np.asarray(value, np.int32) for value in (4095, 5, 3))
        return Population(
            name=name, shape=(size,), du=du, dv=np.asarray(1024), vth=vth, bias_mant=bias
        )

    return Program(
        inputs=(Input(name="in", shape=(3,)),),
        populations=(population("a b", 2), population("c", 1)),
        projections=(
            _joined("in", "a b", [[1, -2, 3], [4, 0, -6]]),
            _joined("a b", "c", [[7, 8]], weight_exp=1),
        ),
        outputs=(Output(population="c", readout=Readout.COUNT),),
    )


def _joined(source: str, target: str, weights: list[list[int]], weight_exp: int = 0) -> Projection:
    return Projection(
        name=f"to {target}",
        sources=(source,),
        target=target,
        operator=Dense(mantissa=np.asarray(weights, np.int32)),
        weight_exp=weight_exp,
    )


def with_population(program: Program, name: str, **changes: Any) -> Program:
    populations = tuple(replace(p, **changes) if p.name == name else p for p in program.populations)
    return replace(program, populations=populations)


def with_projection(program: Program, name: str, **changes: Any) -> Program:
    projections = tuple(replace(p, **changes) if p.name == name else p for p in program.projections)
    return replace(program, projections=projections)


def on_chip(program: Program, chip: str = "loihi1-fitted") -> Deployment:
    hardware = load_chip(chip)
    return Deployment(
        target="cpu-emu", program=program, hardware=hardware, placement=place(program, hardware)
    )
