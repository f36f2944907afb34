"""`Mesh`: where the chip's tiles lie."""

from dataclasses import dataclass

from neurodeploy.deployment.deployment import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """A rectangle of tiles, each with some cores."""

    width: int
    height: int
    cores_per_tile: int


def mesh_of(deployment: Deployment) -> Mesh:
    """Return the mesh of a deployment's chip."""
    topology = deployment.hardware.topology
    return Mesh(
        width=topology.mesh_width,
        height=topology.mesh_height,
        cores_per_tile=topology.cores_per_tile,
    )
