"""Counts of a placed run equal naive loops over the reference's spikes, slice by slice."""

from collections.abc import Mapping

import numpy as np
import pytest
from support.random_programs import KINDS, random_case
from support.scattered import scattered
from support.tiny_placed import on_chip, tiny_program, with_population

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, rows_of
from neurodeploy.program import Conv, Dense, Direct, Program, Projection, Sparse
from neurodeploy.program.reference import Trace, simulate
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy_cpu_emu.target import TARGET


def connected(projection: Projection, n_in: int, n_out: int) -> np.ndarray:
    """Which stored synapse joins which source to which target: bool (n_out, n_in)."""
    operator = projection.operator
    found = np.zeros((n_out, n_in), bool)
    match operator:
        case Dense():
            found[:] = True
        case Direct():
            np.fill_diagonal(found, val=True)
        case Sparse():
            for i in range(n_in):
                found[operator.targets[operator.indptr[i] : operator.indptr[i + 1]], i] = True
        case Conv():
            _connect_conv(operator, found)
    return found


def _connect_conv(operator: Conv, found: np.ndarray) -> None:
    g = operator.geometry
    channels, height, width = g.input_shape
    per_in, per_out = channels // g.groups, g.out_channels // g.groups
    for o, (y, x) in (
        (o, p) for o in range(g.out_channels) for p in np.ndindex(g.output_shape[1:])
    ):
        target = np.ravel_multi_index((o, y, x), g.output_shape)
        for c, i, j in np.ndindex(per_in, *g.kernel):
            row = y * g.stride[0] - g.padding[0] + i * g.dilation[0]
            column = x * g.stride[1] - g.padding[1] + j * g.dilation[1]
            if 0 <= row < height and 0 <= column < width:
                channel = o // per_out * per_in + c
                found[target, np.ravel_multi_index((channel, row, column), g.input_shape)] = True


def naive_messages(program: Program, placement: Placement, trace: Trace) -> Mapping[str, int]:
    """Messages and hops, one spike at a time: one message for each core that it reaches."""
    rows = rows_of(program, placement)
    sizes = {node.name: int(np.prod(node.shape)) for node in program.nodes}
    reach = {
        p.name: connected(p, sizes[p.sources[0]], sizes[p.target]) for p in program.projections
    }
    total = {"out": 0, "ew": 0, "ns": 0}
    for row in rows:
        values = trace.outputs[row.node].reshape(-1, sizes[row.node])[:, row.start : row.stop]
        for _, neuron in np.argwhere(values != 0):
            cores = {
                part.core
                for p in program.projections_from(row.node)
                for part in placement.slices_of(p.target)
                if reach[p.name][part.start : part.stop, row.start + neuron].any()
            }
            total["out"] += len(cores)
            for core in cores if row.core != HOST else ():
                (x0, y0), (x1, y1) = placement.tiles[row.core], placement.tiles[core]
                total["ew"] += abs(x1 - x0)
                total["ns"] += abs(y1 - y0)
    return total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_counts_of_each_slice_equal_naive_counts(kind: str, seed: int) -> None:
    case = random_case(kind, seed)
    program, placement = case.program, scattered(case)
    deployment = Deployment(
        target="cpu-emu", program=program, hardware=load_chip("loihi2"), placement=placement
    )
    stimulus = Stimulus(
        x={name: _padded(x, case.n_steps)[None] for name, x in case.stimulus.items()}
    )
    run = next(iter(TARGET.run(deployment, [stimulus], RunOptions())))
    trace = simulate(program, case.stimulus, case.n_steps)

    counts = run.step_sums
    for k, row in enumerate(rows_of(program, placement)):
        part = slice(row.start, row.stop)
        spikes = trace.outputs[row.node].reshape(case.n_steps, -1)[:, part]
        read_only = row.node in voltages_nobody_hears(program)
        assert_same(counts[:, k, Count.SPIKES], 0 if read_only else (spikes != 0).sum(axis=1))
        if row.core == HOST:
            continue
        into = [p.name for p in program.projections_to(row.node) if p.name in trace.synops_hw]
        graded = [n for n in into if next(p for p in program.projections if p.name == n).graded]
        hardware = sum(trace.synops_hw[n][:, part].sum(axis=1) for n in into)
        effective = sum(trace.synops_effective[n][:, part].sum(axis=1) for n in into)
        macs = sum(trace.synops_effective[n][:, part].sum(axis=1) for n in graded)
        active = trace.active[row.node].reshape(case.n_steps, -1)[:, part].sum(axis=1)
        assert_same(counts[:, k][:, HARDWARE_SYNOPS].sum(axis=1), hardware)
        assert_same(counts[:, k, Count.SYNOPS_EFFECTIVE], effective)
        assert_same(counts[:, k, Count.MACS], macs)
        assert_same(counts[:, k, Count.NEURON_UPDATES_ACTIVE], active)
    naive = naive_messages(program, placement, trace)
    assert counts[:, :, Count.MESSAGES_OUT].sum() == naive["out"]
    assert counts[:, :, Count.MESSAGES_IN].sum() == naive["out"]
    assert counts[:, :, Count.HOPS_EW].sum() == naive["ew"]
    assert counts[:, :, Count.HOPS_NS].sum() == naive["ns"]


def voltages_nobody_hears(program: Program) -> set[str]:
    heard = {source for projection in program.projections for source in projection.sources}
    return {p.name for p in program.populations if not p.spiking} - heard


def test_voltage_that_is_read_is_no_spike() -> None:
    rng = np.random.default_rng(2)
    program = with_population(tiny_program(), "c", spiking=False)
    deployment = on_chip(program)
    x = {"in": rng.integers(0, 2, (1, 20, 3))}
    run = next(iter(TARGET.run(deployment, [Stimulus(x=x)], RunOptions(record=frozenset("c")))))
    (row,) = [k for k, r in enumerate(rows_of(program, deployment.placement)) if r.node == "c"]
    assert run.rasters["c"].all()
    assert run.totals[0, row, Count.SPIKES] == 0


def assert_same(found: np.ndarray, wanted: np.ndarray | int) -> None:
    np.testing.assert_array_equal(found, np.broadcast_to(wanted, found.shape))


def _padded(x: np.ndarray, n_steps: int) -> np.ndarray:
    full = np.zeros((n_steps, *x.shape[1:]), np.int32)
    full[: len(x)] = x[:n_steps]
    return full
