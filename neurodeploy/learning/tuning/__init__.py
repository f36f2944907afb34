"""Search for what the papers leave to experts, on validation data, in the integers deployed.

What is searched stands in `kinds`; a setting of the deployment (an exit policy's threshold, say)
would be another kind there, applied in `bench` after compiling.
"""
