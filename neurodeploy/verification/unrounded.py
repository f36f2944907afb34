"""The mantissas that a deployment's model asks for, before they were rounded."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.lowering.drive import Drive, drives_of
from neurodeploy.lowering.fuse import as_dense
from neurodeploy.lowering.normal_form import normal_form
from neurodeploy.model.join import without_joins
from neurodeploy.program import Conv, Dense, Direct, Projection, Sparse

Floats = NDArray[np.float64]


def unrounded_mantissas(deployment: Deployment, name: str) -> Mapping[str, Floats]:
    """Return, by projection into population `name`, its weights in units of its mantissas.

    Shaped like the mantissas. Projections that the model does not have are left out; so is
    everything where the deployment keeps no model.
    """
    vth = {q.population: q.vth for q in deployment.quantisation}.get(name)
    if deployment.model is None or vth is None:
        return {}
    model = without_joins(deployment.model)
    host = frozenset(drive.projection for drive in deployment.host)
    form = normal_form(model.population(name), model.dt_s)
    drives = {drive.name: drive for drive in drives_of(model, name, form, host)[0]}
    found = {
        p.name: (p.operator.mantissa.shape, _mantissas(p, drives[p.name], vth))
        for p in deployment.program.projections_to(name)
        if p.name in drives and not isinstance(p.operator, Direct)
    }
    # A deployment of another version may have fused the same chain into another operator.
    return {key: wanted for key, (shape, wanted) in found.items() if wanted.shape == shape}


def _mantissas(projection: Projection, drive: Drive, vth: int) -> Floats:
    """Return the drive's weights as `lowering.round.round_drive` scales them."""
    fused = drive.fused if drive.fused.weight is not None else as_dense(drive.fused)
    assert fused.weight is not None
    wanted = fused.weight * vth / 2.0**projection.weight_exp
    match projection.operator:
        case Dense() | Conv():
            return wanted
        case Sparse() as operator:
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            listed: Floats = wanted[operator.targets, sources]
            return listed
        case Direct():
            raise AssertionError("a direct projection has no weights")
