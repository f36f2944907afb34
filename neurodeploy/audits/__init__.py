"""What is measured of a network against somebody who means it harm."""
