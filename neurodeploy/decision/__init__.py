"""One report of one deployment: does it do what was asked, what it costs, what is not known."""

from neurodeploy.decision.decide import decide
from neurodeploy.decision.decision import Decision
from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.read import has_evidence, read_evidence, with_budget
from neurodeploy.decision.use import Use, use_of
from neurodeploy.decision.write import write_decision

__all__ = [
    "Decision",
    "Evidence",
    "Use",
    "decide",
    "has_evidence",
    "read_evidence",
    "use_of",
    "with_budget",
    "write_decision",
]
