"""Write a Lava script that runs without neurodeploy: ``network.py``, its weights, our processes.

It is made from the same layout that the worker runs, so the tests of one speak for the other.
"""

import re
import shutil
from pathlib import Path

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.program import Input
from neurodeploy.storage.arrays import write_npz
from neurodeploy.version import __version__
from neurodeploy_loihi_sim.layout import (
    ConvSynapses,
    DenseSynapses,
    Layout,
    Lif,
    Neurons,
    SparseSynapses,
    led_from,
)
from neurodeploy_loihi_sim.mapping import layout_of
from neurodeploy_loihi_sim.script_body import Body, body_of
from neurodeploy_loihi_sim.script_exit import Texts, exit_texts

ROOM = Path(__file__).parent
PROCESSES = "neurodeploy_lava"
EXIT_RULE = "exit_rule.py"


def write_script(deployment: Deployment, folder: Path) -> None:
    """Write the script, its arrays and, where the network needs them, our Lava processes."""
    program, policy = deployment.program, deployment.exit_policy
    layout = layout_of(program)
    if policy is not None:
        layout = led_from(layout, layout.key_of(program.outputs[0].population))
    body = body_of(layout, deployment)
    exits = exit_texts(deployment, body.arrays)
    write_npz(folder / "weights.npz", body.arrays)
    (folder / "network.py").write_text(_text(deployment, layout, body, exits))
    if policy is not None:
        shutil.copy(ROOM / "worker" / EXIT_RULE, folder / EXIT_RULE)
    if _needs_our_processes(layout):
        source = ROOM / "worker" / PROCESSES
        shutil.copytree(source, folder / PROCESSES, ignore=shutil.ignore_patterns("__pycache__"))


def _text(deployment: Deployment, layout: Layout, body: Body, exits: Texts) -> str:
    program = deployment.program
    count = len(program.populations)
    filled = {
        "title": f"A spiking network of {count} layer{'s' if count > 1 else ''}",
        "origin": f"Written by neurodeploy {__version__} from deployment {deployment.digest[:23]}.",
        "inputs_text": _inputs_text(program.inputs),
        "inputs": _inputs(program.inputs),
        "outputs": repr([output.population for output in program.outputs]),
        "layers": repr({cells.name: cells.key for cells in layout.neurons}),
        "drain_steps": str(program.drain_steps),
        "heads": repr(list(layout.heads)),
        "imports": "\n".join(_imports(layout)),
        "body": "\n".join(body.lines),
        **exits,
    }
    text = (ROOM / "network_template.txt").read_text()
    return re.sub(r"{{(\w+)}}", lambda match: filled[match[1]], text)


def _place(node: Input, inputs: tuple[Input, ...]) -> str:
    """Return where the input's integers lie in input.npz."""
    return "x" if len(inputs) == 1 else node.name


def _inputs(inputs: tuple[Input, ...]) -> str:
    return repr({_place(n, inputs): (n.shape, n.low, n.high) for n in inputs})


def _inputs_text(inputs: tuple[Input, ...]) -> str:
    if len(inputs) != 1:
        return "integers (sample, step, *shape) for each of INPUTS"
    shape = ", ".join(map(str, inputs[0].shape))
    return f"`x`, integers (sample, step, {shape})"


def _imports(layout: Layout) -> list[str]:
    """Return the imports that the body needs, sorted."""
    synapses, cells = layout.synapses, layout.neurons
    delayed = [s for s in synapses if isinstance(s, ConvSynapses) and s.delay_steps > 1]
    dense = {
        ("Dense" if s.delays is None else "DelayDense")
        for s in synapses
        if isinstance(s, DenseSynapses)
    }
    sparse = {
        ("Sparse" if s.delays is None else "DelaySparse")
        for s in synapses
        if isinstance(s, SparseSynapses)
    }
    own = {"Neurons"} if any(isinstance(c, Neurons) for c in cells) else set()
    lava = {
        "lava.proc.conv.process": {"Conv"} if _has_stock_conv(layout) else set(),
        "lava.proc.dense.process": dense,
        "lava.proc.io.sink": {"RingBuffer as Sink"},
        "lava.proc.io.source": {"RingBuffer as Source"} if layout.sources else set(),
        "lava.proc.lif.process": {"LIF"} if any(isinstance(c, Lif) for c in cells) else set(),
        "lava.proc.sparse.process": sparse,
        "lava.utils.weightutils": {"SignMode"} if dense | sparse else set(),
        "scipy.sparse": {"csr_matrix"} if sparse else set(),
        f"{PROCESSES}.process": own | ({"DelayedConv"} if delayed else set()),
    }
    return [f"from {m} import {', '.join(sorted(names))}" for m, names in lava.items() if names]


def _has_stock_conv(layout: Layout) -> bool:
    return any(isinstance(s, ConvSynapses) and s.delay_steps == 1 for s in layout.synapses)


def _needs_our_processes(layout: Layout) -> bool:
    own = any(isinstance(cells, Neurons) for cells in layout.neurons)
    return own or any(isinstance(s, ConvSynapses) and s.delay_steps > 1 for s in layout.synapses)
