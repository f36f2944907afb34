"""Delay nodes: one length each, in whole steps."""

from collections.abc import Mapping

import numpy as np

from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.hdf5 import RawGraph, RawNode

MAX_LENGTHS = 64
"""Different delays of one node, each of which becomes a branch."""

_TOLERANCE = 1e-6
"""Of a step: what float32 seconds leave of a whole number."""


def with_plain_delays(graph: RawGraph) -> tuple[RawGraph, Findings]:
    """Return the graph with a branch for each length where a Delay differs between neurons.

    A branch is a Scale of ones and zeros and a Delay of one length; the branches are summed.
    """
    findings: list[Finding] = []
    for node in list(graph.nodes.values()):
        values = node.fields.get("delay")
        if node.kind != "Delay" or not isinstance(values, np.ndarray):
            continue
        lengths = np.unique(values)
        if 1 < len(lengths) <= MAX_LENGTHS and np.isfinite(lengths).all():
            graph = _split(graph, node, values, lengths)
            line = f"node {node.name!r} (Delay) has {len(lengths)} different delays: a branch each"
            findings.append(found(Code.SPLIT_DELAY, node.name, line))
    return graph, tuple(findings)


def delay_steps(delays: Mapping[str, float], dt_s: float) -> tuple[Mapping[str, int], Findings]:
    """Return the steps of each Delay node, and a problem for each that is no whole number."""
    findings = []
    steps = {}
    for name, seconds in delays.items():
        exact = seconds / dt_s
        steps[name] = round(exact)
        if abs(exact - steps[name]) > _TOLERANCE * max(1.0, exact):
            line = (
                f"node {name!r} (Delay): {seconds:g} s is {exact:.6g} steps of {dt_s:g} s, not a "
                "whole number; choose another --dt"
            )
            findings.append(found(Code.DELAY, name, line))
    return steps, tuple(findings)


def _split(
    graph: RawGraph,
    node: RawNode,
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    lengths: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> RawGraph:
    name = node.name
    nodes = {key: value for key, value in graph.nodes.items() if key != name}
    before = [a for a, b in graph.edges if b == name]
    after = [b for a, b in graph.edges if a == name]
    edges = [edge for edge in graph.edges if name not in edge]
    for k, length in enumerate(lengths):
        mask, wait = f"{name}.{k}.mask", f"{name}.{k}"
        own = {"scale": (values == length).astype(np.float64)}
        nodes[mask] = RawNode(name=mask, kind="Scale", fields=own)
        nodes[wait] = RawNode(name=wait, kind="Delay", fields={"delay": np.asarray(length)})
        edges += [*((a, mask) for a in before), (mask, wait), *((wait, b) for b in after)]
    return RawGraph(nodes=nodes, edges=tuple(edges), notes=graph.notes)
