"""Placement plus spikes to counts and ticks: the accounting that every target shares."""
