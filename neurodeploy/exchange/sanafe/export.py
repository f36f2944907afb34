"""A Deployment as SANA-FE's two files, and ``export.json``: names, steps, what is not the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.exchange.sanafe.architecture import Architecture
from neurodeploy.exchange.sanafe.cores import cores_of
from neurodeploy.exchange.sanafe.dynamics import Rasters, check, format_of, replayed
from neurodeploy.exchange.sanafe.figures import figures_of
from neurodeploy.exchange.sanafe.network import Network, replays_on
from neurodeploy.hardware.hardware import Topology
from neurodeploy.program import Direct, Program
from neurodeploy.storage.atomic import new_folder

MARKER = "export.json"
VERSION = "2.2.9"
"""The SANA-FE whose files these are."""

CYCLE_MESH = (8, 4, 4)
"""Tiles along x, along y, and cores of a tile that its timing model "cycle" is built for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Both files as text.

    Parameters
    ----------
    names : SANA-FE's group names by the program's names.
    replays : populations whose spikes are replayed, not computed.
    host_core : SANA-FE's address of the core that sends the inputs, or None.
    n_steps : steps of the replayed sample; None without one.
    differences : what SANA-FE's figures hold that a report's do not, or the other way round.
    """

    architecture: str
    network: str
    deployment_digest: str
    chip: str
    names: Mapping[str, str]
    replays: tuple[str, ...]
    host_core: str | None
    n_steps: int | None
    differences: tuple[str, ...]


def export(
    deployment: Deployment, rasters: Rasters | None = None, *, replay: bool = False
) -> Export:
    """Return `deployment` in SANA-FE's form.

    Parameters
    ----------
    rasters : what the inputs and the replayed populations send in one sample, integers
        (step, neuron) by name; None writes inputs that are silent.
    replay : replay every population, whatever its dynamics.

    Raises
    ------
    DoesNotCompile
        If SANA-FE cannot express it (ND3301), the page lacks a figure (ND3302) or no core is left
        for the inputs (ND3303).
    InputError
        If populations must be replayed and there is nothing to replay (ND2901).
    """
    program, hardware, placement = deployment.program, deployment.hardware, deployment.placement
    replays = replayed(program, everything=replay)
    check(program, replays)
    formats = _formats(program)
    figures = figures_of(hardware, formats)
    if replays and rasters is None:
        raise InputError(
            "ND2901",
            f"sana-fe: {', '.join(sorted(replays))} can only replay recorded spikes; "
            "give a stimulus with --data",
        )
    senders = _senders(program)
    cores = cores_of(placement, hardware.topology, host=bool(senders))
    network = Network(
        program=program,
        placement=placement,
        cores=cores,
        senders=senders,
        replays=replays,
        rasters={} if rasters is None else rasters,
    )
    sizes = {name: int(np.prod(program.shape_of(name), dtype=np.int64)) for name in senders}
    architecture = Architecture(
        name=hardware.name,
        topology=hardware.topology,
        figures=figures,
        formats=formats,
        neurons_per_core=_neurons_per_core(deployment),
        replays_per_core=replays_on(placement, replays),
        host_replays=sum(sizes.values()),
        host=cores.host,
    )
    return Export(
        architecture=architecture.text(),
        network=network.text(),
        deployment_digest=deployment.digest,
        chip=hardware.name,
        names=network.names,
        replays=tuple(p.name for p in program.populations if p.name in replays),
        host_core=None if cores.host is None else str(cores.host),
        n_steps=None if rasters is None else max((len(r) for r in rasters.values()), default=0),
        differences=(
            *_differences(program, senders, replays, silent=rasters is None),
            *_mesh(hardware.topology),
        ),
    )


def write_export(found: Export, folder: Path) -> None:
    """Write ``arch.yaml``, ``snn.yaml`` and ``export.json`` into `folder`, replacing an older one.

    Raises
    ------
    InputError
        If `folder` exists and is something else (ND2401).
    """
    facts = {
        "schema": 1,
        "sanafe": VERSION,
        "deployment_digest": found.deployment_digest,
        "chip": found.chip,
        "groups": dict(found.names),
        "replayed": list(found.replays),
        "host_core": found.host_core,
        "n_steps": found.n_steps,
        "differences": list(found.differences),
    }
    with new_folder(folder, marker=MARKER) as temporary:
        (temporary / "arch.yaml").write_text(found.architecture)
        (temporary / "snn.yaml").write_text(found.network)
        (temporary / MARKER).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


def _formats(program: Program) -> tuple[str, ...]:
    weighted = [p for p in program.projections if not isinstance(p.operator, Direct)]
    return tuple(dict.fromkeys(format_of(p) for p in weighted))


def _senders(program: Program) -> tuple[str, ...]:
    sources = {
        s for p in program.projections if not isinstance(p.operator, Direct) for s in p.sources
    }
    return tuple(node.name for node in program.inputs if node.name in sources)


def _neurons_per_core(deployment: Deployment) -> int:
    """Return the chip's limit; where it has none, what the placement needs."""
    limit = deployment.hardware.limits.get("neurons_per_core")
    used = np.zeros(deployment.placement.n_cores, np.int64)
    for part in deployment.placement.slices:
        used[part.core] += part.size
    most = int(used.max(initial=1))
    return most if limit is None or limit.value is None else max(int(limit.value), most)


def _mesh(topology: Topology) -> tuple[str, ...]:
    """Say so where SANA-FE's "cycle" model, whose mesh is fixed, would end its process."""
    mesh = topology.mesh_width, topology.mesh_height, topology.cores_per_tile
    if mesh == CYCLE_MESH:
        return ()
    found, fixed = (f"{w} by {h} tiles of {n} cores" for w, h, n in (mesh, CYCLE_MESH))
    return (f"the chip has {found}; SANA-FE's timing model cycle works with {fixed} only",)


def _differences(
    program: Program, senders: tuple[str, ...], replays: frozenset[str], *, silent: bool
) -> list[str]:
    found = [
        "nothing wraps or saturates in SANA-FE: the spikes are the same while the report counts "
        "no current_wraps and no voltage_saturations",
        "SANA-FE has no figure for reset, host, management and static power",
        "SANA-FE counts an update wherever an input arrived, ours where it was not 0 in sum",
    ]
    if senders:
        found.append(
            f"inputs ({', '.join(senders)}) are sent from a core that costs nothing, but their "
            "messages travel: SANA-FE adds their hops, which ours does not know"
        )
    if senders and silent:
        found.append("the inputs are silent: no stimulus was given")
    if replays:
        found.append(
            f"the spikes of {', '.join(sorted(replays))} are replayed: SANA-FE charges an update "
            "only where such a neuron fires"
        )
    if any(isinstance(p.operator, Direct) for p in program.projections):
        found.append(
            "values that the host writes into neurons have no message in SANA-FE; "
            "ours counts one each that arrives"
        )
    return found
