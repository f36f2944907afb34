"""What the processes compute, in Loihi's fixed-point arithmetic: one line an effect."""

from collections import deque

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from lava.proc.conv import utils
from lava.proc.conv.models import AbstractPyConvModel

from neurodeploy_lava.process import DelayedConv, Neurons

DECAY_BITS = 12
DECAY_UNIT = 1 << DECAY_BITS
STATE_SHIFT = 6
U_LIMIT = 1 << 23
V_LIMIT = (1 << 23) - 1


def wrapped32(values):
    """Return `values` in two's complement of 32 bits, int64."""
    return values.astype(np.int32).astype(np.int64)


def wrapped_once(values):
    """Return `values` folded once into (-2**23, 2**23], as the current is."""
    return values - 2 * U_LIMIT * (values > U_LIMIT) + 2 * U_LIMIT * (values <= -U_LIMIT)


def decayed(state, decay):
    """Return ``state * (1 - decay / 4096)``, rounded toward zero."""
    product = state.astype(np.int64) * (DECAY_UNIT - decay.astype(np.int64))
    return np.sign(product) * (np.abs(product) >> DECAY_BITS)


@implements(proc=Neurons, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "bit_accurate_loihi")
class PyNeuronsFixed(PyLoihiProcessModel):
    """`Neurons` in Python; `wrapped` and `saturated` tell whose state left its range."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    u: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    du: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=13)
    dv: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=13)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=17)
    vth_low: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=17)
    v_reset: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    bias_mant: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=13)
    bias_exp: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=4)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.reset = proc_params["reset"]
        self.spikes = np.zeros(proc_params["shape"], np.int64)
        self.wrapped = np.zeros(proc_params["shape"], bool)
        self.saturated = np.zeros(proc_params["shape"], bool)

    @property
    def step(self):
        """The step that is being computed, from 0."""
        return self.time_step - 1

    def run_spk(self):
        """Compute one step."""
        a_in = self.a_in.recv()
        if self.step < self.proc_params["t_start"]:
            self.s_out.send(np.zeros_like(self.u))
            return
        interval = self.proc_params["clear_interval"]
        if interval and (self.step + 1) % interval == self.proc_params["clear_offset"] % interval:
            self.u[:], self.v[:], self.spikes[:] = 0, 0, 0
        self.s_out.send(self.update(wrapped32(a_in)).astype(np.int32))

    def update(self, a_in):
        """Advance u and v by one step and return what is sent, int64."""
        theta = self.vth.astype(np.int64) << STATE_SHIFT
        held_back = theta * self.spikes if self.reset == "subtract_delayed" else 0
        v_before = self.v.astype(np.int64)

        current = wrapped32(decayed(self.u, self.du + 1) + wrapped32(a_in << STATE_SHIFT))
        self.u[:] = wrapped_once(current)
        voltage = wrapped32(decayed(self.v, self.dv) + self.u + self.bias() - held_back)
        self.v[:] = np.clip(voltage, -V_LIMIT, V_LIMIT)
        self.wrapped, self.saturated = self.u != current, self.v != voltage
        if not self.proc_params["spiking"]:
            return self.v.astype(np.int64)

        if self.reset == "zero_delayed":
            self.v[:] = np.where(self.spikes != 0, self.v_reset, self.v)
        self.spikes = self.compared(theta, v_before)
        self.reset_voltage(theta)
        return self.spikes

    def bias(self):
        """Return the bias: an int16 mantissa shifted by its exponent, rounded down."""
        mantissa = self.bias_mant.astype(np.int16).astype(np.int64)
        up, down = np.maximum(self.bias_exp, 0), np.maximum(-self.bias_exp, 0)
        return wrapped32((mantissa << up) >> down)

    def compared(self, theta, v_before):
        """Return spikes: 1 above the threshold, -1 below the lower one if `ternary`."""
        v = self.v.astype(np.int64)
        if self.reset == "subtract_latched":
            v = v - theta * (v_before > theta)
        spikes = (v > theta).astype(np.int64)
        if self.proc_params["ternary"]:
            spikes -= v < self.vth_low.astype(np.int64) << STATE_SHIFT
        return spikes

    def reset_voltage(self, theta):
        """Apply what this step's spikes do to v in this step."""
        if self.reset == "zero":
            self.v[:] = np.where(self.spikes != 0, self.v_reset, self.v)
        elif self.reset in ("subtract", "subtract_latched"):
            self.v[:] = np.clip(self.v - theta * self.spikes, -V_LIMIT, V_LIMIT)


@implements(proc=DelayedConv, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyDelayedConvFixed(AbstractPyConvModel):
    """`DelayedConv` in Python: Lava's convolution, its sums held back in a line."""

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    a_buf: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    weight: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.line = None

    def run_spk(self):
        """Send what is due, then put this step's sums at the end of the line."""
        if self.line is None:
            self.empty_line()
        super().run_spk()
        self.line.append(self.a_buf)
        self.a_buf = self.line.popleft()

    def clamp_precision(self, x):
        """Wrap sums at 24 bits, as `lava.proc.conv.models.PyConvModelFixed` does."""
        return utils.signed_clamp(x, bits=24)

    def empty_line(self):
        """Forget every sum under way."""
        self.a_buf = np.zeros_like(self.a_buf)
        steps = self.proc_params["delay_steps"] - 1
        self.line = deque(np.zeros_like(self.a_buf) for _ in range(steps))
