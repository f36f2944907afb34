"""What stopping early gave, against the same samples run to their last step."""
