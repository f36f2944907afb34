"""Run one job folder in Lava: ``python run_job.py FOLDER``.

The protocol, version 3. In: ``job.json`` and ``arrays.npz``. The JSON is a tree in which
``{"array": KEY}`` stands for an array of the archive; its top level is::

    protocol  3
    parent    process id of the caller; when it is gone, the job ends
    networks  list of
        layout    sources, neurons, synapses, wires and heads, as `network.py` builds them
        n_samples
        stimulus  integers (sample, step, *shape) by the key of a source
        n_steps   steps of one sample; a missing step of the stimulus is zero
        record    keys of the neurons whose u and v are wanted
        starts    first neuron of every slice that is counted apart, by key of the neurons
        active    whether it is wanted which neurons had something to work on
        exit      when a sample stops before its last step, or null: the key of the neurons that
                  are judged, the last informative step of each sample (``limits``), and the rule as
                  `exit_rule.py` takes it; the first head hangs together with these neurons

Out: ``answer.npz``, then ``answer.json``, last and by a rename: ``protocol`` and either
``versions`` or ``error``, the text of an exception. The archive holds, by network I and key K of
its neurons, ``I/spikes/K``, ``I/u/K``, ``I/v/K``, ``I/active/K`` (sample, step, neuron) and
``I/counts/K`` (sample, step, kind, slice); see `recorded.py`; and ``I/used`` (sample,), steps that
were run, after which a sample's rows are 0. Meanwhile ``progress.bin`` holds the
steps done in the network that is running (8 bytes, little endian), and ``failure.txt`` why a Lava
process ended before its time, after which the job's processes are killed: the others would wait
for ever.

The script leads a process group of its own: who started it ends everything by killing that group.
"""

import contextlib
import json
import os
import platform
import signal
import sys
import threading
import time
import traceback
from multiprocessing import resource_tracker
from pathlib import Path

PROTOCOL = 3
N_KINDS = 3
FAILURE = "failure.txt"

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # integers need no BLAS, and its threads start slowly


class Watch(threading.Thread):
    """End the job when its caller is gone, or when a Lava process ends while Lava runs."""

    def __init__(self, folder, parent):
        super().__init__(daemon=True)
        self.folder, self.parent = folder, parent
        self.lock, self.lava_runs = threading.Lock(), False

    def run(self):
        """Look twice a second, and twice at an end: Lava may be about to say why."""
        ended = False
        while os.getppid() == self.parent:
            with self.lock:
                before, ended = ended, self.lava_runs and self.any_ended()
                if before and ended:
                    text = "a process of Lava was killed, or ended without a word"
                    (self.folder / FAILURE).write_text(text)
                    break
            time.sleep(0.5)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def any_ended(self):
        """Say whether a child process ended and nobody has asked for its exit code yet."""
        if not hasattr(os, "waitid"):  # macOS: the caller gives up when nothing moves
            return False
        look_only = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_ALL, 0, look_only) is not None

    @contextlib.contextmanager
    def running(self):
        """Say that no child may end within the block."""
        self.lava_runs = True
        try:
            yield
        finally:
            with self.lock:
                self.lava_runs = False


def main(folder):
    """Run the job in `folder` and return the exit code."""
    resource_tracker.ensure_running()  # outlives the group, and removes its shared memory
    os.setsid()
    try:
        job = load(folder)
        watch = Watch(folder, job["parent"])
        watch.start()
        answer, arrays = run_job(folder, job, watch)
    except Exception:  # noqa: BLE001  # the worker's last words
        answer, arrays = {"error": traceback.format_exc()}, {}
    write(folder, {"protocol": PROTOCOL, **answer}, arrays)
    return 1 if "error" in answer else 0


def load(folder):
    """Return the job, its arrays in place."""
    import lava.magma.core.run_configs  # noqa: F401  # Lava sets how processes start: it comes first
    import numpy as np

    job = json.loads((folder / "job.json").read_text())
    if job["protocol"] != PROTOCOL:
        raise ValueError(f"protocol {job['protocol']}, this worker speaks {PROTOCOL}")
    with np.load(folder / "arrays.npz", allow_pickle=False) as archive:
        return _with_arrays(job, archive)


def _with_arrays(value, archive):
    if isinstance(value, dict):
        if set(value) == {"array"}:
            return archive[value["array"]]
        return {key: _with_arrays(item, archive) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_arrays(item, archive) for item in value]
    return value


def run_job(folder, job, watch):
    """Return what to answer, and the arrays."""
    arrays = {}
    for number, network in enumerate(job["networks"]):
        arrays.update(run_network(folder, number, network, watch))
    return {"versions": versions()}, arrays


