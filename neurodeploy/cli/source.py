"""Turn the PATH of a command into a deployment; see `toolchain.deployment_at`."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.model.nir_file import Conventions
    from neurodeploy.target import Stimulus
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples


def prepared(
    path: Path,
    target: str,
    options: "CompileOptions",
    conventions: "Conventions",
    data: "Samples",
    encoding: "Encoding | None",
) -> "tuple[Deployment, Stimulus, tuple[str, ...]]":
    """Return the deployment at `path`, its integers for `data`, and what was assumed."""
    from neurodeploy import toolchain

    deployment, assumptions = deployment_at(path, target, options, conventions, data, encoding)
    return deployment, toolchain.stimulus_of(deployment, data, encoding), assumptions


def deployment_at(
    path: Path,
    target: str,
    options: "CompileOptions",
    conventions: "Conventions",
    data: "Samples",
    encoding: "Encoding | None",
) -> "tuple[Deployment, tuple[str, ...]]":
    """Return the deployment at `path` and what was assumed to make it."""
    from neurodeploy import toolchain  # heavy, and `--help` answers without it

    return toolchain.deployment_at(path, target, options, conventions, data, encoding)
