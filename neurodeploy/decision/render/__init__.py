"""A decision as HTML, Markdown and JSON: nothing is computed here."""
