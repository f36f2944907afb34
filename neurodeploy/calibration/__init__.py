"""Coefficients of a chip's page from runs that someone measured on the chip."""
