"""Training with torch; nothing below this room needs it."""
