"""What nobody looked at, why, and the command that would."""

from collections.abc import Collection, Iterator

from neurodeploy.decision import tested as seen
from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.page_one import Untested
from neurodeploy.report.metric import Basis
from neurodeploy.report.report import Report

_STAGES = (
    (
        seen.BUDGET,
        "check",
        "no budget was given",
        "neurodeploy check profile/ --budget budget.toml --json > check/budget.json",
    ),
    (
        seen.EQUALITY,
        "verify",
        "no other target was run",
        "neurodeploy verify build/ --data test.npz --json > verify/targets.json",
    ),
    (
        seen.ROBUSTNESS,
        "attack",
        "no attack was made",
        "neurodeploy attack build/ --data test.npz -o attack/",
    ),
    (
        seen.LEAK,
        "leak",
        "no leak audit was made",
        "neurodeploy leak model.nir --judge judge.onnx --data test.npz --json > leak/audit.json",
    ),
)

ALWAYS = (
    Untested(
        what="other data",
        reason="every figure holds for the samples named here; what shifts, fades or is new to the "
        "network was not shown to it",
        remedy="neurodeploy profile build/ --data data-of-the-place.npz",
    ),
    Untested(
        what="temperature, voltage, and chip to chip",
        reason="the chip's page knows one operating point",
        remedy="",
    ),
    Untested(
        what="everything around the chip",
        reason="sensor, host, memory, converters and a battery's own losses are in no figure",
        remedy="",
    ),
)
"""What no command of ours tests."""


def untested(evidence: Evidence, looked_at: Collection[str]) -> tuple[Untested, ...]:
    """Return what is not `looked_at`, the names of what was tested."""
    return (
        *_of_report(evidence.report),
        *_stages(evidence, looked_at),
        *_exit(evidence),
        *_ann(evidence),
        *(
            Untested(what=name, reason=f"left out: {reason}", remedy="")
            for name, reason in evidence.others.items()
        ),
        *ALWAYS,
    )


def _of_report(report: Report) -> Iterator[Untested]:
    if "accuracy" not in report.metrics and "accuracy" not in report.measured:
        yield Untested(
            what="accuracy",
            reason="the samples have no labels",
            remedy="neurodeploy profile build/ --data labelled.npz",
        )
    if not any(metric.basis is Basis.MEASURED for metric in report.measured.values()):
        yield Untested(
            what="the device",
            reason="energy and time are modelled; nothing was measured",
            remedy="neurodeploy profile build/ --data test.npz --measured device.csv",
        )


def _stages(evidence: Evidence, looked_at: Collection[str]) -> Iterator[Untested]:
    for what, stage, reason, remedy in _STAGES:
        if what in looked_at:
            continue
        told = evidence.reasons.get(stage)  # it says what would help, in words of its own
        yield Untested(what=what, reason=told or reason, remedy="" if told else remedy)
    for name, document in evidence.verifications.items():
        for target, why in document.skipped.items():
            yield Untested(what=f"{seen.EQUALITY} on {target}", reason=f"{name}: {why}", remedy="")


def _exit(evidence: Evidence) -> Iterator[Untested]:
    if evidence.report.early_exit is not None:
        return
    told = evidence.reasons.get("exit")
    yield Untested(
        what="early exit",
        reason=told or "every sample runs all its steps",
        remedy="" if told else "neurodeploy exit build/ --data val.npz --target-accuracy-drop 0.3",
    )


def _ann(evidence: Evidence) -> Iterator[Untested]:
    converted = evidence.conversions.values()
    if any(d.test or (d.diagnosis and d.diagnosis.ann_accuracy is not None) for d in converted):
        return
    told = evidence.reasons.get("convert")
    remedy = "neurodeploy convert ann.onnx --data val.npz --test test.npz -o model.nir"
    yield Untested(
        what="accuracy of the same network as an ANN",
        reason=told or "no artificial network was converted",
        remedy="" if told else remedy,
    )
