"""Targets that agree are equal; one that does not is placed and explained."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

import neurodeploy
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.hardware import Hardware
from neurodeploy.model import Model
from neurodeploy.program import Conv, Dense, Program
from neurodeploy.target import Run, RunOptions, Stimulus, Violation
from neurodeploy.target.contract import Environment
from neurodeploy.terms import Reset
from neurodeploy.verification import Rule, verify
from neurodeploy.verification.unrounded import unrounded_mantissas
from neurodeploy_cpu_emu.target import TARGET


class Faulty:
    """cpu-emu, running another program than it was given."""

    name = "faulty"
    default_chip = "loihi2"
    environment: Environment | None = None

    def __init__(self, program: Program, violations: tuple[Violation, ...] = ()) -> None:
        self.program, self.found = program, violations

    def health(self) -> str | None:
        return None

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        del program, hardware
        return self.found

    def emit(self, deployment: Deployment, folder: Path) -> None:
        raise NotImplementedError

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        return TARGET.run(replace(deployment, program=self.program), stimuli, options)


@pytest.fixture
def model() -> Model:
    return dense_if_model(np.random.default_rng(3), sizes=(20, 16, 8))


@pytest.fixture
def x() -> np.ndarray:
    return input_spikes(np.random.default_rng(5), 6, 30, (20,))


def with_reset(program: Program, rule: Reset) -> Program:
    changed = tuple(replace(p, reset=rule) for p in program.populations)
    return replace(program, populations=changed)


def test_cpu_emu_equals_the_reference_in_everything(model: Model, x: np.ndarray) -> None:
    deployment = deployed(model)
    found = verify(deployment, stimulus_of(deployment, x), x, [TARGET], 4)
    (comparison,) = found.comparisons
    assert found.equal
    assert comparison.equal
    assert comparison.parts == ("spikes", "u", "v")
    assert (comparison.n_layers, comparison.n_samples, comparison.n_steps) == (2, 4, 32)
    assert (found.n_samples, found.n_samples_given) == (4, 6)


def test_accuracy_of_each_is_counted_where_there_are_labels(model: Model, x: np.ndarray) -> None:
    deployment = deployed(model)
    labels = model.simulate(x).predictions()
    stimulus = replace(stimulus_of(deployment, x), labels=labels)
    found = verify(deployment, stimulus, x, [TARGET])
    assert list(found.accuracy) == ["float", "reference", "cpu-emu"]
    assert found.accuracy["float"] == 1.0
    assert found.accuracy["reference"] == found.accuracy["cpu-emu"]


def test_a_faulty_target_is_placed_and_explained(model: Model, x: np.ndarray) -> None:
    deployment = deployed(model)
    faulty = Faulty(with_reset(deployment.program, Reset.NONE))
    found = verify(deployment, stimulus_of(deployment, x), x, [TARGET, faulty])
    assert not found.equal
    assert found.first_unequal is found.comparisons[1]
    comparison = found.comparisons[1]
    assert comparison.difference is not None
    assert comparison.explanation is not None
    assert comparison.difference.population == "p0"
    assert comparison.explanation.rule is Rule.RESET


def test_an_injected_deployment_is_compared_too(model: Model) -> None:
    values = np.repeat(np.random.default_rng(0).random((3, 1, 20)), 25, axis=1)
    deployment = deployed(model, InputCoding.INJECTED)
    found = verify(deployment, stimulus_of(deployment, values), values, [TARGET])
    assert found.equal
    assert all(drift.mismatch < 0.6 for drift in found.drift)


def test_a_target_that_refuses_is_left_out_with_its_reason(model: Model, x: np.ndarray) -> None:
    deployment = deployed(model)
    reason = Violation(where="population 'p0'", found="9", allowed="at most 8", remedy="fewer")
    found = verify(
        deployment,
        stimulus_of(deployment, x),
        x,
        [Faulty(deployment.program, (reason,)), TARGET],
    )
    assert [c.name for c in found.comparisons] == ["cpu-emu"]
    assert found.skipped == {"faulty": str(reason)}


def test_the_python_verb_takes_arrays(model: Model, x: np.ndarray) -> None:
    deployment = neurodeploy.compile(model, input_range=(0, 1))
    labels = model.simulate(x).predictions()
    found = neurodeploy.verify(deployment, x, labels, against=("cpu-emu",), n_samples=2)
    assert found.equal
    assert (found.n_samples, found.accuracy["float"]) == (2, 1.0)


def test_progress_counts_every_run(model: Model, x: np.ndarray) -> None:
    deployment, seen = deployed(model), []
    verify(
        deployment,
        stimulus_of(deployment, x),
        x,
        [TARGET],
        2,
        on_progress=lambda done, of: seen.append((done, of)),
    )
    assert seen == [(k, 6) for k in range(1, 7)]


@pytest.mark.parametrize("name", ["p0", "p1"])
def test_unrounded_weights_round_to_the_program_s(model: Model, name: str) -> None:
    deployment = deployed(model)
    (projection,) = deployment.program.projections_to(name)
    assert isinstance(projection.operator, Dense | Conv)
    wanted = unrounded_mantissas(deployment, name)[projection.name]
    np.testing.assert_array_equal(2 * np.rint(wanted / 2), projection.operator.mantissa)


@pytest.mark.parametrize(
    ("rounding", "says"),
    [
        (np.rint, "keeps odd weights of mixed signs, rounded to units"),
        (lambda w: 2 * np.floor(w / 2), "rounds its weights down to multiples of 2"),
        (lambda w: 2 * np.trunc(w / 2), "rounds its weights toward zero to multiples of 2"),
    ],
)
def test_weights_rounded_otherwise_from_the_same_model_are_named(
    model: Model, x: np.ndarray, rounding: np.ufunc, says: str
) -> None:
    deployment = deployed(model)
    program = deployment.program
    first = program.projections[0]
    wanted = unrounded_mantissas(deployment, "p0")[first.name]
    operator = Dense(mantissa=rounding(wanted).astype(np.int32))
    other = replace(
        program, projections=(replace(first, operator=operator), *program.projections[1:])
    )
    found = verify(deployment, stimulus_of(deployment, x), x, [Faulty(other)])
    explanation = found.comparisons[0].explanation
    assert explanation is not None
    assert explanation.rule is Rule.ROUNDING
    assert explanation.findings[0].says.startswith(f"projection {first.name!r} {says}")
