"""Robust conversion, after Özdenizci and Legenstein 2024 (TMLR): adversarial training of the
artificial network, transfer, and a short finetuning against perturbed samples.
"""
