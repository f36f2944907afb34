"""Recordings of programs and of programs with a fault, side by side."""

from dataclasses import replace

from neurodeploy.program import Population, Program, Projection
from neurodeploy.target import Stimulus
from neurodeploy.verification import Difference, Evidence, Explanation, Recording
from neurodeploy.verification.difference import first_difference
from neurodeploy.verification.explain import explain_difference
from neurodeploy.verification.layer import Floats
from neurodeploy.verification.recording import reference_recording


def recorded(program: Program, stimulus: Stimulus) -> Recording:
    return reference_recording(program, stimulus, lambda: None)[0]


def spikes_only(recording: Recording) -> Recording:
    return replace(recording, currents={}, voltages={})


def evidence(program: Program, stimulus: Stimulus, other: Recording) -> Evidence:
    reference = recorded(program, stimulus)
    return Evidence(program=program, stimulus=stimulus, reference=reference, other=other)


def explained(
    program: Program,
    stimulus: Stimulus,
    other: Recording,
    unrounded: dict[str, Floats] | None = None,
) -> tuple[Difference, Explanation]:
    found = evidence(program, stimulus, other)
    difference = first_difference(found)
    assert difference is not None, "the fault changed nothing"
    return difference, explain_difference(found, difference, unrounded)


def with_population(program: Program, population: Population) -> Program:
    return replace(
        program,
        populations=tuple(
            population if p.name == population.name else p for p in program.populations
        ),
    )


def with_projection(program: Program, projection: Projection) -> Program:
    return replace(
        program,
        projections=tuple(
            projection if p.name == projection.name else p for p in program.projections
        ),
    )
