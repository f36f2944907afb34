"""Place and profile a network of weight-shared convolutions that fills a Loihi 2.

Run: python tools/bench_placement.py [--strategy layer-order] [--steps 10] [--rate 0.05] [--profile]
Prints the seconds of each stage, the peak memory of this process, and the placements compared for a
spike of all neurons in every step.
"""

import argparse
import cProfile
import pstats
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement import (
    PlacementRow,
    RefusedPlacement,
    Strategy,
    compare_placements,
    place,
)
from neurodeploy.program import Conv, Input, Output, Population, Program, Projection
from neurodeploy.report.build import build_report
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target
from neurodeploy.terms import Readout

SIZE = 128
CHANNELS = (2, 16, 16, 23)


def network(rng: np.random.Generator) -> Program:
    """Return 901,120 neurons: three 3 by 3 convolutions over 128 by 128 positions."""
    names = ("in", "a", "b", "c")
    return Program(
        inputs=(Input(name="in", shape=(CHANNELS[0], SIZE, SIZE)),),
        populations=tuple(
            Population(name=name, shape=(n, SIZE, SIZE), du=4095, dv=512, vth=200)
            for name, n in zip(names[1:], CHANNELS[1:], strict=True)
        ),
        projections=tuple(
            _projection(rng, names[i], names[i + 1], CHANNELS[i], CHANNELS[i + 1]) for i in range(3)
        ),
        outputs=(Output(population="c", readout=Readout.COUNT),),
    )


def _projection(
    rng: np.random.Generator, source: str, target: str, n_in: int, n_out: int
) -> Projection:
    geometry = ConvGeometry(
        input_shape=(n_in, SIZE, SIZE), out_channels=n_out, kernel=(3, 3), padding=(1, 1)
    )
    weights = rng.integers(-30, 34, geometry.weight_shape, np.int32) * 2
    operator = Conv(mantissa=weights, geometry=geometry)
    return Projection(
        name=f"{source}-{target}", sources=(source,), target=target, operator=operator
    )


@contextmanager
def stage(name: str, profiled: bool) -> Iterator[None]:
    profile = cProfile.Profile()
    begin = time.perf_counter()
    if profiled:
        profile.enable()
    yield
    profile.disable()
    taken_s = time.perf_counter() - begin
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{name}: {taken_s:.1f} s, peak {peak_gib:.2f} GiB", flush=True)
    if profiled:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(25)


def print_row(row: PlacementRow | RefusedPlacement, tick_ps: int) -> None:
    if isinstance(row, RefusedPlacement):
        print(f"  {row.strategy}: {'; '.join(row.reasons)}")
        return
    busiest_us = row.busiest_core_work * tick_ps * 1e-6
    print(
        f"  {row.strategy}: {row.n_cores} cores, busiest {busiest_us:,.0f} us a step, "
        f"max/mean {row.imbalance:.2f}, busiest link {row.busiest_link_messages:,.0f} messages, "
        f"{row.hops:,.0f} hops"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strategy", default="layer-order")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    program, chip = network(rng), load_chip("loihi2")
    with stage("place", options.profile):
        placement = place(program, chip, Strategy(options.strategy))
    n_neurons = sum(part.size for part in placement.slices)
    print(f"{n_neurons:,} neurons on {placement.n_cores} cores")
    with stage("compare", options.profile):
        rows = compare_placements(program, chip)
    for row in rows:
        print_row(row, chip.tick_ps)
    target = find_target("cpu-emu")
    deployment = Deployment(target=target.name, program=program, hardware=chip, placement=placement)
    spikes = rng.random((1, options.steps, CHANNELS[0], SIZE, SIZE)) < options.rate
    stimulus = Stimulus(x={"in": spikes.astype(np.uint8)})
    with stage("run at L1", options.profile):
        run = next(iter(target.run(deployment, [stimulus], RunOptions())))
    with stage("report", options.profile):
        report = build_report(deployment, stimulus, run, RunOptions().fidelity)
    for name in ("spikes", "synops_hw", "latency_s"):
        metric = report.metrics[name]
        print(f"{name}: {metric.value:,.6g} {metric.unit}")


if __name__ == "__main__":
    main()
