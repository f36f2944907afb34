"""Print how much faster the engine is than the reference on a 784-1000-10 network, and its SOP/s.

Run: python tools/bench_engine.py [--steps 100] [--rate 0.15] [--reference-samples 1]
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Readout
from neurodeploy_cpu_emu.engine import Engine, SampleTrace

SIZES = (784, 1000, 10)


def network(rng: np.random.Generator) -> Program:
    layers = [f"layer{i}" for i in range(1, len(SIZES))]
    names = ["in", *layers]
    return Program(
        inputs=(Input(name="in", shape=(SIZES[0],)),),
        populations=tuple(
            Population(name=name, shape=(size,), du=4095, dv=128, vth=250)
            for name, size in zip(layers, SIZES[1:], strict=True)
        ),
        projections=tuple(
            Projection(
                name=f"{source}-{target}",
                sources=(source,),
                target=target,
                operator=Dense(
                    mantissa=rng.integers(-40, 42, (SIZES[i + 1], SIZES[i]), np.int32) * 2
                ),
            )
            for i, (source, target) in enumerate(zip(names[:-1], layers, strict=True))
        ),
        outputs=(Output(population=layers[-1], readout=Readout.COUNT),),
    )


def synops(program: Program, trace: SampleTrace) -> int:
    return sum(
        int(np.count_nonzero(trace.outputs[p.sources[0]])) * p.operator.n_out
        for p in program.projections
        if isinstance(p.operator, Dense)
    )


def best_of(repeats: int, run: Callable[[], object]) -> float:
    durations_s = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        durations_s.append(time.perf_counter() - begin)
    return min(durations_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--reference-samples", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    program = network(rng)
    spikes = (rng.random((options.steps, SIZES[0])) < options.rate).astype(np.int32)
    engine = Engine(program, {p.name: ((0, p.size),) for p in program.populations})

    trace = engine.run_sample({"in": spikes}, options.steps)
    count = synops(program, trace)
    hidden = float(np.mean(trace.outputs["layer1"] != 0))
    print(f"{count / 1e6:.2f} M SOP a sample, hidden rate {hidden:.3f}")

    reference_s = best_of(
        options.reference_samples, lambda: simulate(program, {"in": spikes}, options.steps)
    )
    engine_s = best_of(50, lambda: engine.run_sample({"in": spikes}, options.steps))
    print(f"reference {reference_s * 1e3:.1f} ms, engine {engine_s * 1e3:.3f} ms a sample")
    print(f"ratio {reference_s / engine_s:.0f}")
    samples = [spikes] * 200
    for threads in (1, 2):
        batch_s = best_of(3, lambda n=threads: run_all(engine, samples, n))
        print(f"{threads} thread(s): {count * len(samples) / batch_s / 1e9:.1f} G SOP/s")


def run_all(engine: Engine, samples: list[np.ndarray], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda spikes: engine.run_sample({"in": spikes}, len(spikes)), samples))


if __name__ == "__main__":
    main()
