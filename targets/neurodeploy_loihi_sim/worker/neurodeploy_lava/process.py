"""The processes: ports, variables and parameters; `models.py` says what they compute."""

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.proc.conv.process import Conv

RESETS = ("none", "zero", "zero_delayed", "subtract", "subtract_delayed", "subtract_latched")
PER_NEURON = ("u", "v", "du", "dv", "vth", "vth_low", "v_reset", "bias_mant", "bias_exp")


class Neurons(AbstractProcess):
    """Leaky integrate-and-fire neurons with parameters of their own and a choice of resets.

    ::

        u = decay(u, du + 1) + (a_in << 6)              wraps once at 24 bits
        v = decay(v, dv) + u + (bias_mant << bias_exp)  saturates at 24 bits
        s = v > vth << 6,  and -1 where v < vth_low << 6 if `ternary`

    Parameters
    ----------
    u, v, du, dv, vth, vth_low, v_reset, bias_mant, bias_exp : integers, one a neuron or one.
    reset : what a spike does to v. ``zero`` sets it to v_reset; ``zero_delayed`` does so in the
        next step; ``subtract`` takes the threshold off; ``subtract_delayed`` one step later, after
        the decay; ``subtract_latched`` at once, and compares against twice the threshold while v
        still exceeds it; ``none`` leaves it.
    t_start : first step (from 0) in which the neurons move; before, they are silent.
    spiking : False sends v instead of spikes.
    clear_interval, clear_offset : u = v = 0 before step k (from 0) whenever
        ``(k + 1) % clear_interval == clear_offset % clear_interval``; an interval of 0 is never.
    """

    def __init__(
        self,
        *,
        shape,
        reset="zero",
        t_start=0,
        spiking=True,
        ternary=False,
        clear_interval=0,
        clear_offset=0,
        name=None,
        **per_neuron,
    ):
        unknown = set(per_neuron) - set(PER_NEURON)
        if unknown or reset not in RESETS:
            raise ValueError(f"unknown parameters {sorted(unknown)} or reset {reset!r}")
        super().__init__(
            shape=shape,
            reset=reset,
            t_start=t_start,
            spiking=spiking,
            ternary=ternary,
            clear_interval=clear_interval,
            clear_offset=clear_offset,
            name=name,
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        for key in PER_NEURON:
            value = np.broadcast_to(per_neuron.get(key, 0), shape)
            setattr(self, key, Var(shape=shape, init=np.array(value, np.int32)))


class DelayedConv(Conv):
    """A convolution whose sums arrive `delay_steps` steps after the spikes; Lava's take one."""

    def __init__(self, *, delay_steps, **convolution):
        super().__init__(**convolution)
        self.proc_params["delay_steps"] = delay_steps
