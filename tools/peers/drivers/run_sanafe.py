"""Run SANA-FE on the files of one folder and write what it counted: a program of its own.

Runs in the interpreter that holds SANA-FE; it imports nothing else. SANA-FE prints as it likes;
the answer is the file that is named last.

    python run_sanafe.py FOLDER STEPS TIMING[,TIMING...] ANSWER.json

The answer has one object for each timing model (``simple``, ``detailed``, ``cycle``) with, by
step, ``fired``, ``updated``, ``synops``, ``hops`` and ``time_s``, and ``energy_j`` in total by
component; and once ``spikes``, [step, neuron] by group, and ``messages``: how many, with hops
along x and along y, by group.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import sanafe


def run(folder, n_steps, timing, trace):
    """Return what one fresh chip counts."""
    arch = sanafe.load_arch(str(folder / "arch.yaml"))
    net = sanafe.load_net(str(folder / "snn.yaml"), arch)
    chip = sanafe.SpikingChip(arch)
    chip.load(net)
    result = chip.sim(
        n_steps,
        timing_model=timing,
        processing_threads=1,
        perf_trace=True,
        spike_trace=trace or None,
        message_trace=trace or None,
    )
    perf = result["perf_trace"]
    counts = {
        "fired": perf["fired"],
        "updated": perf["updated"],
        "synops": perf["spikes"],
        "hops": perf["hops"],
        "time_s": perf["sim_time"],
        "total_time_s": result["sim_time"],
        "energy_j": result["energy"],
    }
    return counts, result


def spikes_by_group(trace):
    """Return [step, neuron] of every spike by group, steps from 0."""
    found = defaultdict(list)
    for step, fired in enumerate(trace):
        for neuron in fired:
            found[neuron.group_name].append([step, neuron.neuron_offset])
    return found


def messages_by_group(trace):
    """Return how many messages each group sent, and their hops along x and y."""
    found = defaultdict(lambda: {"messages": 0, "hops_x": 0, "hops_y": 0})
    for messages in trace:
        for message in messages:
            if message["placeholder"]:
                continue
            sums = found[message["src_neuron_group_id"]]
            sums["messages"] += 1
            sums["hops_x"] += abs(message["dest_x"] - message["src_x"])
            sums["hops_y"] += abs(message["dest_y"] - message["src_y"])
    return found


def main():
    """Run every timing model that is asked for; the first also tells spikes and messages."""
    folder, n_steps, timings, answer = sys.argv[1:]
    found = {}
    for k, timing in enumerate(timings.split(",")):
        found[timing], result = run(Path(folder), int(n_steps), timing, k == 0)
        if k == 0:
            found["spikes"] = spikes_by_group(result["spike_trace"])
            found["messages"] = messages_by_group(result["message_trace"])
    Path(answer).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
