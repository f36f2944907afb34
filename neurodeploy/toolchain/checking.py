"""Reports against budgets and baselines; files where nouns are not at hand."""

from decimal import Decimal
from pathlib import Path

from neurodeploy.regression import (
    Budget,
    Estimate,
    Figures,
    Verdict,
    figures_of,
    parse_rules,
    read_budget,
    read_figures,
)
from neurodeploy.regression import check as check_figures
from neurodeploy.regression.draft import draft
from neurodeploy.regression.html import html
from neurodeploy.report.render.html.element import Html
from neurodeploy.report.render.html.page import html_page
from neurodeploy.report.report import Report
from neurodeploy.storage.atomic import new_file


def check(
    report: Report | Path,
    budget: Budget | Path | None = None,
    baseline: Report | Path | None = None,
    fail_on: tuple[str, ...] = (),
    *,
    allow_different_stimulus: bool = False,
) -> Verdict:
    """Return the verdict on `report`: within `budget`, and not worse than `baseline`.

    Parameters
    ----------
    report, baseline : a report, or the path of a ``report.json`` or of the folder that holds it.
    budget : a budget, or the path of a ``budget.toml``.
    fail_on : rules such as ``energy_total_j=+2%``; without any, no figure may worsen.

    Raises
    ------
    InputError
        If a file is not what it should be (ND2701, ND2702, ND2704, ND2710, ND2711), the reports are
        of different stimuli (ND2705) or levels (ND2714), or there is nothing to check against
        (ND2706).
    """
    return check_figures(
        _figures(report),
        read_budget(budget) if isinstance(budget, Path) else budget,
        None if baseline is None else _figures(baseline),
        parse_rules(fail_on),
        allow_different_stimulus=allow_different_stimulus,
    )


def write_page(report: Report, path: Path, budget: Budget | Path | None = None) -> None:
    """Write the report's HTML page, the verdict on `budget` first where one is given.

    Raises
    ------
    InputError
        If the budget's file is not what it should be (ND2701, ND2702).
    """
    gate = Html() if budget is None else html(check(report, budget))
    write_text(path, html_page(report, gate))


def draft_budget(report: Report | Path, margin: Decimal, estimate: Estimate = Estimate.HIGH) -> str:
    """Return the text of a ``budget.toml`` that `report` keeps with `margin` to spare."""
    return draft(_figures(report), margin, estimate)


def write_text(path: Path, text: str) -> None:
    """Write a rendered verdict or a drafted budget."""
    with new_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _figures(report: Report | Path) -> Figures:
    return read_figures(report) if isinstance(report, Path) else figures_of(report)
