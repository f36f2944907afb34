"""What attacks leave of a network, and what a network gives away. Needs the extra `train`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.model import Model

if TYPE_CHECKING:
    from neurodeploy.audits.attacks.evaluate import Evaluation
    from neurodeploy.audits.attacks.protocol import Protocol
    from neurodeploy.audits.leak import LeakOptions, LeakReport


def attack(
    attacked: Model | Deployment,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    encoding: Encoding | None = None,
    protocol: "Protocol | str | Path" = "ensemble",
    others: Mapping[str, Model] | None = None,
) -> "Evaluation":
    """Carry `protocol` out on a network, or on a deployment's network and its integers.

    Parameters
    ----------
    protocol : one, the name of one that ships, or the path of a .toml file.
    others : networks for black-box attacks, by name.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.audits.attacks.deployed import evaluate_deployment
        from neurodeploy.audits.attacks.evaluate import evaluate
        from neurodeploy.audits.attacks.protocol_file import read_protocol
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = read_protocol(protocol) if isinstance(protocol, str | Path) else protocol
    samples = samples_of(x, labels, "x")
    if isinstance(attacked, Deployment):
        return evaluate_deployment(attacked, samples, encoding, chosen, others=others)
    return evaluate(attacked, samples, encoding, chosen, others=others)


def leak(
    model: Model,
    judge: Model,
    x: NDArray[Any],
    labels: NDArray[Any],
    *,
    public: tuple[NDArray[Any], NDArray[Any]] | None = None,
    members: tuple[NDArray[Any], NDArray[Any]] | None = None,
    options: "LeakOptions | None" = None,
) -> "LeakReport":
    """Attack a released `model` and let `judge` say what was recovered; see `audits.leak.audit`.

    Parameters
    ----------
    public, members : values and labels; without `public` only attacks that need none are made.

    Raises
    ------
    TargetUnavailable
        If torch is not installed (ND4003).
    """
    try:
        from neurodeploy.audits.leak import LeakOptions, attacks_with, audit
    except ImportError as error:
        raise toolchain.missing_extra(error, "train") from error
    chosen = options or LeakOptions(attacks=attacks_with(public is not None))
    return audit(
        model,
        judge,
        samples_of(x, labels, "x"),
        chosen,
        public=None if public is None else samples_of(*public, "public"),
        members=None if members is None else samples_of(*members, "members"),
    )
