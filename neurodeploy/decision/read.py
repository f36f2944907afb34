"""Read the folder of a deployment's evidence.

``profile/report.json``; and ``check``, ``verify``, ``exit``, ``attack``, ``leak`` and ``convert``,
folders of the JSON that the command of that name writes. Only the report must be there. Where there
is a ``pilot.json``, only the stages that it calls done are read, and it says why others are not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from neurodeploy.decision.documents import (
    AttackDocument,
    ConvertDocument,
    ExitDocument,
    LeakDocument,
    VerifyDocument,
)
from neurodeploy.decision.evidence import Evidence
from neurodeploy.errors import InputError
from neurodeploy.pilot.manifest import MARKER, Manifest, Status, read_manifest
from neurodeploy.regression import Verdict
from neurodeploy.regression.verdict_json import from_json
from neurodeploy.report.json_file import read_report
from neurodeploy.report.report import Report
from neurodeploy.toolchain.checking import check

REPORT = Path("profile") / "report.json"

_Document = TypeVar("_Document")


def has_evidence(path: Path) -> bool:
    """Return whether `path` is a folder of evidence, and not a report or its folder."""
    if (path / "report.json").is_file():
        return False
    return (path / REPORT).is_file() or (path / MARKER).is_file()


def read_evidence(path: Path) -> Evidence:
    """Return the evidence in the folder `path`, or the report in the file `path` alone.

    What is of another deployment is left out and named in `Evidence.others`.

    Raises
    ------
    InputError
        If there is no report (ND2710, ND2711), or a file is not what its folder says, all of them
        named (ND2941).
    """
    if not has_evidence(path):
        return Evidence(report=read_report(path))
    if not (path / REPORT).is_file():
        raise InputError(
            "ND2941",
            f"{path}: the pilot has no {REPORT} yet; `neurodeploy pilot` with -o {path} goes on",
        )
    report = read_report(path / REPORT)
    pilot = read_manifest(path) if (path / MARKER).is_file() else None
    problems: list[str] = []
    others: dict[str, str] = {}

    def of(folder: str, form: Callable[[str], _Document]) -> Mapping[str, _Document]:
        found = _documents(path, _files(path, folder, pilot), form, problems)
        wrong = {name: _stranger(document, report) for name, document in found.items()}
        others.update({name: reason for name, reason in wrong.items() if reason})
        return {name: document for name, document in found.items() if not wrong[name]}

    evidence = Evidence(
        reasons=_reasons(pilot),
        network=_network(pilot),
        report=report,
        verdicts=of("check", from_json),
        verifications=of("verify", VerifyDocument.model_validate_json),
        exits=of("exit", ExitDocument.model_validate_json),
        attacks=of("attack", AttackDocument.model_validate_json),
        leaks=of("leak", LeakDocument.model_validate_json),
        conversions=of("convert", ConvertDocument.model_validate_json),
        others=others,
    )
    if problems:
        raise InputError("ND2941", *problems)
    return evidence


def with_budget(evidence: Evidence, budget: Path) -> Evidence:
    """Return the evidence with the verdict of `budget` on its report.

    Raises
    ------
    InputError
        If the budget's file is not what it should be (ND2701, ND2702).
    """
    verdict = check(evidence.report, budget)
    return replace(evidence, verdicts={**evidence.verdicts, budget.name: verdict})


def _files(path: Path, folder: str, pilot: Manifest | None) -> Sequence[Path]:
    if pilot is None:
        return sorted((path / folder).glob("*.json"))
    stage = pilot.stage(folder)
    found = stage is not None and stage.status is Status.DONE and stage.main
    return [path / found] if found and found.endswith(".json") else []


def _reasons(pilot: Manifest | None) -> Mapping[str, str]:
    if pilot is None:
        return {}
    return {stage.name: stage.reason for stage in pilot.stages if stage.reason}


def _network(pilot: Manifest | None) -> str:
    inputs = () if pilot is None else pilot.inputs
    return next((one.given for one in inputs if one.role == "network"), "")


def _documents(
    path: Path, files: Sequence[Path], form: Callable[[str], _Document], problems: list[str]
) -> dict[str, _Document]:
    found = {}
    for file in files:
        name = file.relative_to(path).as_posix()
        try:
            found[name] = form(file.read_text(encoding="utf-8"))
        except ValidationError as error:
            problems += [f"{file}: {line}" for line in _mistakes(error)]
        except (OSError, UnicodeDecodeError) as error:
            problems.append(
                f"{file}: cannot be read ({error}); run `neurodeploy {file.parent.name}` again"
            )
    return found


def _mistakes(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, mistake['loc'])) or 'the document'}: {mistake['msg']}"
        for mistake in error.errors(include_url=False)
    ]


def _stranger(document: object, report: Report) -> str:
    """Return why a document is not of the report's deployment; nothing where it is."""
    match document:
        case VerifyDocument() | ExitDocument():
            digest = document.deployment_digest
        case AttackDocument() if document.deployed is not None:
            digest = document.deployed.deployment_digest
        case Verdict():
            return _unlike(document, report)
        case _:
            return ""
    own = report.deployment_digest
    return "" if digest == own else f"it is of deployment {digest}, the report of {own}"


def _unlike(verdict: Verdict, report: Report) -> str:
    """Return the first figure of a verdict that is none of the report's."""
    for finding in verdict.findings:
        metric = report.metrics.get(finding.path)
        if metric is None or finding.figure is None:
            continue
        if finding.figure not in (metric.low, metric.value, metric.high):
            return f"its {finding.path} is {finding.figure:g}, which the report does not say"
    return ""
