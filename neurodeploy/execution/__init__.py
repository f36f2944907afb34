"""Where samples run: spread over other machines, their Runs merged in order."""
