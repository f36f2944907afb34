"""Advice: changes that would save most, each applied and measured before it is given."""

from neurodeploy.exploration.advice.advise import Advice, Limits, Proposal, advise
from neurodeploy.exploration.advice.change import Change, Subject

__all__ = ["Advice", "Change", "Limits", "Proposal", "Subject", "advise"]
