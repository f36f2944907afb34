"""Energy by models other than the chip's, the same network as an ANN, and where the two meet."""
