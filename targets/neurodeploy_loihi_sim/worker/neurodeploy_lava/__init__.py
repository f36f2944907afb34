"""Lava processes for what Lava's own cannot do: more neuron rules, and delayed convolutions.

On a chip they need microcode for Loihi 2; elsewhere Lava runs their fixed-point models. Lava
searches the folder of a process for its models, so it holds `process.py` and `models.py` only.
"""
