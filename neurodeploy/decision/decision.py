"""`Decision`: page one of a deployment and the evidence behind it."""

from dataclasses import dataclass
from pathlib import Path

from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.page_one import PageOne
from neurodeploy.storage.atomic import write_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decision:
    """What is handed to who decides, and to the engineers who ask why."""

    page: PageOne
    evidence: Evidence

    def to_html(self, path: str | Path) -> None:
        """Write one page that prints, and needs no other file and no network."""
        from neurodeploy.decision.render.html import html  # the renderers look at this noun

        write_text(Path(path), html(self))

    def to_markdown(self, path: str | Path) -> None:
        """Write the same as text."""
        from neurodeploy.decision.render.markdown import markdown

        write_text(Path(path), markdown(self))

    def to_json(self, path: str | Path) -> None:
        """Write page one and the cost page as ``decision.json``."""
        from neurodeploy.decision.render.json_file import decision_text

        write_text(Path(path), decision_text(self.page))

    def _repr_markdown_(self) -> str:
        """Return what a notebook shows."""
        from neurodeploy.decision.render.markdown import markdown

        return markdown(self)
