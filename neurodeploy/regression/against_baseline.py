"""A report's figures against those of an earlier one."""

from collections.abc import Iterator, Mapping, Sequence

from neurodeploy.errors import InputError
from neurodeploy.placement.limits import PER_CORE
from neurodeploy.regression.binding import binding
from neurodeploy.regression.cause import cause
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.resources import changed_resources
from neurodeploy.regression.rounding import worse_rounding
from neurodeploy.regression.rule import Rule, default_rule
from neurodeploy.regression.verdict import Finding, Origin, Status
from neurodeploy.report.metric import REGISTRY, Basis

_INJECTED = "injected"


def against_baseline(before: Figures, now: Figures, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Yield a line for each rule, for what vanished and for what is new.

    Without `rules` every metric of the network and every resource has its default rule, and no
    layer may lose more in rounding.
    """
    bases = _bases(before, now)
    default = tuple(default_rule(name, basis) for name, basis in bases.items())
    given, rules = rules, _one_by_one([rule for rule in rules if rule.name not in PER_CORE], bases)
    stated = {rule.path for rule in rules}
    for rule in rules if given else default:
        yield _compared(before, now, rule)
    yield from changed_resources(before, now, given)
    if not given:
        yield from worse_rounding(before, now)
    for rule in default if given else ():
        if rule.path not in stated and _known(before, rule.name) != _known(now, rule.name):
            yield _compared(before, now, rule)


def differing_stimulus(before: Figures, now: Figures) -> str:
    """Return how the two stimuli differ, or nothing where they do not.

    Integers that the host injects depend on the network's first layer, so that for them only the
    number of samples and the coder can be compared.
    """
    injected = _INJECTED in (before.input_coding, now.input_coding)
    if before.input_coding != now.input_coding:
        return f"input {before.input_coding} there, {now.input_coding} here"
    if before.n_samples != now.n_samples:
        return f"{before.n_samples} samples there, {now.n_samples} here"
    if before.stimulus != now.stimulus:
        return f"{before.stimulus!r} there, {now.stimulus!r} here"
    if before.stimulus_digest != now.stimulus_digest and not injected:
        return "other values, or other labels"
    return ""


def comparable(before: Figures, now: Figures, *, allow_different: bool) -> tuple[str, ...]:
    """Return what must be said before two reports are compared.

    Raises
    ------
    InputError
        If their time is modelled at different levels (ND2714), or they are of different stimuli
        (ND2705), unless that is allowed.
    """
    if before.fidelity != now.fidelity:
        raise InputError(
            "ND2714",
            f"{before.where} has its time at level {before.fidelity}, {now.where} at "
            f"{now.fidelity}, so their time and energy cannot be compared: profile with --fidelity "
            f"{before.fidelity} and check that report, or make a new baseline at {now.fidelity}",
        )
    notes = []
    difference = differing_stimulus(before, now)
    if difference and not allow_different:
        raise InputError(
            "ND2705",
            f"{before.where} and {now.where} are of different stimuli ({difference}), so their "
            "figures cannot be compared: profile on the baseline's data, or make a new baseline; "
            "--allow-different-stimulus compares all the same",
        )
    if difference:
        notes.append(f"compared across different stimuli: {difference}")
    elif before.stimulus_digest != now.stimulus_digest:
        notes.append("the host's injected integers differ: the first layer or the data changed")
    if before.chip != now.chip:
        notes.append(f"the baseline is of another chip: {before.chip}, now {now.chip}")
    if before.deployment_digest != now.deployment_digest:
        old, new = before.deployment_digest, now.deployment_digest
        notes.append(f"the deployment changed: {_short(old)} -> {_short(new)}")
    names, earlier = ([layer.name for layer in side.layers] for side in (now, before))
    notes += [f"layer '{name}' is gone" for name in earlier if name not in names]
    notes += [f"layer '{name}' is new" for name in names if name not in earlier]
    return tuple(notes)


def _bases(before: Figures, now: Figures) -> dict[str, Basis]:
    """Return the basis of every metric that has a figure here or there."""
    return {
        name: side.metrics[name].basis
        for name in REGISTRY
        for side in (before, now)
        if _known(side, name)
    }


def _one_by_one(rules: Sequence[Rule], bases: Mapping[str, Basis]) -> tuple[Rule, ...]:
    """Return rules of single metrics; those of groups give way to what is said of one metric."""
    single = [rule for rule in rules if not rule.is_group]
    named = {rule.path for rule in single}
    grouped = [
        rule.of(name)
        for rule in rules
        if rule.is_group
        for name, basis in bases.items()
        if basis.value == rule.name and name not in named
    ]
    return (*single, *grouped)


def _known(figures: Figures, name: str) -> bool:
    metric = figures.metrics.get(name)
    return metric is not None and metric.value is not None


def _compared(before: Figures, now: Figures, rule: Rule) -> Finding:
    old, new = before.metric(rule.name, rule.layer), now.metric(rule.name, rule.layer)
    first = None if old is None else old.value
    second = None if new is None else new.value
    status, remark = _status(rule, first, second)
    return Finding(
        origin=Origin.BASELINE,
        status=status,
        path=rule.path,
        unit=REGISTRY[rule.name].unit,
        allowed=rule.text,
        figure=second,
        before=first,
        binding=binding(now, rule.name, rule.layer),
        cause=cause(before, now, rule.name, rule.layer),
        remark=remark,
    )


def _status(rule: Rule, before: float | None, now: float | None) -> tuple[Status, str]:
    if before is None and now is None:
        return Status.UNKNOWN, "neither the baseline nor this report has a figure"
    if now is None:
        return Status.FAILED, "vanished: the baseline has a figure, this report has none"
    if before is None:
        return Status.NOTE, "new: the baseline has no figure"
    return (Status.PASSED if rule.allows(before, now) else Status.FAILED), ""


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
