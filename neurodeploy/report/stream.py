"""What a stream costs: samples that overlap in the layers, with and without early exit.

An exit frees only what the layers have not yet done of a sample, and where the stream brings
samples at a fixed pace the first layers cannot begin earlier: so the steps are simulated with all
samples in flight, and no share of steps is taken for a share of time or energy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.machine.clock import NOMINAL
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.ledger import Ledger, ledger_of
from neurodeploy.machine.stream import Alone, Stream, counts_of, starts_of, times_of, woven
from neurodeploy.machine.times import Ints
from neurodeploy.machine.timing import Timing, timing_of, unknown_latencies
from neurodeploy.program.schedule import own_lags
from neurodeploy.report.cost import Cost, Work, dynamic_energy, product, term, total
from neurodeploy.report.exit_check import CheckPrice, price_of_checks

PACED, EAGER = "at its pace", "as samples are decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCost:
    """A stream of samples; costs are per sample, its first filling and last draining included.

    Parameters
    ----------
    name : ``every step``; ``at its pace``: with exit, a sample enters every so many steps as the
        stimulus has; ``as samples are decided``: with exit, the next one enters at once.
    steps : of the stream, per sample.
    synops : stored synapses accumulated.
    dynamic, static : joules; of the checks too. The clearing of single layers between samples has
        no public figure and is missing.
    period, latency : seconds from one sample to the next, and until one is decided.
    """

    name: str
    n_samples: int
    steps: float
    synops: float
    dynamic: Cost
    static: Cost
    period: Cost
    latency: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A placed program, ready to count and to time streams."""

    deployment: Deployment
    ledger: Ledger
    timing: Timing
    lags: Mapping[str, int]


def bench_of(deployment: Deployment) -> Bench:
    """Return what streams of `deployment` are simulated on.

    Raises
    ------
    InputError
        If the chip resets as a whole, so that samples cannot overlap, or no time of it is known
        (ND2842).
    """
    hardware, program, placement = deployment.hardware, deployment.program, deployment.placement
    ledger = ledger_of(program, placement)
    timing = timing_of(hardware, program, placement, ledger, Fidelity.L3)
    if not hardware.ranges.clearing:
        raise InputError(
            "ND2842",
            f"{hardware.name}: resets as a whole, so that samples cannot overlap in its layers; "
            "run them one after the other",
        )
    if timing is None:
        raise InputError(
            "ND2842", f"{hardware.name}: its page knows no latency; a stream has no time there"
        )
    return Bench(deployment=deployment, ledger=ledger, timing=timing, lags=own_lags(program))


def stream_costs(
    bench: Bench, samples: Sequence[Alone], used: Sequence[int], checks: Sequence[int]
) -> tuple[StreamCost, ...]:
    """Return the costs of a stream without exit, and of two with.

    Parameters
    ----------
    samples : run to their last step.
    used, checks : steps until each is decided by the exit policy, and its checks.
    """
    program = bench.deployment.program
    n_stimulus = samples[0].n_steps - program.drain_steps
    stopped = [replace(one, n_steps=n) for one, n in zip(samples, used, strict=True)]
    whole = [one.n_steps for one in samples]
    price = price_of_checks(bench.deployment, sum(checks) / len(samples))
    free = price_of_checks(bench.deployment, 0.0)

    def cost(name: str, those: Sequence[Alone], starts: Ints, checked: CheckPrice) -> StreamCost:
        return _cost(bench, name, woven(those, bench.lags, n_stimulus, starts), checked)

    return (
        cost("every step", samples, starts_of(whole, n_stimulus, eager=False), free),
        cost(PACED, stopped, starts_of(used, n_stimulus, eager=False), price),
        cost(EAGER, stopped, starts_of(used, n_stimulus, eager=True), price),
    )


def _cost(bench: Bench, name: str, stream: Stream, checked: CheckPrice) -> StreamCost:
    hardware, n_samples = bench.deployment.hardware, len(stream.starts)
    counts = counts_of(stream, bench.ledger)
    ticks = times_of(stream, bench.timing, counts).ticks
    counts = bench.ledger.columns.spread(counts)
    passed = np.concatenate([np.zeros((len(ticks), 1), np.int64), np.cumsum(ticks, axis=1)], axis=1)
    waited = passed[:, stream.ends] - passed[:, stream.starts]
    period = _seconds(bench, ticks.sum(axis=1), n_samples)
    latency = _seconds(bench, waited.sum(axis=1), n_samples)
    period, latency = (total([time, checked.time]) for time in (period, latency))
    energy = dynamic_energy(hardware, _work(bench, stream, counts, n_samples))
    clearing = Cost(value=None, low=None, high=None, missing=("clearing of layers",))
    power = term("static_chip power", hardware.power_w.get("static_chip"), 1.0)
    static = product(power, period)
    on_chip = [row.core != HOST for row in bench.ledger.rows]
    return StreamCost(
        name=name,
        n_samples=n_samples,
        steps=stream.n_steps / n_samples,
        synops=float(counts[:, on_chip][:, :, list(HARDWARE_SYNOPS)].sum() / n_samples),
        dynamic=total([*energy.values(), checked.energy, clearing]),
        static=static,
        period=period,
        latency=latency,
    )


def _work(bench: Bench, stream: Stream, counts: Ints, n_samples: int) -> Work:
    """Return a sample's share of the stream's work; every neuron is visited in every step."""
    rows, program = bench.ledger.rows, bench.deployment.program
    sums = counts.sum(axis=0) / n_samples
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    n_steps = stream.n_steps / n_samples
    outputs = [program.population(output.population).size for output in program.outputs]
    return Work(
        counts=sums[on_chip].sum(axis=0),
        neuron_updates=sum(rows[k].stop - rows[k].start for k in on_chip) * n_steps,
        host_in=float(sum(sums[k, Count.SPIKES] for k, r in enumerate(rows) if r.core == HOST)),
        host_out=float(sum(outputs)),
        n_steps=n_steps,
    )


def _seconds(bench: Bench, ticks: Ints, n_samples: int) -> Cost:
    hardware, placement = bench.deployment.hardware, bench.deployment.placement
    lacking = unknown_latencies(hardware, placement, Fidelity.L3)
    low, value, high = (float(t) / n_samples * hardware.tick_ps * 1e-12 for t in ticks)
    figures = (*hardware.latency_s.values(), *(q for _, q in hardware.sync_s))
    known = [quantity for quantity in figures if quantity.known]
    assert len(ticks) == NOMINAL + 2  # low, nominal, high
    return Cost(
        value=value,
        low=low,
        high=high,
        evidence=tuple(quantity.evidence for quantity in known),
        sources=tuple(dict.fromkeys(s for q in known for s in q.source.split("; "))),
        missing=tuple(f"latency of {name}" for name in lacking),
    )
