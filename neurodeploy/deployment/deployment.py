"""`Deployment`: everything that is deployed, in memory and as a folder.

The folder holds ``deployment.json`` (all but the arrays), ``arrays.npz`` (the arrays, no pickle),
``model.nir`` (the network it came from) and what the target emits.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.deployment.host import HostDrive, InputCoding
from neurodeploy.deployment.placement import Placement
from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.errors import InputError
from neurodeploy.hardware import Hardware
from neurodeploy.model import Model
from neurodeploy.program import Program
from neurodeploy.storage.arrays import read_npz, write_npz
from neurodeploy.storage.codec import ADDED, decode, digest, encode
from neurodeploy.version import __version__

SCHEMA = 1
MARKER = "deployment.json"


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class Deployment:
    """A program placed on a chip.

    Parameters
    ----------
    target : name of the target that runs it.
    model : the float network it came from, or None.
    quantisation : what rounding did to each population, in the program's order.
    host : operators that the host computes.
    history : one line for each decision on the way here.
    versions : of what made it.
    exit_policy : when a sample may stop before its last step; None runs them all.
    """

    target: str
    program: Program
    hardware: Hardware
    placement: Placement
    coding: InputCoding = InputCoding.ENCODED
    model: Model | None = None
    quantisation: tuple[LayerQuantisation, ...] = ()
    host: tuple[HostDrive, ...] = ()
    history: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=lambda: {"neurodeploy": __version__})
    exit_policy: ExitPolicy | None = field(default=None, metadata=ADDED)

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def without_exit(self) -> "Deployment":
        """The same, running every sample to its last step."""
        return self if self.exit_policy is None else replace(self, exit_policy=None)


def write_deployment(deployment: Deployment, folder: Path) -> None:
    """Write `deployment` into an existing `folder`; the caller moves it into place."""
    data, arrays = encode(deployment)
    document = {"schema": SCHEMA, "digest": deployment.digest, "deployment": data}
    (folder / MARKER).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    write_npz(folder / "arrays.npz", arrays)


def read_deployment(folder: Path) -> Deployment:
    """Return the deployment that `write_deployment` wrote.

    Raises
    ------
    InputError
        If there is none (ND2403), or it cannot be read or was changed (ND2402).
    """
    path = folder / MARKER
    if not path.is_file():
        raise InputError(
            "ND2403", f"{folder}: holds no {MARKER}; make one with `neurodeploy compile model.nir`"
        )
    try:
        document = json.loads(path.read_text())
        schema, data, recorded = (document[key] for key in ("schema", "deployment", "digest"))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("ND2402", f"{path}: not a deployment ({error})") from error
    if schema != SCHEMA:
        raise InputError(
            "ND2402", f"{path}: schema {schema}, this version reads {SCHEMA}; compile it again"
        )
    deployment = decode(Deployment, data, read_npz(folder / "arrays.npz"), str(path))
    if deployment.digest != recorded:
        raise InputError(
            "ND2402", f"{folder}: its content does not match its digest; compile it again"
        )
    return deployment
