"""Adversarial attacks: samples that a network gets wrong though they hardly differ.

The crafting functions take logits as a function of samples, so that they attack a twin in the
middle of its training as well as a finished network.
"""

from neurodeploy.audits.attacks.ball import Ball, ball_of
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.ensemble import MEMBERS, Member
from neurodeploy.audits.attacks.objective import cross_entropy, divergence, targeted
from neurodeploy.audits.attacks.one_step import fgsm, rfgsm
from neurodeploy.audits.attacks.pgd import Start, pgd
from neurodeploy.audits.attacks.sight import sight

__all__ = [
    "MEMBERS",
    "Ball",
    "Crafted",
    "Member",
    "Start",
    "ball_of",
    "cross_entropy",
    "divergence",
    "fgsm",
    "pgd",
    "rfgsm",
    "sight",
    "targeted",
]
