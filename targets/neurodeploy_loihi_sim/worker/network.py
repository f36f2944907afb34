"""Build Lava's processes from a layout, and connect their ports."""

import numpy as np
from lava.proc.conv.process import Conv
from lava.proc.dense.process import DelayDense, Dense
from lava.proc.io.source import RingBuffer
from lava.proc.lif.process import LIF
from lava.proc.sparse.process import DelaySparse, Sparse
from lava.utils.weightutils import SignMode
from scipy.sparse import csr_matrix

from neurodeploy_lava.process import DelayedConv, Neurons


def build(layout, stimulus):
    """Return the processes of `layout` by key, connected.

    Parameters
    ----------
    stimulus : integers (step, *shape) by the key of the source, all samples in a row.
    """
    processes = {node["key"]: _source(node, stimulus[node["key"]]) for node in layout["sources"]}
    processes.update((node["key"], _BUILDERS[node["type"]](node)) for node in layout["neurons"])
    processes.update((node["key"], _BUILDERS[node["type"]](node)) for node in layout["synapses"])
    for wire in layout["wires"]:
        port = getattr(processes[wire["source"]], wire["out_port"])
        for step in wire["steps"]:
            change = port.transpose if step["type"] == "Transpose" else port.reshape
            port = change(tuple(step["to"]))
        port.connect(getattr(processes[wire["target"]], wire["in_port"]))
    return processes


def _source(node, values):
    by_shape = np.moveaxis(values, 0, -1)
    if len(node["shape"]) == 3:
        by_shape = by_shape.transpose(2, 1, 0, 3)
    return RingBuffer(data=np.ascontiguousarray(by_shape, np.int32))


def _lif(node):
    return LIF(
        shape=tuple(node["shape"]),
        u=node["u0"],
        v=node["v0"],
        du=node["du"],
        dv=node["dv"],
        vth=node["vth"],
        bias_mant=node["bias_mant"],
        bias_exp=node["bias_exp"],
    )


def _neurons(node):
    low = node["vth_low"]
    return Neurons(
        shape=tuple(node["shape"]),
        u=node["u0"],
        v=node["v0"],
        vth_low=0 if low is None else low,
        ternary=low is not None,
        **{key: node[key] for key in _SAME_NAME},
    )


_SAME_NAME = (
    *("du", "dv", "vth", "v_reset", "bias_mant", "bias_exp", "reset", "t_start", "spiking"),
    *("clear_interval", "clear_offset"),
)


def _dense(node):
    if node["delays"] is None:
        return Dense(weights=node["weights"], **_common(node))
    return DelayDense(weights=node["weights"], delays=node["delays"].astype(int), **_common(node))


def _sparse(node):
    def matrix(values):
        return csr_matrix((values, node["indices"], node["indptr"]), shape=tuple(node["shape"]))

    weights = matrix(node["weights"])
    if node["delays"] is None:
        return Sparse(weights=weights, **_common(node))
    return DelaySparse(weights=weights, delays=matrix(node["delays"].astype(int)), **_common(node))


def _common(node):
    return {
        "weight_exp": node["weight_exp"],
        "sign_mode": SignMode[node["sign_mode"].upper()],
        "num_message_bits": node["message_bits"],
    }


def _conv(node):
    arguments = {
        "weight": node["weight"],
        "num_message_bits": node["message_bits"],
        "groups": node["groups"],
        **{key: tuple(node[key]) for key in ("input_shape", "stride", "padding", "dilation")},
    }
    if node["delay_steps"] == 1:
        return Conv(**arguments)
    return DelayedConv(delay_steps=node["delay_steps"], **arguments)


_BUILDERS = {
    "Lif": _lif,
    "Neurons": _neurons,
    "DenseSynapses": _dense,
    "SparseSynapses": _sparse,
    "ConvSynapses": _conv,
}
