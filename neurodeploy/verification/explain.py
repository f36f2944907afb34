"""Name the rule behind a difference: try every alternative on the first layer that differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.verification.alternatives import Alternative, Rule, alternatives_of
from neurodeploy.verification.alternatives.one_weight import FirstCurrent, one_weight
from neurodeploy.verification.arrivals import arrivals
from neurodeploy.verification.difference import Difference
from neurodeploy.verification.evidence import Evidence
from neurodeploy.verification.layer import Ints, Layer, layer_of
from neurodeploy.verification.stepper import move

_SHOWN = 3
"""Alternatives that are named where none reproduces the other recording exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An alternative, and in how many neuron-steps it still differs from the other recording."""

    rule: Rule
    says: str
    differing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Which alternatives turn one layer into what the other recording shows.

    Parameters
    ----------
    findings : likeliest first: all that reproduce it exactly, else the few that come nearest.
    differing : neuron-steps that differ by this program's own rules.
    tried : number of alternatives.
    assumed : sources that the other recording does not show, taken as equal.
    """

    population: str
    findings: tuple[Finding, ...]
    differing: int
    tried: int
    assumed: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether an alternative reproduces the other recording in everything it shows."""
        return bool(self.findings) and self.findings[0].differing == 0

    @property
    def rule(self) -> Rule | None:
        """The rule that explains the difference, or None."""
        return self.findings[0].rule if self.exact else None


def explain_difference(
    evidence: Evidence,
    difference: Difference,
    unrounded: Mapping[str, NDArray[np.float64]] | None = None,
) -> Explanation:
    """Simulate the first differing layer alone under every alternative, and say which fits.

    It hears what the other machine's layer heard, as far as that was recorded, so that nothing but
    the layer's own rules can part them. What fits one sample is tried on all of them.

    Parameters
    ----------
    unrounded : mantissas before rounding, by projection; with them, other roundings are tried.
    """
    layer = layer_of(evidence.program, difference.population, unrounded)
    bench = _bench(evidence, layer, difference.sample)
    tried = tuple(alternatives_of(layer))
    found = _findings(bench, tried)
    exact = _exact(tried, found)
    current = _first_current(difference)
    if not exact and current is not None:
        single = tuple(one_weight(layer, bench.heard, current))
        tried, found = (*tried, *single), found + _findings(bench, single)
        exact = _exact(tried, found)
    if exact:
        bench = _bench(evidence, layer, None)
        found = _findings(bench, exact)
    differing = bench.differing(layer)
    return Explanation(
        population=layer.name,
        findings=_best(found, differing),
        differing=differing,
        tried=len(tried),
        assumed=evidence.assumed(layer.name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """A layer with what it heard, and what the other machine showed of it."""

    layer: Layer
    heard: Mapping[str, Ints]
    arriving: Ints
    shown: Mapping[str, Ints]

    def differing(self, changed: Layer) -> int:
        """Return the neuron-steps in which `changed` differs from what was shown."""
        same_inputs = (
            changed.projections is self.layer.projections and changed.formats is self.layer.formats
        )
        n_samples, n_steps, _ = self.arriving.shape
        arriving = (
            self.arriving if same_inputs else arrivals(changed, self.heard, (n_samples, n_steps))
        )
        trace = move(changed, arriving)
        moved = {"spikes": trace.outputs, "u": trace.u, "v": trace.v}
        unequal = np.zeros(arriving.shape, np.bool_)
        for part, values in self.shown.items():
            unequal |= moved[part] != values
        return int(unequal.sum())


def _bench(evidence: Evidence, layer: Layer, sample: int | None) -> _Bench:
    """Return the bench for one sample, or for all of them."""
    n_samples, n_steps = evidence.extent
    kept = slice(0, n_samples) if sample is None else slice(sample, sample + 1)
    heard = evidence.heard(layer.name, sample)
    extent = (n_samples if sample is None else 1, n_steps)
    return _Bench(
        layer=layer,
        heard=heard,
        arriving=arrivals(layer, heard, extent),
        shown={
            part: values[layer.name][kept, :n_steps]
            for part, values in evidence.other.parts.items()
            if layer.name in values
        },
    )


def _exact(tried: Iterable[Alternative], found: Iterable[Finding]) -> tuple[Alternative, ...]:
    pairs = zip(tried, found, strict=True)
    return tuple(alternative for alternative, finding in pairs if finding.differing == 0)


def _first_current(difference: Difference) -> FirstCurrent | None:
    """Return the current that differs, None where none was recorded or only v differs."""
    ours, theirs = difference.reference.u, difference.other.u
    if ours is None or theirs is None or ours == theirs:
        return None
    return FirstCurrent(step=difference.step, neuron=difference.neuron, by=theirs - ours)


def _findings(bench: _Bench, tried: Iterable[Alternative]) -> list[Finding]:
    return [Finding(rule=a.rule, says=a.says, differing=bench.differing(a.layer)) for a in tried]


def _best(findings: list[Finding], differing: int) -> tuple[Finding, ...]:
    """Return what fits exactly, in the registry's order, else what comes nearest."""
    exact = tuple(f for f in findings if f.differing == 0)
    nearer = sorted((f for f in findings if f.differing < differing), key=lambda f: f.differing)
    return exact or tuple(nearer[:_SHOWN])
