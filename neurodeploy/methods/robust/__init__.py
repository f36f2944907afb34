"""Robust conversion: adversarial training, transfer, finetuning (Özdenizci and Legenstein 2024)."""
