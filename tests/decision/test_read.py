"""Evidence is what the commands wrote, of this deployment; what is not is refused or left out."""

import json
import shutil
from pathlib import Path

import pytest
from support.evidence import write_bars

from neurodeploy.decision import decide, read_evidence
from neurodeploy.errors import InputError
from neurodeploy.pilot.manifest import Input, Manifest, StageRecord, Status, write_manifest


@pytest.fixture
def copied(patterns: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(patterns, tmp_path / "pilot"))


def test_everything_in_the_folder_is_read(patterns: Path) -> None:
    found = read_evidence(patterns)
    assert list(found.verdicts) == ["check/budget.json"]
    assert list(found.verifications) == ["verify/cpu-emu.json"]
    assert list(found.exits) == ["exit/policy.json"]
    assert not found.others
    assert found.report.early_exit is not None


def test_audits_and_conversions_are_read_as_their_commands_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "pilot")
    page = decide(read_evidence(tmp_path / "pilot")).page
    looked_at = {one.what: one for one in page.tested}
    assert looked_at["attacks"].finding.endswith("integers")
    assert "an independent judge recognises" in looked_at["what the network gives away"].finding
    assert page.ann is not None
    assert page.ann.accuracy is not None
    assert page.ann.accuracy.n_samples == 50
    assert "calibrated" in page.ann.accuracy.data


@pytest.mark.parametrize(("on_real", "said"), [(0.9, False), (0.1, True)])
def test_a_judge_that_knows_nothing_is_named(copied: Path, on_real: float, said: bool) -> None:
    attack = {"recognised": 0.2, "classes_recovered": 0, "recognised_by_class": [0.2, 0.2]}
    document = {
        "attacks": {"rebuilt": attack},
        "judge_on_real": on_real,
        "judge_on_noise": 0.1,
        "membership": None,
        "sentence": "not cryptography",
    }
    (copied / "leak").mkdir()
    (copied / "leak" / "audit.json").write_text(json.dumps(document))
    found = {one.what: one.finding for one in decide(read_evidence(copied)).page.tested}
    assert found["what the network gives away"].endswith("so this says nothing") is said


def test_what_is_of_another_deployment_is_left_out_and_named(copied: Path) -> None:
    file = copied / "verify" / "cpu-emu.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "deployment_digest": "sha256:0"}))
    found = read_evidence(copied)
    assert not found.verifications
    own = found.report.deployment_digest
    assert found.others == {
        "verify/cpu-emu.json": f"it is of deployment sha256:0, the report of {own}"
    }
    said = {one.what: one.reason for one in decide(found).page.untested}
    assert said["verify/cpu-emu.json"].startswith("left out: it is of deployment sha256:0")
    assert said["integers bit for bit"] == "no other target was run"


def test_a_verdict_on_other_figures_is_left_out(copied: Path) -> None:
    file = copied / "check" / "budget.json"
    document = json.loads(file.read_text())
    for finding in document["findings"]:
        finding["figure"] = 3.0
    file.write_text(json.dumps(document))
    found = read_evidence(copied)
    assert not found.verdicts
    assert found.others["check/budget.json"].endswith("is 3, which the report does not say")


def test_every_damaged_file_is_named(copied: Path) -> None:
    (copied / "verify" / "cpu-emu.json").write_text('{"equal": 3}')
    (copied / "check" / "budget.json").write_text("no JSON")
    with pytest.raises(InputError) as error:
        read_evidence(copied)
    assert error.value.code == "ND2941"
    text = str(error.value)
    assert f"{copied / 'verify' / 'cpu-emu.json'}: equal: Input should be a valid boolean" in text
    assert f"{copied / 'verify' / 'cpu-emu.json'}: deployment_digest: Field required" in text
    assert f"{copied / 'check' / 'budget.json'}: the document: Invalid JSON" in text


def test_a_pilot_without_a_report_yet_is_refused(tmp_path: Path) -> None:
    write_manifest(Manifest(version="0", inputs=(), stages=()), tmp_path)
    with pytest.raises(InputError) as error:
        read_evidence(tmp_path)
    assert str(error.value) == (
        f"ND2941: {tmp_path}: the pilot has no profile/report.json yet; `neurodeploy pilot` with "
        f"-o {tmp_path} goes on"
    )


def test_a_pilot_says_what_is_read_and_why_the_rest_was_not_done(copied: Path) -> None:
    def stage(name: str, reason: str | None, main: str | None) -> StageRecord:
        return StageRecord(
            name=name,
            status=Status.NOT_TESTED if reason else Status.DONE,
            reason=reason,
            passed=None,
            command=None,
            fingerprint="sha256:1",
            main=main,
            files={},
        )

    stages = (
        stage("verify", None, "verify/cpu-emu.json"),
        stage("leak", "give --judge, a network of another training", None),
        stage("attack", "torch is not installed", None),
    )
    network = Input(role="network", given="ann.onnx", path="inputs/ann.onnx", digest="sha256:2")
    write_manifest(Manifest(version="0", inputs=(network,), stages=stages), copied)
    found = read_evidence(copied)
    assert list(found.verifications) == ["verify/cpu-emu.json"]
    assert not found.verdicts  # the pilot does not call it done
    page = decide(found).page
    assert page.subject.network == "ann.onnx"
    said = {one.what: one.reason for one in page.untested}
    assert said["what the network gives away"] == "give --judge, a network of another training"
    assert said["attacks"] == "torch is not installed"
