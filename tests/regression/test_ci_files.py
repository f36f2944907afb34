"""What `init ci` writes is YAML whose commands are those of `check`, whatever a path holds."""

import shlex

import pytest
import yaml

from neurodeploy.regression.ci_files import check_command, pre_commit, workflow

SUBJECTS = (
    ["model.nir", "--data", "test.npz"],
    ["build", "--data", "x y.npz", "--input-range", "-1:3", "--steps", "25"],
    ["it's: a #model.nir", "--data", 'quoted"--data.npz'],
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_commands_survive_yaml_and_shell(subject: list[str]) -> None:
    expected = shlex.split(check_command(subject))
    assert expected[: 2 + len(subject)] == ["neurodeploy", "check", *subject]
    steps = yaml.safe_load(workflow(subject))["jobs"]["gate"]["steps"]
    (run,) = (step["run"] for step in steps if "neurodeploy check" in step.get("run", ""))
    assert shlex.split(run) == [*expected, "--junit", "gate-junit.xml"]
    (hook,) = yaml.safe_load(pre_commit(subject, [subject[0]]))["repos"][0]["hooks"]
    assert shlex.split(hook["entry"]) == expected


def test_workflow_may_only_read() -> None:
    document = yaml.safe_load(workflow(SUBJECTS[0]))
    assert document["permissions"] == {"contents": "read"}
