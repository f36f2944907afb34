"""How much of its classes a released network gives away."""

from neurodeploy.audits.leak.audit import SENTENCE, LeakReport, Recovery, audit
from neurodeploy.audits.leak.options import Attack, LeakOptions, attacks_with

__all__ = ["SENTENCE", "Attack", "LeakOptions", "LeakReport", "Recovery", "attacks_with", "audit"]
