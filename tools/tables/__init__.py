"""Tables of the README that programs in `examples` measured, a file a subject."""
