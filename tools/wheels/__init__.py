"""The wheel: what is in it, and whether it brings a newcomer to a first report."""
