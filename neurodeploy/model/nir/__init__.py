"""NIR, the file format of a Model: what `nir_file` reads and writes, step by step."""
