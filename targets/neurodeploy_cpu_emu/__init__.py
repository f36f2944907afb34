"""cpu-emu: the same integers on the CPU, with the chip's counts, time and energy."""
