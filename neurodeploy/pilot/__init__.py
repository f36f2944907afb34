"""One small proof of concept, from a network's file to a verdict, stage by stage."""
