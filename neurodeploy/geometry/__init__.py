"""Shapes and index rules of everything that connects: shared by both networks, chips and targets."""
