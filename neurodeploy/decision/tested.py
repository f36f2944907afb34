"""What was looked at, in one line each."""

from collections.abc import Iterator

from neurodeploy.decision.documents import AttackDocument, Counted, ExitOutcome, LeakDocument
from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.page_one import Tested
from neurodeploy.regression import words
from neurodeploy.report.early_exit.noun import EarlyExit
from neurodeploy.report.report import Report

QUANTISATION = "rounding to integers"
EQUALITY = "integers bit for bit"
FALSE_EXITS = "false exits"
HARDER = "early exit on harder samples"
ROBUSTNESS = "attacks"
NOISE = "noise"
LEAK = "what the network gives away"
BUDGET = "limits"
DEVICE = "measured on the device"


def tested(evidence: Evidence) -> tuple[Tested, ...]:
    """Return a line for everything that the evidence says something about."""
    report = evidence.report
    return (
        *_limits(evidence),
        *_measured(report),
        *_equality(evidence),
        *_quantisation(report),
        *_exits(evidence),
        *_attacks(evidence),
        *_leaks(evidence),
    )


def percent(share: float, digits: int = 1) -> str:
    """Return a share in percent."""
    return f"{100 * share:.{digits}f} %"


def share_text(k: int, n: int, low: float | None, high: float | None) -> str:
    """Return `k` of `n` in percent with the 95 % interval."""
    if not n or low is None or high is None:
        return "none"
    return f"{percent(k / n)} ({percent(low)} to {percent(high)}), {k:,} of {n:,}"


def _counted(found: Counted) -> str:
    return share_text(found.k, found.n, found.low, found.high)


def _limits(evidence: Evidence) -> Iterator[Tested]:
    for name, verdict in evidence.verdicts.items():
        yield Tested(what=BUDGET, finding=words.headline(verdict), where=name, holds=verdict.passed)


def _measured(report: Report) -> Iterator[Tested]:
    if report.measured:
        sources = dict.fromkeys(m.source.partition(" (")[0] for m in report.measured.values())
        names = ", ".join(sorted(report.measured))
        yield Tested(what=DEVICE, finding=names, where=", ".join(sources))


def _equality(evidence: Evidence) -> Iterator[Tested]:
    for name, document in evidence.verifications.items():
        for one in document.comparisons:
            how = "equal" if one.equal else "DIFFER"
            yield Tested(
                what=EQUALITY,
                finding=f"{one.name}: {how}, {document.samples:,} samples of "
                f"{document.steps:,} steps",
                where=name,
                holds=one.equal,
            )


def _quantisation(report: Report) -> Iterator[Tested]:
    errors = {
        layer.name: layer.quantisation.weight_error
        for layer in report.layers
        if layer.quantisation is not None
    }
    if errors:
        worst = max(errors, key=lambda name: errors[name])
        finding = f"weights off by at most {percent(errors[worst], 2)} ({worst}), root mean square"
        yield Tested(what=QUANTISATION, finding=finding, where="profile")


def _exits(evidence: Evidence) -> Iterator[Tested]:
    found = evidence.report.early_exit
    if found is not None and found.answers is not None:
        yield Tested(what=FALSE_EXITS, finding=_false(found), where="profile")
    for name, document in evidence.exits.items():
        for one in document.disturbed:
            if not (one.noise or one.shift):
                continue  # the samples as they are, for comparison
            by = f"noise {one.noise:g}" if one.noise else f"shift by {one.shift} pixels"
            yield Tested(what=HARDER, finding=f"{by}: {_stopped(one.outcome)}", where=name)


def _false(found: EarlyExit) -> str:
    assert found.answers is not None  # the caller has seen to it
    share = found.answers.outcome.false_exits
    if not share.n:
        return "no sample stopped early"
    return f"{share_text(share.count, share.n, share.low, share.high)} of those that stop early"


def _stopped(outcome: ExitOutcome) -> str:
    return (
        f"{percent(outcome.accuracy)} right after {outcome.mean_step:.2f} steps, "
        f"{percent(outcome.full_accuracy)} after all"
    )


def _attacks(evidence: Evidence) -> Iterator[Tested]:
    for name, document in evidence.attacks.items():
        yield Tested(what=ROBUSTNESS, finding=_attacked(document), where=name)
        for row in document.noise:
            yield Tested(
                what=NOISE,
                finding=f"{row.kind} {row.level:g}: {percent(row.accuracy)} right "
                f"± {100 * row.half_width:.1f} (float network)",
                where=name,
            )


def _attacked(document: AttackDocument) -> str:
    found = document.deployed or document
    of = "integers" if document.deployed else "float network only"
    return (
        f"{_counted(found.robust)} right under the worst of protocol {document.protocol.name} at "
        f"eps {document.eps:g}, {percent(found.clean.k / found.clean.n)} without; {of}"
    )


def _leaks(evidence: Evidence) -> Iterator[Tested]:
    for name, document in evidence.leaks.items():
        yield Tested(what=LEAK, finding=_leaked(document), where=name)
        member = document.membership
        if member is not None:
            yield Tested(
                what=LEAK,
                finding=f"members told from others in {percent(member.auc)} of pairs (50 % is "
                "guessing)",
                where=name,
            )


def _leaked(document: LeakDocument) -> str:
    worst = max(document.attacks.items(), key=lambda item: item[1].recognised, default=None)
    if worst is None:
        return "no attack was made"
    name, found = worst
    blind = document.judge_on_real <= document.judge_on_noise
    nothing = "; that judge knows real images no better than noise, so this says nothing"
    return (
        f"an independent judge recognises {percent(found.recognised)} of the images of the best "
        f"attack, {name}, {found.classes_recovered} of {len(found.recognised_by_class)} classes; "
        f"{percent(document.judge_on_real)} of real images, {percent(document.judge_on_noise)} of "
        f"noise{nothing if blind else ''}"
    )
