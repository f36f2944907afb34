"""Tables of docs that programs in `examples` measured, a file a subject."""
