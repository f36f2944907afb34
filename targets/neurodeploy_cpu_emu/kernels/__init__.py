"""Numba kernels: spikes to events, events to input sums, input sums to spikes."""
