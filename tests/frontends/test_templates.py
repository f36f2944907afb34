"""Templates lower, are NIR, equal their twins, and learn."""

from pathlib import Path

import nir
import numpy as np
import pytest

from neurodeploy import toolchain
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.frontends.samples import samples_of
from neurodeploy.frontends.templates import (
    TEMPLATES,
    Kind,
    TemplateOptions,
    TemplateReadout,
    make,
)
from neurodeploy.model import Model, Spiking
from neurodeploy.terms import Readout, Reset

ALL = [(name, kind) for name in TEMPLATES for kind in Kind]


def options(
    kind: Kind = Kind.LIF,
    shape: tuple[int, ...] = (1, 28, 28),
    readout: TemplateReadout = TemplateReadout.INTEGRATOR,
    reset: Reset = Reset.ZERO,
    hidden: tuple[int, ...] | None = None,
    seed: int = 0,
) -> TemplateOptions:
    return TemplateOptions(
        input_shape=shape,
        n_classes=10,
        neuron=kind,
        readout=readout,
        reset=reset,
        hidden=hidden,
        seed=seed,
    )


def small(name: str, kind: Kind = Kind.LIF) -> Model:
    hidden = {"mlp": (24,), "recurrent": (24,)}.get(name, (6, 8, 24))
    return make(name, options(kind, (1, 8, 8), hidden=hidden))


@pytest.mark.parametrize("chip", ["loihi2", "loihi1"])
@pytest.mark.parametrize(("name", "kind"), ALL)
def test_every_template_fits_a_chip(name: str, kind: Kind, chip: str) -> None:
    deployment = toolchain.compile_network(
        make(name, options(kind)), "cpu-emu", toolchain.CompileOptions(chip=chip)
    )
    assert deployment.placement.n_cores >= 1


def test_subtracting_neurons_fit_loihi2_and_are_refused_by_loihi1() -> None:
    model = make("mlp", options(reset=Reset.SUBTRACT))
    for chip, refused in (("loihi2", False), ("loihi1", True)):
        choice = toolchain.CompileOptions(chip=chip)
        if refused:
            with pytest.raises(DoesNotCompile, match="subtract"):
                toolchain.compile_network(model, "cpu-emu", choice)
        else:
            toolchain.compile_network(model, "cpu-emu", choice)


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_the_file_gives_the_network_back_and_nir_reads_it(
    name: str, kind: Kind, tmp_path: Path
) -> None:
    model = make(name, options(kind))
    toolchain.write_nir(model, tmp_path / "model.nir")
    assert toolchain.load_model(tmp_path / "model.nir")[0].digest == model.digest
    assert nir.read(tmp_path / "model.nir").nodes["classes"] is not None


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_no_layer_is_silent_or_always_on_before_training(name: str, kind: Kind) -> None:
    model = make(name, options(kind))
    x = (np.random.default_rng(0).random((3, 6, 1, 28, 28)) < 0.3).astype(float)
    spikes = model.simulate(x).spikes
    for population in model.populations:
        if isinstance(population.neuron, Spiking):
            rate = spikes[population.name].sum() / (3 * 6 * population.size)
            assert 0.02 < rate < 0.5, population.name


def test_equal_seeds_draw_equal_weights() -> None:
    for name in TEMPLATES:
        digests = [make(name, options(seed=seed)).digest for seed in (1, 1, 2)]
        assert digests[0] == digests[1] != digests[2]


def test_spikes_can_be_read_instead_of_a_voltage() -> None:
    model = make("mlp", options(readout=TemplateReadout.SPIKES))
    assert model.outputs[0].readout is Readout.COUNT
    assert isinstance(model.population("classes").neuron, Spiking)


