"""Every error code the code raises is explained, and every explanation is of a code it raises."""

import re
from pathlib import Path

from neurodeploy.explanations import explanations

ROOT = Path(__file__).resolve().parents[1]
EXIT_CODES = {"2": "InputError", "3": "DoesNotCompile", "4": "TargetUnavailable"}


def raised() -> set[str]:
    folders = [ROOT / "neurodeploy", ROOT / "targets"]
    sources = [path.read_text() for folder in folders for path in folder.rglob("*.py")]
    return {code for text in sources for code in re.findall(r'"(ND\d{4})"', text)}


def test_every_code_raised_is_explained_and_no_other() -> None:
    assert raised() == set(explanations())


def test_every_explanation_says_what_why_and_remedy() -> None:
    for code, entry in explanations().items():
        assert set(entry) == {"what", "why", "remedy"}, code
        assert all(text.strip() for text in entry.values()), code


def test_first_digit_of_a_code_is_its_exit_code() -> None:
    for path in (ROOT / "neurodeploy").rglob("*.py"):
        for kind, code in re.findall(r'(\w+)\(\s*"(ND\d{4})"', path.read_text()):
            if kind in EXIT_CODES.values():
                assert EXIT_CODES[code[2]] == kind, (path, code)
