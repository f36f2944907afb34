"""report.json passes its schema and reads back as it was; damage is named by its path."""

import json
from pathlib import Path

import jsonschema
import pytest
from support.reports import SIZES, report_of

from neurodeploy.errors import InputError
from neurodeploy.report.json_file import json_schema, read_report, report_text, schema_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    return report_text(report_of("one_core"))


def test_published_schema_is_what_the_code_says() -> None:
    published = (ROOT / "schemas" / "report.schema.json").read_text()
    assert published == schema_text(), "run: python tools/schemas.py"


@pytest.mark.parametrize("size", SIZES)
def test_report_passes_its_schema_and_reads_back_as_it_was(size: str, tmp_path: Path) -> None:
    report = report_of(size)
    report.to_json(tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text()
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(text))
    assert report_text(read_report(tmp_path)) == text


def test_equal_inputs_give_equal_bytes_on_one_and_two_threads() -> None:
    assert report_text(report_of("many_cores", workers=1)) == report_text(
        report_of("many_cores", workers=2)
    )


def test_schema_refuses_what_the_reader_refuses(text: str) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for change in ({"surplus": 1}, {"n_steps": "12"}, {"schema": 1}, {"layers": [{"name": "a"}]}):
        assert not validator.is_valid({**json.loads(text), **change})


def test_every_mistake_is_named_by_its_path(text: str, tmp_path: Path) -> None:
    document = json.loads(text)
    del document["n_steps"]
    document["surplus"] = 1
    document["metrics"]["synops_hw"]["value"] = "many"
    document["layers"][1]["spikes"]["unit"] = 3
    document["cores"][0]["tile"] = [0]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert str(caught.value).splitlines() == [
        f"ND2711: {path}: n_steps: Field required",
        f"ND2711: {path}: metrics.synops_hw.value: Input should be a valid number, found 'many'",
        f"ND2711: {path}: layers.1.spikes.unit: Input should be a valid string, found 3",
        f"ND2711: {path}: cores.0.tile.1: Field required",
        f"ND2711: {path}: surplus: Unexpected keyword argument, found 1",
    ]


def test_unknown_metric_is_refused(text: str, tmp_path: Path) -> None:
    document = json.loads(text)
    document["layers"][0]["sinops"] = document["layers"][0]["synops_hw"]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert str(caught.value) == f"ND2711: {path}: layers.0.sinops: no metric has that name"


def test_other_schema_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**json.loads(text), "schema": 1}))
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert str(caught.value) == (
        f"ND2711: {path}: has schema 1, this version reads 2; run `neurodeploy profile` again"
    )


def test_not_a_number_is_refused(text: str, tmp_path: Path) -> None:
    document = json.loads(text)
    document["metrics"]["synops_hw"]["value"] = float("nan")
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert str(caught.value) == (
        f"ND2711: {path}: metrics.synops_hw.value: Input should be a finite number, found nan"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "ND2710: {}: cannot be read (No such file or directory); give a report.json"),
        (
            "<html>",
            "ND2710: {}: not JSON (Expecting value: line 1 column 1 (char 0)); "
            "give the report.json that profile wrote",
        ),
        ("[]", "ND2711: {}: holds no JSON object, as every report does"),
    ],
)
def test_other_files_are_refused(content: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_report(path)
    assert str(caught.value) == message.format(path)
