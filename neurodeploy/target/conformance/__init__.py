"""The suite any target must pass: seeded programs, compared with the reference bit for bit.

>>> from neurodeploy.target.conformance import cases, check_target
>>> result = check_target(TARGET, cases(seed=0))
>>> assert result.conforms, result
"""

from neurodeploy.target.conformance.case import Case
from neurodeploy.target.conformance.check import (
    ConformanceResult,
    Failure,
    check_target,
    on_one_core,
)
from neurodeploy.target.conformance.stored import as_stored
from neurodeploy.target.conformance.suite import EDGES, EXITS, KINDS, cases, random_case

__all__ = [
    "EDGES",
    "EXITS",
    "KINDS",
    "Case",
    "ConformanceResult",
    "Failure",
    "as_stored",
    "cases",
    "check_target",
    "on_one_core",
    "random_case",
]
