"""README.md and docs say what the code says today: generated parts are made anew and compared."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(readme)
    return readme


TOOL = _tool()


@pytest.mark.parametrize(
    "page",
    [page for page in TOOL.PAGES if TOOL.parts_of(page.read_text())],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_generated_parts_are_true(page: Path) -> None:
    text = page.read_text()
    assert TOOL.rendered(text) == text, "run: python tools/readme.py"


def test_every_part_stands_on_one_page() -> None:
    found = [part for page in TOOL.PAGES for part in TOOL.parts_of(page.read_text())]
    assert sorted(found) == sorted(TOOL.PARTS)
