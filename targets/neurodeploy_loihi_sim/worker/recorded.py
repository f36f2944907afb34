"""Lava's own process models, started anew at every sample and written down as they go.

All samples of a network run one after the other in one Lava run. Each model below is Lava's with a
mix-in: at the first step of a sample it forgets what the last one left (states, sums under way), so
that samples are exact strangers even in recurrent networks; after each step neurons write spikes,
states and counts into files, because Lava's `Var.get` takes 17 us an element.
"""

import os
import signal
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lava.proc.conv.models import PyConvModelFixed
from lava.proc.conv.process import Conv
from lava.proc.dense.models import PyDelayDenseModelBitAcc, PyDenseModelBitAcc
from lava.proc.dense.process import DelayDense, Dense
from lava.proc.io.source import PySendModelFixed, RingBuffer
from lava.proc.lif.models import PyLifModelBitAcc
from lava.proc.lif.process import LIF
from lava.proc.sparse.models import PyDelaySparseModelBitAcc, PySparseModelBitAcc
from lava.proc.sparse.process import DelaySparse, Sparse

from neurodeploy_lava.models import (
    PyDelayedConvFixed,
    PyNeuronsFixed,
    decayed,
    wrapped32,
)
from neurodeploy_lava.process import DelayedConv, Neurons

FAILURE = "failure.txt"
PROGRESS = "progress.bin"


@dataclass(frozen=True)
class Batch:
    """What a model must know of the run: its own files, and how long a sample is.

    Parameters
    ----------
    steps : of one sample; of one that is run to its end, where samples may stop.
    clock : path of an `.npy` of two integers, the step in which the running sample began and its
        number, where samples may stop; else None, and they begin every `steps`.
    files : path of each `.npy` file to fill, by ``spikes``, ``u``, ``v``, ``active`` and
        ``counts``.
    starts : first neuron of every slice that is counted apart.
    paces : whether this model tells the job folder how many steps are done.
    """

    folder: Path
    steps: int
    files: dict
    starts: np.ndarray
    paces: bool
    clock: Path


class Sampled:
    """Mix in: start anew at each sample, tell progress, and end the whole job on an exception."""

    progress = None
    clock = None

    @property
    def step(self):
        """The step of the running sample that is being computed, from 0."""
        batch, now = self.proc_params["batch"], self.time_step - 1
        return now % batch.steps if batch.clock is None else now - int(self.read_clock()[0])

    @property
    def row(self):
        """Where this step stands in the files and in the stimulus."""
        batch = self.proc_params["batch"]
        if batch.clock is None:
            return self.time_step - 1
        return int(self.read_clock()[1]) * batch.steps + self.step

    def read_clock(self):
        """Return the clock, which is set while nothing runs."""
        if self.clock is None:
            self.clock = np.load(self.proc_params["batch"].clock, mmap_mode="r")
        return self.clock

    def run_spk(self):
        """Compute one step."""
        batch = self.proc_params["batch"]
        try:
            if batch.paces:
                self.tell_progress(batch.folder / PROGRESS)
            if self.step == 0:
                self.begin_sample()
            super().run_spk()
            self.end_step(batch)
        except Exception:  # noqa: BLE001  # the other processes would wait for this one for ever
            end_job(batch.folder)

    def tell_progress(self, path):
        """Write how many steps are done over what stood there, in one piece."""
        if self.progress is None:
            self.progress = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.pwrite(self.progress, int(self.time_step - 1).to_bytes(8, "little"), 0)

    def begin_sample(self):
        """Forget the last sample."""

    def end_step(self, batch):
        """Write down this step."""


def end_job(folder):
    """Leave Lava's traceback and end every process of the job: the others would wait for ever."""
    try:
        (folder / FAILURE).write_text(traceback.format_exc())
    finally:
        os.killpg(os.getpgrp(), signal.SIGKILL)


class _Source(PySendModelFixed):
    """Mix in: send the row of the sample and step that are running."""

    def run_spk(self):
        self.s_out.send(self.data[..., self.row])


class SampledSource(Sampled, _Source):
    """The stimulus of all samples, one after the other."""


class _Buffered(Sampled):
    def begin_sample(self):
        self.a_buff = np.zeros_like(self.a_buff)


