"""One renderer a file, each from the report alone."""
