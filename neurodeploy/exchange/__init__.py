"""Deployments in the files of other people's tools; each format is a folder of its own."""
