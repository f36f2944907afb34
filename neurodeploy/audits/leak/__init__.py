"""How much of its classes a released network gives away."""