class SampledDense(_Buffered, PyDenseModelBitAcc):
    """Dense synapses."""


class SampledSparse(_Buffered, PySparseModelBitAcc):
    """Sparse synapses."""


class _Delayed(_Buffered):
    """Mix in: Lava cuts the weights by delay anew in every step; they never change here."""

    cut = None

    def get_delay_wgts_mat(self, weights, delays, max_delay):
        if self.cut is None:
            self.cut = super().get_delay_wgts_mat(weights, delays, max_delay)
        return self.cut


class SampledDelayDense(_Delayed, PyDelayDenseModelBitAcc):
    """Dense synapses with delays."""


class SampledDelaySparse(_Delayed, PyDelaySparseModelBitAcc):
    """Sparse synapses with delays."""


class SampledConv(Sampled, PyConvModelFixed):
    """A convolution."""

    def begin_sample(self):
        self.a_buf = np.zeros_like(self.a_buf)


class SampledDelayedConv(Sampled, PyDelayedConvFixed):
    """A convolution whose sums arrive later."""

    def begin_sample(self):
        self.empty_line()


class Recorded(Sampled):
    """Mix in for neurons: start from the initial state, and write spikes, states and counts.

    ``counts`` (step, kind, slice) are neurons with input, state or bias to work on, neurons whose
    current wrapped, and neurons whose voltage was clipped; ``active`` marks the first of these.
    """

    initial = None

    def begin_sample(self):
        if self.initial is None:
            self.initial = self.u.copy(), self.v.copy()
            files = self.proc_params["batch"].files
            self.open_files = {
                key: np.load(path, mmap_mode="r+", allow_pickle=False)
                for key, path in files.items()
            }
        self.u[:], self.v[:] = self.initial
        self.masks = None
        self.sent = np.zeros_like(self.u)

    def end_step(self, batch):
        row = self.row
        for key, values in (("spikes", self.sent), ("u", self.u), ("v", self.v)):
            if key in self.open_files:
                self.open_files[key][row] = in_order(values)
        if self.masks is not None:
            if "active" in self.open_files:
                self.open_files["active"][row] = in_order(self.masks[0])
            counts = np.stack([in_order(mask) for mask in self.masks]).astype(np.int64)
            self.open_files["counts"][row] = np.add.reduceat(counts, batch.starts, axis=1)
            self.masks = None

    def busy(self, a_in, bias):
        """Return which neurons have input, bias, a voltage or what decay leaves of a current."""
        carried = decayed(self.u, np.add(self.du, 1))
        return (a_in != 0) | (carried != 0) | (self.v != 0) | (bias != 0)


class RecordedLif(Recorded, PyLifModelBitAcc):
    """Lava's LIF."""

    def subthr_dynamics(self, activation_in):
        busy = self.busy(activation_in, self.effective_bias)
        added = decayed(self.u, np.add(self.du, 1)) + wrapped32(activation_in << self.act_shift)
        kept = decayed(self.v, np.asarray(self.dv))
        super().subthr_dynamics(activation_in)
        reached = wrapped32(kept + self.u + self.effective_bias)
        self.masks = busy, self.u != wrapped32(added), self.v != reached

    def reset_voltage(self, spike_vector):
        self.sent = spike_vector
        super().reset_voltage(spike_vector)


class RecordedNeurons(Recorded, PyNeuronsFixed):
    """Our own neurons, whose steps are counted within the sample."""

    def begin_sample(self):
        super().begin_sample()
        self.spikes = np.zeros_like(self.spikes)

    def update(self, a_in):
        busy = self.busy(a_in, self.bias())
        self.sent = super().update(a_in)
        self.masks = busy, self.wrapped, self.saturated
        return self.sent


def in_order(values):
    """Return Lava's (width, height, channel) as the network's (channel, height, width), flat."""
    return (values.T if values.ndim == 3 else values).ravel()


MODELS = {
    RingBuffer: SampledSource,
    LIF: RecordedLif,
    Neurons: RecordedNeurons,
    Dense: SampledDense,
    DelayDense: SampledDelayDense,
    Sparse: SampledSparse,
    DelaySparse: SampledDelaySparse,
    Conv: SampledConv,
    DelayedConv: SampledDelayedConv,
}
"""Which model runs which process."""
