"""The networks that are measured: trained ones on real data, and drawn ones of real sizes."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import samples_of
from neurodeploy.frontends.snntorch import from_snntorch
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.model.nir_file import Conventions
from neurodeploy.placement.place import place
from neurodeploy.program import Conv, Dense, Input, Output, Population, Program, Projection, Sparse
from neurodeploy.program.operator import Operator
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout, Reset
from tools.bench.data import mnist, model_file, nmnist
from tools.bench.trained import BETA, coded, weights
from tools.bench.work import Work

CACHE = Path("build/bench")
MNIST_STEPS = 25


def mnist_work(toy: bool, chip: str = "loihi2", reset: str = "subtract") -> Work:
    """784-1000-10 LIF on MNIST digits, 25 steps."""
    import snntorch
    import torch

    layers: list[torch.nn.Module] = []
    for k, weight in enumerate(weights(CACHE / "mnist.npz")):
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        linear.weight.data = torch.from_numpy(weight)
        layers += [
            linear,
            snntorch.Leaky(beta=BETA, init_hidden=True, output=k == 1, reset_mechanism=reset),
        ]
    model = from_snntorch(torch.nn.Sequential(*layers).eval(), (784,))
    options = toolchain.CompileOptions(chip=chip, coding=InputCoding.ENCODED)
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    images, labels = mnist("t10k", 128 if toy else 2048)
    x = {deployment.program.inputs[0].name: coded(images, MNIST_STEPS, seed=1)}
    return Work(
        name="mnist",
        title="784-1000-10 LIF on MNIST digits, 25 steps",
        deployment=deployment,
        stimulus=Stimulus(x=x, labels=labels),
    )


def scnn_work(toy: bool) -> Work:
    """The NIR paper's SCNN on N-MNIST, 300 steps of 1 ms, reset to zero as its file says."""
    path = model_file("cnn_sinabs.nir")
    conventions = Conventions(dt_s=None, reset=Reset.ZERO, if_gain="unit")
    model, _ = toolchain.load(path, conventions)
    options = toolchain.CompileOptions(chip="loihi2", input_range=(0, 3))
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    frames, labels = nmnist(2 if toy else 32)
    stimulus = toolchain.stimulus_of(deployment, samples_of(frames, labels, "N-MNIST"))
    return Work(
        name="scnn",
        title="SCNN of the NIR paper on N-MNIST, 300 steps",
        deployment=deployment,
        stimulus=stimulus,
    )


def braille_work(toy: bool) -> Work:
    """The NIR paper's recurrent Braille network: 12 inputs, 38 recurrent neurons, 7 outputs."""
    conventions = Conventions(dt_s=None, reset=Reset.ZERO, if_gain="unit")
    model, _ = toolchain.load(model_file("braille_noDelay_bias_zero.nir"), conventions)
    options = toolchain.CompileOptions(chip="loihi2", coding=InputCoding.ENCODED)
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    return _drawn_input(
        "braille", "recurrent Braille network, 256 steps", deployment, 256, 0.1, toy
    )


def pilotnet_work(toy: bool) -> Work:
    """Convolutions of PilotNet's sizes on 3 x 66 x 200 (Bojarski et al. 2016), weights drawn."""
    rng = np.random.default_rng(2)
    chain = [(24, 5, 2), (36, 5, 2), (48, 5, 2), (64, 3, 1), (64, 3, 1)]
    program = _chain(rng, (3, 66, 200), chain, (100, 50, 10))
    deployment = _placed(program, "ideal")
    return _drawn_input(
        "pilotnet", "PilotNet's sizes, weights drawn, 16 steps", deployment, 16, 0.1, toy
    )


def resnet_work(toy: bool) -> Work:
    """Nineteen convolutions of ResNet-20's sizes for CIFAR-10 (He et al. 2016), weights drawn."""
    rng = np.random.default_rng(3)
    stages = ((16, 1), (32, 2), (64, 2))
    chain = [(16, 3, 1)]
    chain += [(n, 3, stride if k == 0 else 1) for n, stride in stages for k in range(6)]
    program = _chain(rng, (3, 32, 32), chain, (10,))
    deployment = _placed(program, "ideal")
    return _drawn_input(
        "resnet20", "ResNet-20's sizes, weights drawn, 16 steps", deployment, 16, 0.1, toy
    )


