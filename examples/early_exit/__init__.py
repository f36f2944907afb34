"""Experiments with early exit: calibrated rules, events, and policy networks."""
