"""The pages of docs as HTML: `python -m tools.docs build/docs`."""
