"""Run the `run:` steps of a composite GitHub Action in this machine's shell."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")
"""What GitHub starts for `shell: bash`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run of the action left: the step that failed, its log, outputs and summary."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    uploaded: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeAction:
    """An action.yml, and where it lies."""

    path: Path
    document: Mapping[str, Any]

    def run(
        self,
        workspace: Path,
        environment: Mapping[str, str],
        *,
        without: Sequence[str] = (),
        **inputs: str,
    ) -> Outcome:
        """Run in `workspace` with `inputs` (`_` for `-`), as the runner does without its `uses:`.

        Steps named in `without` are left out; one after a step that failed runs only where it says
        `if: always()`.
        """
        given = self._inputs({name.replace("_", "-"): value for name, value in inputs.items()})
        output, summary = workspace / ".output", workspace / ".summary"
        output.touch()
        summary.touch()
        runner = {
            **environment,
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.path.parent),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        code, log, uploaded = 0, "", {}
        for step in self.document["runs"]["steps"]:
            if step.get("name") in without or (code and step.get("if") != "always()"):
                continue
            if "run" in step:
                done = _ran(step, workspace, runner, given)
                code, log = code or done.returncode, log + done.stdout
            elif step["uses"].startswith("actions/upload-artifact@"):
                uploaded = {k: _filled(v, given) for k, v in step["with"].items()}
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return Outcome(
            code=code, log=log, outputs=outputs, summary=summary.read_text(), uploaded=uploaded
        )

    def _inputs(self, given: Mapping[str, str]) -> Mapping[str, str]:
        declared = self.document["inputs"]
        assert not set(given) - set(declared)
        return {name: given.get(name, of.get("default")) for name, of in declared.items()}


def composite_action(path: Path) -> CompositeAction:
    return CompositeAction(path=path, document=yaml.safe_load(path.read_text()))


def _ran(
    step: Mapping[str, Any], workspace: Path, runner: Mapping[str, str], inputs: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    assert step["shell"] == "bash"
    assert "${{" not in step["run"], "an input in a script would be run as one; hand it by env"
    return subprocess.run(
        [*BASH, step["run"]],
        cwd=workspace / _filled(step.get("working-directory", "."), inputs),
        env={**runner, **{k: _filled(v, inputs) for k, v in step.get("env", {}).items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    filled = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: inputs[m[1]], text)
    assert "${{" not in filled, f"{text}: only inputs are known here"
    return os.fspath(filled)
