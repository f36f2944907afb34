"""Hold the page of loihi2 against what lava-dl measured of PilotNet on Loihi 2.

Run: python tools/pilotnet_check.py [FOLDER]; the folder is that of the measurements, by default
$NEURODEPLOY_MEASURED or ../shared/measured.

It is a check of consistency and not a validation: the page's energies are Loihi 1's, the counters
were read off a plot (3 %), one of three runs is at odds with the others, and the low and high ends
of the page were chosen knowing these runs.

The counters are per core and sums over 10,000 steps. Two things in them are not the network's:

- Cores 66 and 67 have bars of operations and messages, the former as high as the highest, but none
  of updates and of input spikes, which all their neighbours have: there the plot's legend lies.
- Some cores lack a bar that others of their layer have. They are given the median of those, since
  the compiler gave every core of a layer the same number of neurons. For the last core of a layer,
  which may be part empty, that is too much, by 3 % of all operations at most.
"""

import csv
import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import Count
from neurodeploy.report.cost import Cost, Work, dynamic_energy, total

N_STEPS = 10_000
LEGEND = (66, 67)
NETWORK = "pilotnet_snn (LIF)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What the chip did in one step.

    Parameters
    ----------
    synops_read : the operations whose bars can be read; `synops` has the others filled in.
    """

    synops: float
    synops_read: float
    busiest_synops: float
    neurons: float
    messages: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of the notebook: joules and seconds of one step."""

    commit: str
    energy_j: float
    step_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Modelled and measured side by side; `bound_s` is the busiest core's synapses alone."""

    counters: Counters
    energy: Cost
    energy_read: Cost
    bound_s: Cost
    runs: tuple[Measured, ...]


def check(folder: Path) -> Check:
    """Return the model's energy and time of one step beside those of the three runs."""
    counters = read_counters(folder / "loihi2_pilotnet")
    chip = load_chip("loihi2")
    synapse = chip.latency_s["synapse_conv"]
    low, value, high = (part or 0.0 for part in (synapse.low, synapse.value, synapse.high))
    busiest = counters.busiest_synops
    return Check(
        counters=counters,
        energy=_energy(counters, counters.synops),
        energy_read=_energy(counters, counters.synops_read),
        bound_s=Cost(value=value * busiest, low=low * busiest, high=high * busiest),
        runs=read_runs(folder / "loihi2_pilotnet"),
    )


def read_counters(folder: Path) -> Counters:
    """Return the counters of one step, as the docstring above says."""
    layers = [
        (int(row["cores"]), int(row["neurons_per_core"]))
        for row in _rows(folder / "core_distribution_snn.csv")
    ]
    cores = _rows(folder / "pilotnet_snn_core_activity_digitised.csv")
    read = [_bars(cores, column) for column in ("syn_ops", "axon_out")]
    synops, messages = (_filled(bars, [n for n, _ in layers]) for bars in read)
    return Counters(
        synops=sum(synops) / N_STEPS,
        synops_read=sum(bar or 0.0 for bar in read[0]) / N_STEPS,
        busiest_synops=max(synops) / N_STEPS,
        neurons=float(sum(n_cores * n_neurons for n_cores, n_neurons in layers)),
        messages=sum(messages) / N_STEPS,
    )


def read_runs(folder: Path) -> tuple[Measured, ...]:
    """Return the dynamic energy and the time of a step in each run of the spiking network."""
    found = []
    for row in _rows(folder / "runs.csv"):
        if row["network"] == NETWORK:
            step_s = 1 / (float(row["throughput_fps"]) * float(row["steps_per_sample"]))
            energy_j = float(row["dynamic_power_w"]) * step_s
            found.append(Measured(commit=row["commit"], energy_j=energy_j, step_s=step_s))
    return tuple(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _bars(cores: Sequence[Mapping[str, str]], column: str) -> list[float | None]:
    return [
        float(row[column]) if row[column] and int(row["core"]) not in LEGEND else None
        for row in cores
    ]


def _filled(bars: Sequence[float | None], n_cores: Sequence[int]) -> list[float]:
    """Return the bars with the gaps of each layer filled by the median of its others, or 0."""
    filled: list[float] = []
    for n in n_cores:
        layer = bars[len(filled) : len(filled) + n]
        read = [bar for bar in layer if bar is not None]
        # One bar of a dozen is a speck of the plot; a layer is filled where a third can be read.
        usual = statistics.median(read) if 3 * len(read) >= n else 0.0
        filled += [usual if bar is None else bar for bar in layer]
    return filled


def _energy(counters: Counters, synops: float) -> Cost:
    """Return the energy of one step; every neuron is taken to be active."""
    counts = np.zeros(len(Count))
    counts[Count.SYNOPS_CONV] = synops
    counts[Count.NEURON_UPDATES_ACTIVE] = counters.neurons
    counts[Count.MESSAGES_OUT] = counts[Count.SPIKES] = counters.messages
    work = Work(counts=counts, neuron_updates=counters.neurons, n_steps=1.0)
    return total(dynamic_energy(load_chip("loihi2"), work).values())


def main() -> int:
    default = os.environ.get("NEURODEPLOY_MEASURED", "../shared/measured")
    found = check(Path(sys.argv[1] if len(sys.argv) > 1 else default))
    counters, energy, bound = found.counters, found.energy, found.bound_s
    print("PilotNet (LIF) on Loihi 2, one step: a consistency check, not a validation")
    print(
        f"counters: {counters.synops:.4g} SOPs ({counters.synops_read:.4g} can be read), "
        f"{counters.neurons:.6g} neurons, {counters.messages:.3g} messages, "
        f"busiest core {counters.busiest_synops:.4g} SOPs"
    )
    print(f"modelled, page loihi2: {_microjoules(energy)}, sources: {energy.source}")
    print(f"  lower bound, missing: {', '.join(energy.missing)}")
    print(f"  of the bars that can be read alone: {_microjoules(found.energy_read)}")
    for run in found.runs:
        apart = 100 * ((energy.value or 0) / run.energy_j - 1)
        print(
            f"measured in {run.commit}: {1e6 * run.energy_j:.1f} uJ (model {apart:+.1f} %), "
            f"{1e6 * run.step_s:.2f} us"
        )
    print(f"time bound by the busiest core's synapses: {1e6 * (bound.value or 0):.1f} us")
    return 0


def _microjoules(cost: Cost) -> str:
    low, value, high = (1e6 * (part or 0.0) for part in (cost.low, cost.value, cost.high))
    return f"{value:.1f} uJ ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    sys.exit(main())
