"""The pages as HTML: they build without a warning, and no link in them is dead."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from support.doc_pages import DOCS, ROOT, pages

from neurodeploy.cli.app import app
from neurodeploy.explanations import explanations

LINK = re.compile(r"(?<!`)\]\((?P<target>[^)\s]+)\)")
EXTERNAL = re.compile(r"https://[\w.-]+\.[a-z]+(/\S*)?")
GENERATED = {"commands.md", "errors.md"}
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Page(HTMLParser):
    """What a page of HTML links to, and what in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            elif name == "id" and value:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx", reason="pip install '.[docs]'")
    from tools.docs.__main__ import build

    out = tmp_path_factory.mktemp("docs")
    assert build(out) == 0  # a warning is an error; the notebook runs
    return out


def test_pages_of_code_are_there_and_no_link_is_dead(built: Path) -> None:
    found = {path: Page(path.read_text()) for path in built.rglob("*.html")}
    commands = {c.name for c in app.registered_commands} | {g.name for g in app.registered_groups}
    assert {p.stem for p in (built / "commands").iterdir()} == commands
    assert {p.stem for p in (built / "errors").iterdir()} == set(explanations())
    dead = [
        (str(path.relative_to(built)), link)
        for path, page in found.items()
        for link in page.links
        if not leads(path, link, found)
    ]
    assert not dead


def leads(page: Path, link: str, found: dict[Path, Page]) -> bool:
    """Say whether a link of the page leads somewhere; others' sites are held to a form alone."""
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "data" or EXTERNAL.fullmatch(link) is not None
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return False
    return not parts.fragment or target not in found or parts.fragment in found[target].anchors


def test_the_notebook_was_run(built: Path) -> None:
    text = (built / "notebook.html").read_text()
    cells = (DOCS / "notebook.md").read_text().count("```{code-cell}")
    assert text.count('class="cell_input') == cells
    assert "Traceback" not in text
    assert re.search(r"energy_total_j\s+[\d.e-]+ J\s+modelled", re.sub("<[^>]+>", "", text))


@pytest.mark.parametrize("page", list(pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_the_text_is_dead(page: Path) -> None:
    targets = [m["target"] for m in LINK.finditer(page.read_text())]
    assert [target for target in targets if not leads_in_text(page, target)] == []


def leads_in_text(page: Path, target: str) -> bool:
    if urlsplit(target).scheme:
        return EXTERNAL.fullmatch(target) is not None
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    if file.parent == DOCS and file.name in GENERATED:
        return True
    return file.is_file() and (not anchor or anchor in anchors(file))


def anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page of Markdown."""
    headings = HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
