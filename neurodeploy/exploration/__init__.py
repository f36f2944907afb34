"""What calls the toolchain many times: sweeps, comparisons and advice."""
