"""Shapes and index rules of everything that connects, shared by both networks and the chips."""
