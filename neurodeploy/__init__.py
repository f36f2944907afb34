"""Deploy spiking neural networks: integers for neuromorphic chips, and what they cost.

>>> import neurodeploy
>>> model = neurodeploy.load("model.nir")
>>> deployment = neurodeploy.compile(model, target="cpu-emu", chip="loihi2")
>>> report = neurodeploy.profile(deployment, x, labels)
>>> neurodeploy.check(report, "budget.toml").passed

The verbs are imported when first used, so that ``import neurodeploy`` costs nothing.
"""

from typing import TYPE_CHECKING, Any

from neurodeploy.version import __version__ as __version__

if TYPE_CHECKING:
    from neurodeploy.api import (
        attack,
        calibrate_exit,
        check,
        compile,  # noqa: A004
        compress,
        convert,
        decide,
        harden,
        leak,
        load,
        load_deployment,
        pilot,
        profile,
        protect,
        read_report,
        run,
        save,
        train,
        verify,
    )

__all__ = [
    "attack",
    "calibrate_exit",
    "check",
    "compile",
    "compress",
    "convert",
    "decide",
    "harden",
    "leak",
    "load",
    "load_deployment",
    "pilot",
    "profile",
    "protect",
    "read_report",
    "run",
    "save",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:  # the lazy door
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from neurodeploy import api

    return getattr(api, name)
