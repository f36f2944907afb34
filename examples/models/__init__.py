"""Networks for those who have none of their own: each a file, a card, a seed and a command."""