def run_network(folder, number, network, watch):
    """Run all samples of one network; return its files."""
    import numpy as np

    from network import build

    n_samples = network["n_samples"]
    stimulus = {key: in_a_row(x, network["n_steps"]) for key, x in network["stimulus"].items()}
    processes = build(network["layout"], stimulus)
    files = prepare(folder, number, network, n_samples)
    clock = None if network["exit"] is None else folder / f"{number}.clock.npy"
    attach(folder, network, processes, files, clock)
    used = np.full(n_samples, network["n_steps"])
    for part, key in enumerate(network["layout"]["heads"]):
        if clock is None:
            with running(processes[key], watch) as run:
                run(n_samples * network["n_steps"])
        elif part == 0:
            judged = files[network["exit"]["key"]]["spikes"][0]
            used = run_to_exits(processes[key], network, clock, judged, watch)
        else:
            run_so_long(processes[key], used, clock, watch)
    shape = (n_samples, network["n_steps"])
    recorded = {
        f"{number}/{what}/{key}": np.load(path, mmap_mode="r").reshape(*shape, *tail)
        for key, found in files.items()
        for what, (path, tail) in found.items()
    }
    return {**recorded, f"{number}/used": used}


def run_to_exits(process, network, clock, judged, watch):
    """Run each sample from check to check until it stops; return the steps that each took."""
    import numpy as np

    from exit_rule import may_stop_after, stops

    rule, steps = network["exit"], network["n_steps"]
    used = np.zeros(network["n_samples"], np.int64)
    with running(process, watch) as run:
        for sample, limit in enumerate(rule["limits"].tolist()):
            set_clock(clock, used.sum(), sample)
            for stop in may_stop_after(rule, limit):
                run(stop - used[sample])
                used[sample] = stop
                start = sample * steps
                if stops(rule, np.load(judged, mmap_mode="r")[start : start + stop], limit):
                    break
    return used


def run_so_long(process, used, clock, watch):
    """Run each sample for the steps that it took elsewhere."""
    with running(process, watch) as run:
        for sample, steps in enumerate(used):
            set_clock(clock, used[:sample].sum(), sample)
            run(steps)


def set_clock(path, start, sample):
    """Tell the models that `sample` begins in step `start`; they map this file."""
    import numpy as np

    if not path.exists():
        np.save(path, np.zeros(2, np.int64))
    np.load(path, mmap_mode="r+")[:] = start, sample


def in_a_row(x, n_steps):
    """Return the samples (sample, step, *shape) one after the other, each of `n_steps`."""
    import numpy as np

    padded = np.zeros((len(x), n_steps, *x.shape[2:]), np.int32)
    padded[:, : x.shape[1]] = x[:, :n_steps]
    return padded.reshape(-1, *x.shape[2:])


def prepare(folder, number, network, n_samples):
    """Write the files that the neurons will fill, so that a full disk shows before Lava starts.

    Returns path and shape behind (sample, step), by key of the neurons and ``spikes``, ``u``, ...
    """
    import numpy as np

    files = {}
    for node in network["layout"]["neurons"]:
        key, size = node["key"], int(np.prod(node["shape"]))
        spikes = np.int8 if node.get("spiking", True) else np.int32
        wanted = {
            "spikes": (spikes, (size,)),
            "counts": (np.int64, (N_KINDS, len(network["starts"][key]))),
        }
        if key in network["record"]:
            wanted.update(u=(np.int32, (size,)), v=(np.int32, (size,)))
        if network["active"]:
            wanted["active"] = (np.uint8, (size,))
        files[key] = {}
        for what, (dtype, tail) in wanted.items():
            path = folder / f"{number}.{what}.{key}.npy"
            np.save(path, np.zeros((n_samples * network["n_steps"], *tail), dtype))
            files[key][what] = (path, tail)
    return files


def attach(folder, network, processes, files, clock):
    """Tell every process what `recorded.py` must know; the heads tell the progress."""
    from recorded import Batch

    for key, process in processes.items():
        process.proc_params["batch"] = Batch(
            folder=folder,
            steps=network["n_steps"],
            files={what: path for what, (path, _) in files.get(key, {}).items()},
            starts=network["starts"].get(key),
            paces=key in network["layout"]["heads"],
            clock=clock,
        )


@contextlib.contextmanager
def running(process, watch):
    """Give a function that runs `process`, and all that it is connected to, for some steps."""
    import logging

    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg

    from recorded import MODELS

    logging.getLogger().handlers.clear()  # every process adds one
    configuration = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=MODELS)

    def run(n_steps):
        with watch.running():
            process.run(condition=RunSteps(num_steps=int(n_steps)), run_cfg=configuration)

    yield run
    process.stop()


def versions():
    """Return the versions of what computed."""
    from importlib.metadata import version

    packages = {name: version(name) for name in ("lava-nc", "numpy", "scipy")}
    return {"python": platform.python_version(), **packages}


def write(folder, answer, arrays):
    """Write the arrays, then the answer, by a rename: it is there whole or not at all."""
    if arrays:
        import numpy as np

        np.savez(folder / "answer.npz", **arrays)
    temporary = folder / "answer.json.new"
    temporary.write_text(json.dumps(answer))
    temporary.replace(folder / "answer.json")


if __name__ == "__main__":
    code = main(Path(sys.argv[1]).resolve())
    sys.stdout.flush()
    os._exit(code)  # an ordinary exit would wait for processes of Lava that a failure left
