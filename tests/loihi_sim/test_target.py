"""Whole deployments: Lava's runs and reports are those of cpu-emu, but for the target's name."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support import lava
from support.models import dense_if_model, input_spikes
from support.nmnist import load_frames
from support.shared import folder

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import TargetFailed
from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.frontends.samples import Samples, samples_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions
from neurodeploy.program import Dense, Input, Population, Program, Projection
from neurodeploy.report.json_file import as_json
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.terms import Reset
from neurodeploy_loihi_sim import target as loihi_sim
from neurodeploy_loihi_sim.target import TARGET

TARGETS = ("cpu-emu", "loihi-sim")
NAMED = {"target", "deployment_digest"}  # a deployment's digest covers its target's name


def deployments(model: Model, input_range: tuple[float, float] | None = None) -> list[Deployment]:
    lava.lava_python()
    options = toolchain.CompileOptions(chip="loihi2", input_range=input_range)
    return [toolchain.compile_network(model, name, options) for name in TARGETS]


def both(
    model: Model,
    samples: Samples,
    input_range: tuple[float, float] | None = None,
    *,
    states: bool = False,
) -> list[Run]:
    """The runs of both targets."""
    runs = []
    for deployment in deployments(model, input_range):
        stimulus = toolchain.stimulus_of(deployment, samples)
        names = (p.name for p in deployment.program.populations)
        record = frozenset(names) if states else frozenset()
        runs.append(
            toolchain.run(deployment, stimulus, RunOptions(record=record, fidelity=Fidelity.L3))
        )
    return runs


@cache
def recordings() -> Samples:
    frames, labels = load_frames(5)
    return samples_of(frames.astype(np.uint8), labels.astype(np.int64), "N-MNIST")


def scnn(reset: Reset) -> Model:
    path = folder("models") / "nir" / "cnn_sinabs.nir"
    return toolchain.load_model(path, Conventions(dt_s=None, reset=reset, if_gain="unit"))[0]


def test_report_of_the_demo_network_differs_in_the_targets_name_only() -> None:
    model, _ = toolchain.load_model(DEMO_NETWORK)
    test = load_digits().test
    samples = samples_of(rate(test.x[:100], N_STEPS, CODING_SEED), test.y[:100], "digits")
    reports = []
    for deployment in deployments(model):
        stimulus = toolchain.stimulus_of(deployment, samples)
        reports.append(as_json(toolchain.profile(deployment, stimulus)))
    ours, lavas = reports
    assert {key for key in ours if ours[key] != lavas[key]} == NAMED
    assert ours["metrics"]["spikes"]["value"] > 0


def test_golden_scnn_on_five_recordings_equals_cpu_emu() -> None:
    ours, lavas = both(scnn(Reset.ZERO), recordings(), (0, 3))
    assert ours.digest == lavas.digest
    assert all(count.sum() > 100 for count in ours.spikes_per_neuron.values())


@pytest.mark.parametrize("reset", [Reset.ZERO, Reset.SUBTRACT])
def test_golden_scnn_keeps_u_and_v_for_sixty_steps(reset: Reset) -> None:
    given = recordings()
    one = replace(given, x=given.x[:1, :60], y=None)
    ours, lavas = both(scnn(reset), one, (0, 3), states=True)
    assert set(lavas.voltages) == {"1", "3", "6", "10", "12"}
    assert ours.digest == lavas.digest


def test_golden_braille_graph_equals_cpu_emu() -> None:
    path = folder("models") / "nir" / "braille_noDelay_bias_zero.nir"
    model, _ = toolchain.load_model(path)
    rng = np.random.default_rng(2)
    x = input_spikes(rng, 3, 60, model.inputs[0].shape).astype(np.uint8)
    ours, lavas = both(model, samples_of(x, None, "random spikes"), states=True)
    assert ours.digest == lavas.digest
    assert all(count.any() for count in ours.spikes_per_neuron.values())


def small() -> tuple[Deployment, Stimulus]:
    model = dense_if_model(np.random.default_rng(0), sizes=(6, 5, 4))
    _, deployment = deployments(model)
    x = input_spikes(np.random.default_rng(1), 7, 12, (6,)).astype(np.uint8)
    return deployment, toolchain.stimulus_of(deployment, samples_of(x, None, "random spikes"))


def test_several_jobs_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, stimulus = small()
    record = frozenset({"p0"})
    whole = toolchain.run(deployment, stimulus, RunOptions(record=record))
    monkeypatch.setattr(loihi_sim, "BATCH_BYTES", 10_000)
    n_steps = whole.n_steps
    assert loihi_sim.samples_a_job(deployment.program, n_steps, len(record)) == 3
    assert toolchain.run(deployment, stimulus, RunOptions(record=record)).digest == whole.digest


def test_several_stimuli_give_a_run_each_in_order() -> None:
    deployment, stimulus = small()
    halves = [
        Stimulus(x={name: x[part] for name, x in stimulus.x.items()})
        for part in (slice(3), slice(3, 7))
    ]
    runs = list(TARGET.run(deployment, halves, RunOptions()))
    assert [run.n_samples for run in runs] == [3, 4]
    whole = merge(list(TARGET.run(deployment, [stimulus], RunOptions())))
    assert merge(runs).digest == whole.digest


def test_progress_counts_samples_and_may_cancel() -> None:
    deployment, stimulus = small()
    seen: list[int] = []
    list(TARGET.run(deployment, [stimulus], RunOptions(on_progress=seen.append)))
    assert seen == sorted(seen)
    assert seen[-1] == stimulus.n_samples

    def cancel(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(TARGET.run(deployment, [stimulus], RunOptions(on_progress=cancel)))


def test_time_limit_of_the_options_ends_the_run() -> None:
    deployment, stimulus = small()
    with pytest.raises(TargetFailed) as caught:
        list(TARGET.run(deployment, [stimulus], RunOptions(time_limit_s=0.2)))
    assert caught.value.code == "ND5103"


def test_stimulus_outside_the_declared_range_is_refused() -> None:
    deployment, stimulus = small()
    loud = Stimulus(x={name: x * 3 for name, x in stimulus.x.items()})
    with pytest.raises(
        ValueError, match=r"^input 'input' declares 0\.\.1, its stimulus has 0\.\.3$"
    ):
        list(TARGET.run(deployment, [loud], RunOptions()))


def test_populations_without_a_wire_between_them_run_too() -> None:
    weights = Dense(mantissa=np.full((2, 3), 30, np.int32))
    program = Program(
        inputs=(Input(name="in", shape=(3,)),),
        populations=(
            Population(name="alone", shape=(4,), du=4095, dv=5, vth=90, bias_mant=700),
            Population(name="fed", shape=(2,), du=4095, dv=5, vth=90),
        ),
        projections=(Projection(name="w", sources=("in",), target="fed", operator=weights),),
        outputs=(),
    )
    x = {"in": np.ones((2, 30, 3), np.int32)}
    network = lava.network(program, x, 30)
    assert len(network.layout.heads) == 2
    (found,) = lava.computed([network])
    lava.assert_equals_reference(program, x, 30, found)
