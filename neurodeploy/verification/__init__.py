"""Where and why two runs of one network part."""

from neurodeploy.verification.against_model import Discrepancy
from neurodeploy.verification.alternatives import Rule
from neurodeploy.verification.difference import Difference, Reading, first_difference
from neurodeploy.verification.drift import LayerDrift
from neurodeploy.verification.evidence import Evidence
from neurodeploy.verification.explain import Explanation, Finding, explain_difference
from neurodeploy.verification.ladder import Cause
from neurodeploy.verification.recording import Recording
from neurodeploy.verification.recording_file import read_recording
from neurodeploy.verification.verification import Comparison, Verification
from neurodeploy.verification.verify import N_SAMPLES, verify

__all__ = [
    "N_SAMPLES",
    "Cause",
    "Comparison",
    "Difference",
    "Discrepancy",
    "Evidence",
    "Explanation",
    "Finding",
    "LayerDrift",
    "Reading",
    "Recording",
    "Rule",
    "Verification",
    "explain_difference",
    "first_difference",
    "read_recording",
    "verify",
]