def dense_work(toy: bool) -> Work:
    """4096-4096-10, weights drawn, on the chip without limits."""
    rng = np.random.default_rng(4)
    size = 256 if toy else 4096
    program = _chain(rng, (size,), [], (size, 10))
    return _drawn_input(
        "dense", "4096-4096-10, weights drawn, 25 steps", _placed(program, "ideal"), 25, 0.06, toy
    )


def sparse_work(toy: bool) -> Work:
    """A million recurrent neurons with ten synapses each, kept going by an input to a tenth."""
    rng = np.random.default_rng(5)
    size, degree = (5_000 if toy else 1_000_000), 10

    def drawn(n_in: int) -> Sparse:
        indptr = np.arange(n_in + 1, dtype=np.int64) * degree
        targets = np.sort(rng.integers(0, size, (n_in, degree), np.int32), axis=1).ravel()
        mantissa = rng.integers(-60, 61, n_in * degree, dtype=np.int32) * 2
        return Sparse(n_out=size, indptr=indptr, targets=targets, mantissa=mantissa)

    population = Population(name="p", shape=(size,), du=4095, dv=400, vth=120)
    program = Program(
        inputs=(Input(name="in", shape=(size // 10,), high=1),),
        populations=(population,),
        projections=(
            Projection(name="in_p", sources=("in",), target="p", operator=drawn(size // 10)),
            Projection(name="p_p", sources=("p",), target="p", operator=drawn(size), delay_steps=1),
        ),
        outputs=(Output(population="p", readout=Readout.COUNT),),
    )
    return _drawn_input(
        "sparse",
        "1,000,000 neurons, ten synapses each, 20 steps",
        _placed(program, "ideal"),
        20,
        0.1,
        True,
    )


def _chain(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    convolutions: list[tuple[int, int, int]],
    sizes: tuple[int, ...],
) -> Program:
    """Return convolutions (channels, kernel, stride), then dense layers, of LIF neurons."""
    populations: list[Population] = []
    projections: list[Projection] = []
    source, entry = "in", shape
    for n_channels, kernel, stride in convolutions:
        geometry = ConvGeometry(
            input_shape=(shape[0], shape[1], shape[2]),
            out_channels=n_channels,
            kernel=(kernel, kernel),
            stride=(stride, stride),
            padding=(kernel // 2, kernel // 2),
        )
        conv = Conv(mantissa=_mantissa(rng, geometry.weight_shape), geometry=geometry)
        shape = geometry.output_shape
        source = _join(populations, projections, source, conv, shape)
    for size in sizes:
        dense = Dense(mantissa=_mantissa(rng, (size, int(np.prod(shape)))))
        shape = (size,)
        source = _join(populations, projections, source, dense, shape)
    return Program(
        inputs=(Input(name="in", shape=entry, high=1),),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population=source, readout=Readout.COUNT),),
    )


def _mantissa(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int32]:
    return rng.integers(-60, 61, shape, dtype=np.int32) * 2


def _join(
    populations: list[Population],
    projections: list[Projection],
    source: str,
    operator: Dense | Conv,
    shape: tuple[int, ...],
) -> str:
    name = f"layer{len(populations) + 1}"
    rng = np.random.default_rng(len(populations))
    fan_in = operator.mantissa[0].size
    vth = int(60 * np.sqrt(fan_in))
    # A bias that alone would fire most neurons keeps deep layers at about a tenth.
    bias = (rng.uniform(0.05, 0.15, shape) * vth).astype(np.int32)
    populations.append(
        Population(name=name, shape=shape, du=4095, dv=400, vth=vth, bias_mant=bias, bias_exp=6)
    )
    kept: Operator = operator
    projections.append(
        Projection(name=f"{source}_{name}", sources=(source,), target=name, operator=kept)
    )
    return name


def _placed(program: Program, chip: str) -> Deployment:
    hardware = load_chip(chip)
    return Deployment(
        target="cpu-emu", program=program, hardware=hardware, placement=place(program, hardware)
    )


def _drawn_input(
    name: str, title: str, deployment: Deployment, n_steps: int, rate: float, toy: bool
) -> Work:
    rng = np.random.default_rng(1)
    (node,) = deployment.program.inputs
    shape = (2 if toy else 16, n_steps, *node.shape)
    x = (rng.random(shape, np.float32) < rate).astype(np.uint8)
    return Work(name=name, title=title, deployment=deployment, stimulus=Stimulus(x={node.name: x}))


WORKS = {
    "mnist": mnist_work,
    "scnn": scnn_work,
    "braille": braille_work,
    "pilotnet": pilotnet_work,
    "resnet20": resnet_work,
    "dense": dense_work,
    "sparse": sparse_work,
}
