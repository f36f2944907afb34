"""Model plus number ranges to Program: fuse chains, retime, scale, round, and say what it cost."""
