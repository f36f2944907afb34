"""Exit policies: what they would do to recorded outputs, and which one to choose."""
