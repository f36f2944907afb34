"""A section of the page: heading, one sentence of what it shows, content."""

from neurodeploy.report.render.html.element import Html, tag


def section(anchor: str, title: str, lead: str, *content: str) -> Html:
    """Return a section that the page's navigation can point to."""
    return tag(
        "section",
        {"id": anchor, "aria-labelledby": f"{anchor}-title"},
        tag("h2", {"id": f"{anchor}-title"}, title),
        *([tag("p", {"class": "lead"}, lead)] if lead else []),
        *content,
    )
