"""The suite: seeded cases of every kind, and a target held against the reference on each."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from neurodeploy.program import Program
from neurodeploy.target.conformance import arithmetic, connections, edges, exits
from neurodeploy.target.conformance.case import Case, Rng, random_steps, random_stimulus
from neurodeploy.target.conformance.stored import as_stored
from neurodeploy.terms import ExitCriterion

_BUILDERS: dict[str, Callable[[Rng], Program]] = {
    "dense": connections.dense_chain,
    "sparse": connections.sparse_chain,
    "conv_geometry": connections.conv_geometry,
    "groups": connections.groups,
    "long_delays": connections.long_delays,
    "loops": connections.loops,
    "graded": connections.graded,
    "wraps": arithmetic.wraps,
    "saturation": arithmetic.saturation,
    "direct": connections.direct_relays,
    "summed_sources": connections.summed_sources,
    "resets": arithmetic.resets,
    "readout": arithmetic.readout,
    "per_neuron": arithmetic.per_neuron,
    "negative_exponents": connections.negative_exponents,
}
_EDGE_BUILDERS: dict[str, Callable[[Rng], Program]] = {
    "silent": edges.silent,
    "ties": edges.ties,
    "extremes": edges.extremes,
}
_EXIT_BUILDERS: dict[str, Callable[[Rng], Program]] = {
    f"exit_{criterion}": exits.exit_chain for criterion in ExitCriterion
}
_ALL = {**_BUILDERS, **_EDGE_BUILDERS, **_EXIT_BUILDERS}

KINDS = tuple(_BUILDERS)
"""Kinds of random programs that spike."""

EDGES = tuple(_EDGE_BUILDERS)
"""Kinds made for one edge each."""

EXITS = tuple(_EXIT_BUILDERS)
"""Kinds of programs that may stop early, one a rule; each other seed judges the mean."""


def random_case(kind: str, seed: int) -> Case:
    """Return case `seed` of `kind`; equal arguments give equal cases."""
    rng = np.random.default_rng([list(_ALL).index(kind), seed])
    program = _ALL[kind](rng)
    n_steps = random_steps(rng, program)
    stimulus = {node.name: random_stimulus(rng, node, n_steps) for node in program.inputs}
    case = Case(kind=kind, seed=seed, program=program, stimulus=stimulus, n_steps=n_steps)
    return exits.with_policy(case) if kind in EXITS else case


def cases(
    seed: int = 0,
    kinds: Sequence[str] = (*KINDS, *EDGES, *EXITS),
    *,
    n_each: int = 4,
    stored: bool = False,
) -> Iterator[Case]:
    """Yield `n_each` cases of each of `kinds`, seeded from `seed` on.

    Parameters
    ----------
    stored : with weights as a core keeps them, for a target that refuses others.
    """
    for kind in kinds:
        for k in range(n_each):
            case = random_case(kind, seed + k)
            if stored:
                case = as_stored(case)
                case = exits.with_policy(case) if kind in EXITS else case
            yield case
