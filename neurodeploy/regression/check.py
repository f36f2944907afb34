"""Hold a report against a budget and a baseline."""

from neurodeploy.errors import InputError
from neurodeploy.regression.against_baseline import against_baseline, comparable
from neurodeploy.regression.budget import Budget
from neurodeploy.regression.cause import start
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.rule import Rule
from neurodeploy.regression.verdict import Finding, Origin, Status, Verdict
from neurodeploy.regression.within_budget import within_budget


def check(
    now: Figures,
    budget: Budget | None = None,
    baseline: Figures | None = None,
    rules: tuple[Rule, ...] = (),
    *,
    allow_different_stimulus: bool = False,
) -> Verdict:
    """Return the verdict on a report: each limit of `budget`, each rule against `baseline`.

    What the chip could not do fails, whatever the budget says.

    Raises
    ------
    InputError
        If there is nothing to hold it against (ND2706), or the baseline is of another stimulus
        (ND2705) or at another level (ND2714).
    """
    if budget is None and baseline is None:
        raise InputError("ND2706", "nothing to check against: give a budget, a baseline or both")
    if rules and baseline is None:
        raise InputError("ND2706", "--fail-on compares with a baseline: give --baseline")
    findings = [_failure(now, failure) for failure in now.failures]
    notes: tuple[str, ...] = ()
    if baseline is not None:
        notes = comparable(baseline, now, allow_different=allow_different_stimulus)
    if budget is not None:
        findings += within_budget(now, budget, baseline)
    if baseline is not None:
        findings += against_baseline(baseline, now, rules)
    strict = budget is not None and budget.strict
    return Verdict(
        findings=tuple(findings),
        notes=notes,
        start="" if baseline is None else start(baseline, now),
        strict=strict,
    )


def _failure(now: Figures, failure: str) -> Finding:
    return Finding(
        origin=Origin.CHIP,
        status=Status.FAILED,
        path=f"{now.chip} runs it",
        unit="1",
        allowed="yes",
        remark=failure,
    )
