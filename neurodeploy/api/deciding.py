"""One deployment for who decides."""

from pathlib import Path

from neurodeploy.decision import Decision, Evidence, read_evidence, use_of, with_budget
from neurodeploy.decision import decide as decide_on
from neurodeploy.report.report import Report


def decide(
    evidence: Report | Evidence | str | Path,
    budget: str | Path | None = None,
    *,
    per_second: float | None = None,
    price_kwh: float | None = None,
    battery_wh: float | None = None,
    units: int | None = None,
    replaces_w: float | None = None,
    unit_cost: float | None = None,
    development_cost: float | None = None,
) -> Decision:
    """Return whether a deployment does what was asked, what it costs, and what was not tested.

    Parameters
    ----------
    evidence : a report, the path of its file, or of a pilot's folder.
    budget : path of a ``budget.toml``.
    per_second : inferences a second of one unit; without it nothing is said of costs. The other
        figures are those of `decision.Use`.

    Raises
    ------
    InputError
        If a file is not what it should be (ND2701, ND2702, ND2710, ND2711, ND2921, ND2941), or a
        figure of the use (ND2940).
    """
    use = use_of(
        per_second,
        price_kwh=price_kwh,
        battery_wh=battery_wh,
        units=units,
        replaces_w=replaces_w,
        unit_cost=unit_cost,
        development_cost=development_cost,
    )
    found = _evidence(evidence)
    return decide_on(found if budget is None else with_budget(found, Path(budget)), use)


def _evidence(given: Report | Evidence | str | Path) -> Evidence:
    match given:
        case Evidence():
            return given
        case Report():
            return Evidence(report=given)
        case _:
            return read_evidence(Path(given))
