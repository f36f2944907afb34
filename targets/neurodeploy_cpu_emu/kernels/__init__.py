"""Numba kernels: spikes to input sums in `synapses`, input sums to spikes in `neurons`."""
