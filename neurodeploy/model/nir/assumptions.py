"""Which conventions a file is read with, and who said so."""

from collections.abc import Iterable
from dataclasses import replace

from neurodeploy.model.neuron import CubaLif, If, Lif
from neurodeploy.model.nir.build import Parts
from neurodeploy.model.nir.conventions import DEFAULT_DT_S, Conventions, is_leaky
from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.notes import Notes


def time_step(conventions: Conventions, notes: Notes | None) -> float:
    """Return dt: the user's, else the file's, else the default."""
    if conventions.dt_s is not None:
        return conventions.dt_s
    return DEFAULT_DT_S if notes is None else notes.dt_s


def applicable(conventions: Conventions, notes: Notes | None) -> tuple[Conventions, Findings]:
    """Return the conventions without those that a file with our metadata has settled."""
    settled = replace(conventions, if_gain=None, discretisation=None, gain=None)
    if notes is None or settled == conventions:
        return conventions, ()
    line = "leaks and gains are those of a step already: neurodeploy wrote the file"
    return settled, (found(Code.IN_STEPS, "", line),)


def assumed(conventions: Conventions, notes: Notes | None, parts: Parts) -> Findings:
    """Return a finding for each convention that neither the user nor the file gives."""
    lines: list[Finding] = []

    def assume(code: Code, message: str, where: str = "") -> None:
        lines.append(found(code, where, message))

    if conventions.dt_s is None and notes is None:
        assume(Code.DT, f"dt is {DEFAULT_DT_S:g} s: the file does not say (--dt)")
    noted = set() if notes is None else {entry.name for entry in notes.populations}
    spiking = [n for n, neuron in parts.neurons.items() if isinstance(neuron, If | Lif | CubaLif)]
    unnoted = [name for name in spiking if name not in noted]
    if conventions.reset is None and unnoted:
        of = "" if len(unnoted) == len(spiking) else f" of {', '.join(unnoted)}"
        message = f"reset{of} is to v_reset (zero): the file does not say (--reset)"
        assume(Code.RESET, message, ", ".join(unnoted))
    if conventions.if_gain is None and notes is None and _has_if(parts):
        message = "IF integrates v += dt r x (spec): the file does not say (--if-gain)"
        assume(Code.IF_GAIN, message)
    if conventions.discretisation is None and notes is None and _has_leak(parts):
        message = "a leak is dt / tau (euler): the file does not say (--discretisation)"
        assume(Code.DISCRETISATION, message)
    known = set() if notes is None else {entry.name for entry in notes.inputs}
    for name in parts.inputs:
        if name not in known:
            message = f"input {name!r} has values in 0..1: the file does not say"
            assume(Code.INPUT_RANGE, message, name)
    return tuple(lines)


def said(conventions: Conventions, notes: Notes | None, parts: Parts) -> Iterable[str]:
    """Yield a line for each convention that the user gives, for the history."""
    if conventions.dt_s is not None and (notes is None or conventions.dt_s != notes.dt_s):
        instead = "" if notes is None else f" instead of the file's {notes.dt_s:g} s"
        yield f"dt is {conventions.dt_s:g} s{instead} (--dt)"
    if conventions.reset is not None:
        yield f"reset is {conventions.reset} (--reset)"
    if conventions.if_gain is not None and _has_if(parts):
        form = "v += r x" if conventions.if_gain == "unit" else "v += dt r x"
        yield f"IF integrates {form} (--if-gain {conventions.if_gain})"
    if conventions.discretisation is not None and _has_leak(parts):
        form = "dt / tau" if conventions.discretisation == "euler" else "1 - exp(-dt / tau)"
        yield f"a leak is {form} (--discretisation {conventions.discretisation})"
    if conventions.gain is not None and _has_leak(parts):
        yield f"the gain of leaky neurons is {conventions.gain}"


def _has_if(parts: Parts) -> bool:
    return any(isinstance(neuron, If) for neuron in parts.neurons.values())


def _has_leak(parts: Parts) -> bool:
    return any(is_leaky(neuron) for neuron in parts.neurons.values())
