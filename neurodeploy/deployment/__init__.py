"""What is deployed: program, hardware, placement and where they came from, saved as a folder."""
