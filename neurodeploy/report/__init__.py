"""Counts to costs to metrics to a Report; joules appear here first."""
