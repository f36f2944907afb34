"""Keep nouns: read-only arrays, digests, dataclasses as JSON plus npz, files moved into place."""
