"""Random float networks that NIR can hold: every neuron, operator and reset, loops, joins."""

from dataclasses import dataclass, field

import numpy as np

from neurodeploy.model import (
    Affine,
    CubaLi,
    CubaLif,
    I,
    If,
    Input,
    Li,
    Lif,
    Linear,
    Model,
    Neuron,
    Operator,
    Output,
    Population,
    Projection,
    Spiking,
    Threshold,
)
from neurodeploy.terms import Readout, Reset
from support.random_chains import after, random_chain, to_vector

Shape = tuple[int, ...]


@dataclass
class Draft:
    rng: np.random.Generator
    shapes: dict[str, Shape] = field(default_factory=dict)
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)

    def project(
        self, name: str, sources: tuple[str, ...], target: str, *chain: Operator, delay: int = 0
    ) -> None:
        self.projections.append(
            Projection(name=name, sources=sources, target=target, chain=chain, delay_steps=delay)
        )


def random_model(rng: np.random.Generator) -> Model:
    shape: Shape = (7,)
    kind = rng.random()
    if kind < 0.4:
        shape = tuple(int(n) for n in rng.integers(1, 5, 3) + np.array([0, 4, 4]))
    elif kind < 0.6:
        shape = (int(rng.integers(1, 5)), int(rng.integers(5, 10)))
    draft = Draft(rng, {"in": shape})
    source = "in"
    for k in range(rng.integers(1, 5)):
        source = _add_layer(draft, f"p{k}", source)
    outputs = [Output(population=source, readout=Readout.COUNT, first_step=int(rng.integers(3)))]
    if rng.random() < 0.4:
        chain = to_vector(rng, draft.shapes[source], 3)
        draft.populations.append(Population(name="end", shape=(3,), neuron=Linear()))
        draft.project("readout", (source,), "end", *chain, delay=int(rng.integers(0, 2)))
        outputs.append(Output(population="end", readout=Readout.MAX))
    return Model(
        inputs=(Input(name="in", shape=shape, low=-1.0, high=float(rng.integers(1, 4))),),
        populations=tuple(draft.populations),
        projections=tuple(draft.projections),
        outputs=tuple(outputs),
        dt_s=float(rng.choice([1e-4, 1e-3, 3e-4])),
        history=("made at random",),
    )


def _add_layer(draft: Draft, name: str, source: str) -> str:
    rng = draft.rng
    chain = random_chain(rng, draft.shapes[source])
    shape = after(chain, draft.shapes[source])
    twins = [n for n, s in draft.shapes.items() if s == draft.shapes[source] and n != source]
    sources = (source, twins[0]) if twins and rng.random() < 0.5 else (source,)
    target = f"{name}.join" if rng.random() < 0.2 else name
    delay = int(rng.integers(1, 4)) if rng.random() < 0.2 else 0
    draft.project(f"to_{name}", sources, target, *chain, delay=delay)
    if target != name:
        _add_join(draft, target, name, shape)
    if rng.random() < 0.3 and len(shape) == 1:
        far = str(rng.choice(list(draft.shapes)))
        skip = to_vector(rng, draft.shapes[far], shape[0])
        draft.project(f"skip_{name}", (far,), name, *skip, delay=int(rng.integers(0, 3)))
    if rng.random() < 0.4:
        back = (Affine(weight=rng.normal(size=(shape[0], shape[0]))),) if len(shape) == 1 else ()
        draft.project(f"loop_{name}", (name,), name, *back, delay=int(rng.integers(1, 3)))
    draft.populations.append(_population(draft, name, shape))
    draft.shapes[name] = shape
    return name


def _add_join(draft: Draft, name: str, target: str, shape: Shape) -> None:
    """A stateless population before `target`, with up to two ways to it."""
    draft.populations.append(Population(name=name, shape=shape, neuron=Linear()))
    draft.shapes[name] = shape
    for way in range(draft.rng.integers(1, 3)):
        delay = int(draft.rng.integers(0, 3))
        draft.project(f"{name}.{way}", (name,), target, delay=delay)


def _population(draft: Draft, name: str, shape: Shape) -> Population:
    rng = draft.rng

    def values(low: float, high: float) -> np.ndarray:
        wanted = (shape, (), (shape[0], *[1] * (len(shape) - 1)))[rng.integers(3)]
        return rng.uniform(low, high, wanted)

    endless = rng.random() < 0.1
    tau = np.full((), np.inf) if endless else values(3e-4, 1e-2)
    r = np.full((), np.inf) if endless else values(1.0, 9.0)
    theta = values(0.2, 1.0)
    current = {"tau_syn_s": values(3e-4, 1e-2), "w_in": values(1.0, 3.0)}
    neurons: tuple[Neuron, ...] = (
        If(r=values(1e3, 1e4), v_threshold=theta),
        Lif(tau_s=tau, r=r, v_threshold=theta, v_leak=values(0.0, 0.2)),
        CubaLif(tau_mem_s=tau, r=r, v_threshold=theta, **current),
        Threshold(threshold=theta),
        I(r=values(1e3, 1e4)),
        Li(tau_s=tau, r=r),
        CubaLi(tau_mem_s=tau, r=r, v_leak=values(0.0, 0.2), **current),
    )
    neuron = neurons[rng.choice(7, p=[0.2, 0.25, 0.25, 0.1, 0.05, 0.1, 0.05])]
    resets = isinstance(neuron, Spiking) and not isinstance(neuron, Threshold)
    return Population(
        name=name,
        shape=shape,
        neuron=neuron,
        reset=Reset(str(rng.choice(list(Reset)))) if resets else Reset.ZERO,
        v_reset=values(-0.1, 0.1) if resets else np.zeros(()),
        v0=values(-0.1, 0.1) if rng.random() < 0.3 else np.zeros(()),
        i0=values(-0.1, 0.1) if rng.random() < 0.2 else np.zeros(()),
    )