def test_conv_is_the_network_of_the_pilots() -> None:
    shapes = [p.shape for p in make("conv", options()).populations]
    assert shapes == [(16, 14, 14), (32, 7, 7), (128,), (10,)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_twin_equals_the_simulator(name: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
    from neurodeploy.learning.twin import Twin

    for kind in Kind:
        model = small(name, kind)
        x = np.random.default_rng(1).random((4, 6, 1, 8, 8))
        names = [p.name for p in model.populations if isinstance(p.neuron, Spiking)]
        simulated = model.simulate(x, record=names)
        with torch.no_grad():
            trace = Twin(model, dtype=torch.float64)(torch.from_numpy(x))
        for layer in names:
            ours = trace.outputs[layer].transpose(0, 1).numpy()
            np.testing.assert_array_equal(ours, simulated.rasters[layer])
        assert simulated.spikes[names[-1]].sum() > 0


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_few_epochs_lower_the_loss(name: str) -> None:
    """Four classes of images, each a bright quarter; a loss of log 10 is that of guessing."""
    pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
    from neurodeploy.frontends.samples import Encoding
    from neurodeploy.learning.data import split
    from neurodeploy.learning.options import Optimiser, TrainOptions
    from neurodeploy.learning.train import train

    rng = np.random.default_rng(2)
    y = rng.integers(0, 4, 120)
    x = rng.random((120, 1, 8, 8)) * 0.3
    for k, label in enumerate(y):
        row, column = divmod(int(label), 2)
        x[k, 0, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 0.7
    parts = split(samples_of(x, y, "toy"), Encoding(coder="direct", n_steps=5), 0.2, 0)
    choice = TrainOptions(
        epochs=8, batch_size=20, optimiser=Optimiser.ADAMW, learning_rate=1e-2, seed=0
    )
    epochs = train(small(name), parts, choice).epochs
    assert epochs[-1].loss < 0.6 * epochs[0].loss
    assert epochs[-1].validation_accuracy > 0.6


@pytest.mark.parametrize(
    ("name", "choice", "message"),
    [
        ("lenet", {}, "no template is called 'lenet', there are mlp, conv, vgg, resnet, recurrent"),
        (
            "conv",
            {"shape": (64,)},
            "conv: the input is 64, expected channels x height x width, e.g. 1x28x28; for other "
            "inputs take mlp or recurrent",
        ),
        (
            "vgg",
            {"shape": (1, 3, 8)},
            "vgg: the input is 1x3x8, an image needs at least 4 x 4 pixels; for smaller ones "
            "take mlp",
        ),
        (
            "resnet",
            {"hidden": (8, 8)},
            "resnet: 2 hidden sizes given, expected 3: channels of two blocks, neurons of a dense "
            "layer, e.g. 16,32,128",
        ),
        (
            "mlp",
            {"hidden": ()},
            "mlp: 0 hidden sizes given, expected at least one: neurons of each layer, e.g. 128",
        ),
    ],
)
def test_what_does_not_fit_is_refused(name: str, choice: dict, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        make(name, options(**choice))
    assert (refusal.value.code, refusal.value.problems) == ("ND2611", (message,))


def test_senseless_options_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        TemplateOptions(input_shape=(0, 4), n_classes=1, leak=1.5, current_leak=0.0, dt_s=0.0)
    assert refusal.value.problems == (
        "the input is 0x4, expected sizes of at least 1",
        "the number of classes is 1, expected at least 2",
        "the leak is 1.5, expected above 0 and at most 1",
        "the leak of the current is 0, expected above 0 and at most 1",
        "the step is 0 s, expected more than 0 s",
    )


def test_a_wide_readout_asks_for_calibration_data() -> None:
    model = make("mlp", options(hidden=(4000,)))
    with pytest.raises(DoesNotCompile, match="rounds to 0") as refusal:
        toolchain.compile_network(model, "cpu-emu", toolchain.CompileOptions())
    assert refusal.value.problems[0].endswith(
        "of the threshold; room is kept for the largest sum that so many inputs can add up to: "
        "compile it with calibration data (--data), whose sums are smaller"
    )
    x = (np.random.default_rng(0).random((4, 6, 1, 28, 28)) < 0.2).astype(np.uint8)
    calibration = (samples_of(x, None, "x"), None)
    toolchain.compile_network(model, "cpu-emu", toolchain.CompileOptions(), calibration)
