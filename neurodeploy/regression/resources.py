"""What the fullest core uses of each of the chip's limits, against the baseline's."""

from collections.abc import Iterator

from neurodeploy.regression.binding import on_core
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.rule import Rule, default_rule
from neurodeploy.regression.verdict import Finding, Origin, Status
from neurodeploy.report.metric import Basis


def changed_resources(before: Figures, now: Figures, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Yield a line for each limit that either report knows, and that a rule is about.

    They are counts: a rule for ``exact`` holds for them, and without rules they must be equal.
    """
    for name in dict.fromkeys((*before.resources, *now.resources)):
        rule = _rule(name, rules)
        if rule is not None:
            yield _compared(before, now, name, rule)


def _rule(name: str, rules: tuple[Rule, ...]) -> Rule | None:
    if not rules:
        return default_rule("cores", Basis.EXACT)
    named = [rule for rule in rules if rule.name == name]
    groups = [rule for rule in rules if rule.name == Basis.EXACT.value]
    return next(iter((*named, *groups)), None)


def _compared(before: Figures, now: Figures, name: str, rule: Rule) -> Finding:
    old, new = before.resources.get(name), now.resources.get(name)
    status, remark = Status.PASSED, "counted, exact"
    if old is None:
        status, remark = Status.NOTE, "new: the baseline has no figure"
    elif new is None:
        status, remark = Status.FAILED, "vanished: the baseline has a figure, this report has none"
    elif not rule.allows(old.used, new.used):
        status = Status.FAILED
    return Finding(
        origin=Origin.BASELINE,
        status=status,
        path=name,
        unit="1",
        allowed=rule.text,
        figure=None if new is None else float(new.used),
        before=None if old is None else float(old.used),
        cause="" if new is None or old == new else f"the fullest is {on_core(now, new.core)}",
        remark=remark,
    )
