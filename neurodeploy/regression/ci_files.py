"""The files that make a repository's CI hold its network: a workflow and a pre-commit hook."""

import json
import re
import shlex
from collections.abc import Sequence

from neurodeploy.version import __version__

BUDGET = "gate/budget.toml"
BASELINE = "gate/baseline.json"
PRE_COMMIT = "gate/pre-commit-config.yaml"
WORKFLOW = ".github/workflows/neurodeploy.yml"

_JUNIT = "gate-junit.xml"

_WORKFLOW = """\
# Fails when the network breaks its budget or gets worse than the baseline.
# If the change is meant, make a new baseline and commit it:
#   {profile} --json > {baseline}
name: neurodeploy
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install neurodeploy=={version}
      - name: Hold the network against its budget and its baseline
        run: >-
          {check}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: neurodeploy-gate
          path: {junit}
"""

_HOOK = """\
# A hook of pre-commit: copy it to .pre-commit-config.yaml, or its `repo` entry into yours.
repos:
  - repo: local
    hooks:
      - id: neurodeploy-check
        name: neurodeploy check
        entry: {check}
        language: system
        pass_filenames: false
        files: {files}
"""


def workflow(subject: Sequence[str]) -> str:
    """Return a GitHub Actions workflow that checks `subject`, arguments of `profile`."""
    return _WORKFLOW.format(
        profile=shlex.join(["neurodeploy", "profile", *subject]),
        baseline=BASELINE,
        version=__version__,
        check=_folded([*_check(subject), "--junit", _JUNIT]),
        junit=_JUNIT,
    )


def pre_commit(subject: Sequence[str], files: Sequence[str]) -> str:
    """Return a pre-commit configuration that checks `subject` when one of `files` changes."""
    watched = "|".join(re.escape(file) for file in (*files, "gate/"))
    # A JSON string is a YAML string, whatever a path holds.
    return _HOOK.format(check=json.dumps(check_command(subject)), files=json.dumps(f"^({watched})"))


def check_command(subject: Sequence[str]) -> str:
    """Return the command line that CI runs."""
    return shlex.join(_check(subject))


def _check(subject: Sequence[str]) -> list[str]:
    gates = ["--budget", BUDGET, "--baseline", BASELINE]
    return ["neurodeploy", "check", *subject, *gates]


def _folded(arguments: Sequence[str]) -> str:
    """Return a command with an option a line, as a folded scalar of the workflow holds it."""
    quoted = (shlex.quote(argument) for argument in arguments)
    return " ".join(f"\n          {a}" if a.startswith("--") else a for a in quoted).replace(
        " \n", "\n"
    )
