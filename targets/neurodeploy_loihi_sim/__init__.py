"""The target `loihi-sim`: the same integers, computed by Intel's Lava in its own interpreter."""
