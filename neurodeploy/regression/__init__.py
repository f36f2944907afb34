"""Budgets, baselines and the verdict that CI runs on."""

from neurodeploy.regression.budget import Budget, Estimate, Limit, Share
from neurodeploy.regression.budget_file import read_budget
from neurodeploy.regression.check import check
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.figures_file import figures_of, read_figures
from neurodeploy.regression.rule import Rule, parse_rules
from neurodeploy.regression.verdict import Finding, Origin, Status, Verdict

__all__ = [
    "Budget",
    "Estimate",
    "Figures",
    "Finding",
    "Limit",
    "Origin",
    "Rule",
    "Share",
    "Status",
    "Verdict",
    "check",
    "figures_of",
    "parse_rules",
    "read_budget",
    "read_figures",
]
