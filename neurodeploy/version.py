"""The version, apart so that everything may read it."""

__version__ = "0.1.0"
