"""SANA-FE on the files of one folder, its chip kept between requests.

    python run_sanafe.py FOLDER

A request ``{"steps": N, "timing": "simple"}`` runs N steps on a fresh chip; loading is not timed.
"""

import sys
import time
from pathlib import Path

import sanafe
from serving import serve


def main():
    """Load the network and answer."""
    folder = Path(sys.argv[1])
    arch = sanafe.load_arch(str(folder / "arch.yaml"))
    net = sanafe.load_net(str(folder / "snn.yaml"), arch)

    def work(steps, timing):
        chip = sanafe.SpikingChip(arch)
        chip.load(net)
        begin = time.perf_counter()
        found = chip.sim(steps, timing_model=timing, processing_threads=1)
        seconds = time.perf_counter() - begin
        return {"seconds": seconds, "fired": found["neurons_fired"], "time_s": found["sim_time"]}

    serve(work)


main()
