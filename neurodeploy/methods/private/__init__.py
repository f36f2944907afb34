"""Conversion without data and protection of class content (PrivateSNN; Kim et al., AAAI 2022)."""
