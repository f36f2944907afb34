"""Random float networks that NIR can hold: every neuron, operator and reset, loops, joins."""

from dataclasses import dataclass, field

import numpy as np

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    CubaLif,
    Flatten,
    If,
    Input,
    Li,
    Lif,
    Linear,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    SumPool2d,
)
from neurodeploy.terms import Readout, Reset

Shape = tuple[int, ...]


@dataclass
class Draft:
    rng: np.random.Generator
    shapes: dict[str, Shape] = field(default_factory=dict)
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)


def random_model(rng: np.random.Generator) -> Model:
    image = rng.random() < 0.5
    shape = tuple(int(n) for n in rng.integers(1, 5, 3) + np.array([0, 4, 4])) if image else (7,)
    draft = Draft(rng, {"in": shape})
    source = "in"
    for k in range(rng.integers(1, 5)):
        source = _add_layer(draft, f"p{k}", source)
    outputs = [Output(population=source, readout=Readout.COUNT, first_step=int(rng.integers(3)))]
    if rng.random() < 0.4:
        chain = _to_vector(draft, draft.shapes[source], 3)
        draft.populations.append(Population(name="end", shape=(3,), neuron=Linear()))
        draft.projections.append(
            Projection(name="readout", sources=(source,), target="end", chain=chain)
        )
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
    chain = _chain(draft, draft.shapes[source])
    shape = _after(chain, draft.shapes[source])
    twins = [n for n, s in draft.shapes.items() if s == draft.shapes[source] and n != source]
    sources = (source, twins[0]) if twins and rng.random() < 0.5 else (source,)
    draft.projections.append(
        Projection(name=f"to_{name}", sources=sources, target=name, chain=chain)
    )
    if rng.random() < 0.3:
        far = str(rng.choice(list(draft.shapes)))
        if len(shape) == 1:
            skip = _to_vector(draft, draft.shapes[far], shape[0])
            delay = int(rng.integers(0, 3))
            draft.projections.append(
                Projection(
                    name=f"skip_{name}", sources=(far,), target=name, chain=skip, delay_steps=delay
                )
            )
    if rng.random() < 0.4:
        back = (Affine(weight=rng.normal(size=(shape[0], shape[0]))),) if len(shape) == 1 else ()
        draft.projections.append(
            Projection(name=f"loop_{name}", sources=(name,), target=name, chain=back, delay_steps=1)
        )
    draft.populations.append(_population(draft, name, shape))
    draft.shapes[name] = shape
    return name


def _chain(draft: Draft, shape: Shape) -> tuple[Operator, ...]:
    rng = draft.rng
    if len(shape) == 1 or min(shape[1:]) < 3 or rng.random() < 0.3:
        return _to_vector(draft, shape, int(rng.integers(2, 7)))
    groups = int(rng.choice([g for g in range(1, shape[0] + 1) if shape[0] % g == 0]))
    kernel = ((3, 3), (1, 3), (3, 1), (2, 2))[rng.integers(4)]
    n_out = groups * int(rng.integers(1, 3))
    conv = Conv2d(
        weight=rng.normal(size=(n_out, shape[0] // groups, *kernel)),
        bias=rng.normal(size=n_out) if rng.random() < 0.5 else None,
        stride=(int(rng.integers(1, 3)), 1),
        padding=(int(rng.integers(0, 2)), 1),
        dilation=(1, int(rng.integers(1, 3)) if shape[2] > 4 else 1),
        groups=groups,
    )
    pool_type = SumPool2d if rng.random() < 0.5 else AvgPool2d
    pool = pool_type(kernel=(2, 1), stride=(1, 2), padding=(0, 0))
    chains = ((conv,), (pool, conv), (pool,), (conv, pool))
    chain: tuple[Operator, ...] = chains[rng.integers(4)]
    try:
        _after(chain, shape)
    except ValueError:
        return _to_vector(draft, shape, 4)
    return chain


def _to_vector(draft: Draft, shape: Shape, n_out: int) -> tuple[Operator, ...]:
    rng = draft.rng
    n_in = int(np.prod(shape))
    bias = rng.normal(size=n_out) if rng.random() < 0.5 else None
    affine = Affine(weight=rng.normal(size=(n_out, n_in)) / np.sqrt(n_in), bias=bias)
    return (affine,) if len(shape) == 1 else (Flatten(), affine)


def _after(chain: tuple[Operator, ...], shape: Shape) -> Shape:
    for operator in chain:
        shape = operator.output_shape(shape)
    return shape


def _population(draft: Draft, name: str, shape: Shape) -> Population:
    rng = draft.rng

    def values(low: float, high: float) -> np.ndarray:
        wanted = (shape, (), (shape[0], *[1] * (len(shape) - 1)))[rng.integers(3)]
        return rng.uniform(low, high, wanted)

    tau = np.full((), np.inf) if rng.random() < 0.1 else values(3e-4, 1e-2)
    r = np.full((), np.inf) if np.isinf(tau).all() else values(1.0, 9.0)
    theta = values(0.2, 1.0)
    match rng.integers(4):
        case 0:
            neuron = If(r=values(1e3, 1e4), v_threshold=theta)
        case 1:
            neuron = Lif(tau_s=tau, r=r, v_threshold=theta, v_leak=values(0.0, 0.2))
        case 2:
            neuron = CubaLif(
                tau_syn_s=values(3e-4, 1e-2),
                tau_mem_s=tau,
                r=r,
                w_in=values(1.0, 3.0),
                v_threshold=theta,
            )
        case _:
            neuron = Li(tau_s=tau, r=r)
    silent = isinstance(neuron, Li)
    return Population(
        name=name,
        shape=shape,
        neuron=neuron,
        reset=Reset.ZERO if silent else Reset(str(rng.choice(list(Reset)))),
        v_reset=np.zeros(()) if silent else values(-0.1, 0.1),
        v0=values(-0.1, 0.1) if rng.random() < 0.3 else np.zeros(()),
        i0=values(-0.1, 0.1) if rng.random() < 0.2 else np.zeros(()),
    )
