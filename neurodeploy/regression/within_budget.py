"""A report's figures against the limits of a budget."""

from collections.abc import Iterator

from neurodeploy.regression.amount import shown
from neurodeploy.regression.binding import binding, on_core
from neurodeploy.regression.budget import Budget, Estimate, Limit, Share
from neurodeploy.regression.cause import cause
from neurodeploy.regression.end import end_of
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.verdict import Finding, Origin, Status
from neurodeploy.report.metric import REGISTRY, Basis, Better, Metric


def within_budget(now: Figures, budget: Budget, before: Figures | None) -> Iterator[Finding]:
    """Yield a line for each limit of `budget`; `before` is the baseline that explains changes."""
    if budget.chip is not None and budget.chip != now.chip:
        yield Finding(
            origin=Origin.BUDGET,
            status=Status.FAILED,
            path="chip",
            unit="1",
            allowed=budget.chip,
            remark=f"the report is of {now.chip}: write a budget for it, or profile with "
            f"--chip {budget.chip}",
        )
    for limit in budget.limits:
        yield _per_core(now, limit) if limit.per_core else _metric(now, limit, budget, before)
    yield from map(_of_before, budget.shares)


def _of_before(share: Share) -> Finding:
    """Return the line of a share: what the network had before compression, no report knows."""
    return Finding(
        origin=Origin.BUDGET,
        status=Status.NOTE,
        path=share.path,
        unit="1",
        allowed=f"<= {100 * share.value:.4g} % of before",
        remark="held by `neurodeploy compress`, which knows the network before",
    )


def _metric(now: Figures, limit: Limit, budget: Budget, before: Figures | None) -> Finding:
    definition = REGISTRY[limit.name]
    metric = now.metric(limit.name, limit.layer)
    figure = None if metric is None else end_of(metric, limit.name, budget.estimate)
    least = definition.better is Better.HIGHER
    return Finding(
        origin=Origin.BUDGET,
        status=_status(figure, limit.value, least=least),
        path=limit.path,
        unit=definition.unit,
        allowed=f"{'>=' if least else '<='} {shown(limit.value, definition.unit)}",
        figure=figure,
        before=_before(before, limit),
        binding=binding(now, limit.name, limit.layer, budget.estimate),
        cause="" if before is None else cause(before, now, limit.name, limit.layer),
        remark=_remark(now, limit, metric, budget.estimate),
    )


def _status(figure: float | None, limit: float, *, least: bool) -> Status:
    if figure is None:
        return Status.UNKNOWN
    return Status.PASSED if (figure >= limit if least else figure <= limit) else Status.FAILED


def _before(before: Figures | None, limit: Limit) -> float | None:
    metric = None if before is None else before.metric(limit.name, limit.layer)
    return None if metric is None else metric.value


def _remark(now: Figures, limit: Limit, metric: Metric | None, estimate: Estimate) -> str:
    if metric is None:
        return f"{_nowhere(now, limit)}: no figure to hold against the limit"
    if metric.value is None:
        return metric.note or "unknown"
    if metric.basis is Basis.EXACT:
        return "counted, exact"
    low, value, high = (shown(v, metric.unit) for v in (metric.low, metric.value, metric.high))
    parts = [f"{metric.basis.value}, {estimate.value} of {low} .. {value} .. {high}", metric.note]
    return "; ".join(part for part in parts if part)


def _nowhere(now: Figures, limit: Limit) -> str:
    if limit.layer is None:
        return f"{now.where} has no {limit.name}"
    if now.layer(limit.layer) is None:
        names = ", ".join(layer.name for layer in now.layers)
        return f"{now.where} has no layer '{limit.layer}', its layers are {names}"
    return f"layer '{limit.layer}' of {now.where} has no {limit.name}"


def _per_core(now: Figures, limit: Limit) -> Finding:
    found = now.resources.get(limit.name)
    used = None if found is None else float(found.used)
    of = None if found is None else found.limit
    figure = used
    if limit.share and used is not None:
        figure = used / of if of else None
    percent = f"{100 * limit.value:.4g} % of {of:,}" if of else f"{100 * limit.value:.4g} %"
    remark = "counted, exact"
    if found is None:
        remark = f"{now.where} has no {limit.name}: no figure to hold against the limit"
    elif figure is None:
        remark = f"{now.chip} states no limit to have a share of; write a number of pieces"
    return Finding(
        origin=Origin.BUDGET,
        status=_status(figure, limit.value, least=False),
        path=limit.path,
        unit="1",
        allowed=f"<= {percent if limit.share else shown(limit.value, '1')}",
        figure=used if figure is not None else None,
        binding="" if found is None else on_core(now, found.core),
        remark=remark,
    )
