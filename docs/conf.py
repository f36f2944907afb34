"""Sphinx's settings; `make docs` stages these pages with generated ones and builds them."""

from typing import Any

from neurodeploy.version import __version__

project = "neurodeploy"
copyright = "The neurodeploy authors"
version = release = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["images"]

html_theme = "furo"
html_title = "neurodeploy"
html_show_sourcelink = False

nb_execution_mode = "force"  # the notebook is run whenever the pages are built
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
default_role = "code"  # docstrings put names into single backticks
smartquotes = False  # `--html` is not a dash
add_module_names = False
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"  # shapes and units stand in the docstrings


def _escape_stars(*event: Any) -> None:
    """Let `*shape` in a docstring be a star, not the start of emphasis."""
    lines: list[str] = event[-1]
    lines[:] = [line.replace("*", r"\*") for line in lines]


def setup(app: Any) -> None:
    """Have Sphinx call that before napoleon reads the docstrings."""
    app.connect("autodoc-process-docstring", _escape_stars, priority=100)
