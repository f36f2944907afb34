"""The models' rules by hand, on layers small enough to count; pages as strict as those of chips."""

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware import Evidence, Quantity
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import Count, Row
from neurodeploy.placement.place import place
from neurodeploy.program import Conv, Dense, Input, Output, Population, Program, Projection, Sparse
from neurodeploy.report.energy_models import arithmetic, memory_aware
from neurodeploy.report.energy_models.access import access, queue
from neurodeploy.report.energy_models.estimate import EnergyEstimate
from neurodeploy.report.energy_models.page import Memory, arithmetic_sets, memory_set
from neurodeploy.report.energy_models.work import (
    Afferent,
    LayerWork,
    has_loop,
    n_connections,
    works_of,
)
from neurodeploy.report.report import Report
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout

ADD, MUL = 0.1e-12, 3.1e-12
MAC = ADD + MUL


def per_byte(n_bytes: float) -> float:
    """Joules of an access below 8 KiB, where 0 bytes cost 0 and 8 KiB 10 pJ."""
    return 10e-12 * n_bytes / 8192


def nominal(quantity: Quantity) -> float:
    assert quantity.value is not None
    return quantity.value


def layer(*afferents: Afferent, **changes: float) -> LayerWork:
    plain = LayerWork(
        name="layer",
        n_neurons=10,
        n_steps=4,
        n_decaying=0,
        n_biased=0,
        additions=0.0,
        macs=0.0,
        spikes_out=0.0,
        afferents=afferents,
    )
    return dataclasses.replace(plain, **changes)


DENSE = Afferent(
    spikes=7.0,
    graded=False,
    conv=False,
    n_in=20,
    n_weights=200,
    operations_per_spike=10.0,
    weights_per_spike=10.0,
    synapses=200,
    macs=200,
    n_addresses=200,
)


def test_constants_are_those_of_the_papers() -> None:
    pairs = [(nominal(one.mac), nominal(one.add)) for one in arithmetic_sets()]
    assert pairs == [
        pytest.approx((4.6e-12, 0.9e-12)),
        pytest.approx((3.2e-12, 0.1e-12)),
        pytest.approx((0.23e-12, 0.03e-12)),
    ]


def test_every_constant_has_an_interval_and_explained_sources() -> None:
    memory = memory_set()
    sets = (*arithmetic_sets(), memory.arithmetic)
    figures = [quantity for one in sets for quantity in (one.add, one.multiply)]
    figures += [quantity for pair in memory.access for quantity in pair]
    figures += [memory.ann_reuse, memory.fifo_words_per_input]
    figures += [memory.line_offset, memory.line_per_bit]
    known = {name for one in sets for name in one.sources}
    for quantity in figures:
        assert quantity.evidence is not Evidence.UNKNOWN
        assert (quantity.low or 0) <= nominal(quantity) <= (quantity.high or 0)
        assert set(quantity.source.split("; ")) <= known


def words(memory: Memory, n_bytes: float) -> float:
    return n_bytes * 8 / memory.word_bits


@pytest.mark.parametrize(
    ("n_bytes", "picojoules"),
    [(0, 0), (4096, 5), (8192, 10), (20480, 15), (32768, 20), (1048576, 100), (2064384, 180)],
)
def test_access_is_linear_between_capacities_and_goes_on(n_bytes: int, picojoules: float) -> None:
    memory = memory_set()
    found = access(memory, words(memory, n_bytes))
    assert nominal(found) == pytest.approx(picojoules * 1e-12, rel=1e-12)
    line = 13.25e-12 + 8 * n_bytes * 1.095e-17 if n_bytes else 0.0  # its figures, rounded up
    assert found.high == pytest.approx(max(nominal(found), line))
    assert found.low == pytest.approx(picojoules * 0.5e-12, rel=1e-12)  # 32 of its 64 bits


def test_wider_words_take_more_accesses_and_more_room() -> None:
    memory = dataclasses.replace(memory_set(), word_bits=96)
    found = access(memory, 100)
    assert nominal(found) == pytest.approx(2 * per_byte(1200))
    assert found.low == pytest.approx(1.5 * per_byte(1200))


def test_queue_can_cost_nothing() -> None:
    found = queue(memory_set(), 50)
    assert (found.low, nominal(found)) == (0, pytest.approx(per_byte(200)))


def test_arithmetic_charges_operations_only() -> None:
    work = layer(DENSE, additions=70.0, macs=3.0, n_decaying=10, n_biased=10, spikes_out=5.0)
    fp32, int32, _ = arithmetic_sets()
    assert arithmetic.spiking(work, fp32).value == pytest.approx(70 * 0.9e-12 + 3 * 4.6e-12)
    assert arithmetic.spiking(work, int32).value == pytest.approx(70 * 0.1e-12 + 3 * 3.2e-12)
    assert arithmetic.artificial(work, fp32).value == pytest.approx(200 * 4.6e-12)


def test_memory_aware_dense_layer_by_hand() -> None:
    work = layer(DENSE, n_decaying=10, n_biased=10, spikes_out=5.0)
    operations = 70 * ADD + 40 * MAC + 40 * ADD + 5 * ADD
    addresses = 70 * ADD
    weights = (70 + 40) * per_byte(800)
    potentials = (2 * 70 + 2 * 40) * per_byte(40)
    events = 7 * per_byte(80) + 5 * per_byte(40)
    cost = memory_aware.spiking(work, memory_set())
    assert cost.value == pytest.approx(operations + addresses + weights + potentials + events)
    assert cost.low is not None
    assert cost.high is not None
    assert cost.low < cost.value < cost.high


def test_memory_aware_conv_layer_by_hand() -> None:
    """3x3 kernels, stride 2, 4 channels: 2x2 operations a channel and spike, but 3x3 reads."""
    conv = Afferent(
        spikes=6.0,
        graded=False,
        conv=True,
        n_in=98,
        n_weights=72,
        operations_per_spike=16.0,
        weights_per_spike=36.0,
        synapses=500,
        macs=64 * 18,
        n_addresses=98 + 64 + 36,
    )
    work = layer(conv, n_neurons=64)
    operations = 6 * 16 * ADD
    addresses = 6 * 36 * ADD + 2 * 6 * MAC
    weights = 6 * 36 * per_byte(4 * 72)
    potentials = (2 * 6 * 36 + 2 * 256) * per_byte(4 * 64)
    events = 6 * per_byte(4 * 98)
    cost = memory_aware.spiking(work, memory_set())
    assert cost.value == pytest.approx(operations + addresses + weights + potentials + events)
    macs = 64 * 18
    reads = macs * (per_byte(4 * 98) + per_byte(4 * 72)) + 64 * per_byte(256)
    ann = memory_aware.artificial(work, memory_set())
    assert ann.value == pytest.approx(macs * MAC + reads + (98 + 64 + 36) * ADD)


def test_graded_arrivals_are_multiplied() -> None:
    graded = memory_aware.spiking(layer(dataclasses.replace(DENSE, graded=True)), memory_set())
    spikes = memory_aware.spiking(layer(DENSE), memory_set())
    assert graded.value is not None
    assert spikes.value is not None
    assert graded.value - spikes.value == pytest.approx(70 * MUL)


def program(*projections: Projection, sizes: Iterable[tuple[str, tuple[int, ...]]]) -> Program:
    populations = tuple(
        Population(name=name, shape=shape, du=4095, dv=dv, vth=10, bias_mant=bias)
        for (name, shape), dv, bias in zip(sizes, (0, 100, 4096), (0, 3, 0), strict=False)
    )
    return Program(
        inputs=(Input(name="in", shape=(2, 7, 7)),),
        populations=populations,
        projections=projections,
        outputs=(Output(population=populations[-1].name, readout=Readout.COUNT),),
    )


def conv_program() -> Program:
    geometry = ConvGeometry(
        input_shape=(2, 7, 7), out_channels=4, kernel=(3, 3), stride=(2, 2), padding=(1, 1)
    )
    conv = Conv(mantissa=np.ones(geometry.weight_shape, np.int32), geometry=geometry)
    dense = Dense(mantissa=np.ones((5, 64), np.int32))
    sparse = Sparse.from_dense(np.ones((3, 5), np.int32), np.eye(3, 5, dtype=bool))
    return program(
        Projection(name="w0", sources=("in",), target="a", operator=conv),
        Projection(name="w1", sources=("a",), target="b", operator=dense),
        Projection(name="w2", sources=("b",), target="c", operator=sparse),
        sizes=(("a", (4, 4, 4)), ("b", (5,)), ("c", (3,))),
    )


def test_work_of_a_conv_a_dense_and_a_sparse_layer() -> None:
    sizes = {"a": 64, "b": 5, "c": 3, "in": 98}
    rows = tuple(Row(node=n, core=0, start=0, stop=s, size=s) for n, s in sizes.items())
    counts = np.zeros((4, len(Count)))
    counts[:, Count.SPIKES] = [8, 2, 1, 20]
    counts[1, Count.SYNOPS_EFFECTIVE], counts[1, Count.MACS] = 40, 10
    a, b, c = works_of(conv_program(), rows, counts, n_steps=6)
    (conv,), (dense,), (sparse,) = a.afferents, b.afferents, c.afferents
    assert (conv.spikes, conv.operations_per_spike, conv.weights_per_spike) == (20, 16, 36)
    taps = 10 * 10  # of 12 along either axis, one of 4 outputs loses a tap at either border
    assert (conv.synapses, conv.macs, conv.n_weights) == (4 * 2 * taps, 64 * 18, 72)
    assert conv.n_addresses == 98 + 64 + 36
    assert (dense.spikes, dense.operations_per_spike, dense.synapses) == (8, 5, 320)
    assert (sparse.spikes, sparse.operations_per_spike, sparse.synapses) == (2, 3 / 5, 3)
    assert (b.additions, b.macs, b.spikes_out) == (30, 10, 2)
    assert [work.n_decaying for work in (a, b, c)] == [0, 5, 0]
    assert [work.n_biased for work in (a, b, c)] == [0, 5, 0]
    assert n_connections(conv_program()) == 800 + 320 + 3


def loop_program() -> Program:
    into = Projection(
        name="w0", sources=("in",), target="a", operator=Dense(mantissa=np.ones((4, 98), np.int32))
    )
    back = Projection(
        name="w1", sources=("a",), target="a", operator=Dense(mantissa=np.ones((4, 4), np.int32))
    )
    return program(into, back, sizes=(("a", (4,)),))


def test_loops_are_seen() -> None:
    assert has_loop(loop_program())
    assert not has_loop(conv_program())


def of_program(network: Program, spikes: np.ndarray) -> Report:
    hardware = load_chip("loihi2")
    deployment = Deployment(
        target="cpu-emu",
        program=network,
        hardware=hardware,
        placement=place(network, hardware),
        coding=InputCoding.ENCODED,
    )
    return toolchain.profile(deployment, Stimulus(x={"in": spikes}))


def test_memories_are_those_of_the_deployed_layers() -> None:
    report, _ = dense_report("loihi2")
    counts = estimate(report, "memory-aware", "int32 and SRAM, 45 nm").counts
    assert counts["bits of a word"] == 32
    assert [counts[f"bytes of weights, {name}"] for name in ("p0", "p1")] == [2400, 1200]
    assert [counts[f"bytes of potentials, {name}"] for name in ("p0", "p1")] == [120, 40]
    assert counts["neuron visits"] == report.metrics["neuron_updates"].value


def test_a_network_with_loops_has_no_ann_and_no_ratio() -> None:
    rng = np.random.default_rng(1)
    report = of_program(loop_program(), input_spikes(rng, 2, 5, (2, 7, 7)))
    models = report.energy_models
    assert (models.artificial, models.ratios, models.break_evens) == ((), (), ())
    assert models.remarks == (
        "the network has loops, so one dense pass of an ANN does not compute it: no ratio",
    )
    assert report.metrics["ann_macs"].value is None
    assert len(models.spiking) == 6


def test_without_a_spike_there_is_no_ratio_of_operations() -> None:
    report = of_program(conv_program(), np.zeros((1, 3, 2, 7, 7), np.int64))
    ratios = {each.constants: each.ratio for each in report.energy_models.ratios}
    assert ratios["fp32, 45 nm"].value is None
    assert ratios["fp32, 45 nm"].note == "not known, or 0: the spiking energy"
    assert ratios["int32 and SRAM, 45 nm"].value  # potentials are visited all the same


def dense_report(chip: str) -> tuple[Report, Deployment]:
    rng = np.random.default_rng(3)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), chip=chip)
    stimulus = stimulus_of(deployment, input_spikes(rng, 5, 12, (20,)))
    return toolchain.profile(deployment, stimulus), deployment


def estimate(report: Report, name: str, constants: str) -> EnergyEstimate:
    models = report.energy_models
    every = (*models.spiking, *models.artificial)
    return next(each for each in every if (each.name, each.constants) == (name, constants))


def test_report_holds_the_models_side_by_side() -> None:
    report, _ = dense_report("loihi2")
    metrics, models = report.metrics, report.energy_models
    assert [each.name for each in models.spiking] == [
        "chip, events",
        "chip, whole",
        "memory-aware",
        *["arithmetic"] * 3,
    ]
    assert estimate(report, "chip, events", "loihi2").energy == metrics["energy_dynamic_j"]
    assert estimate(report, "chip, whole", "loihi2").energy == metrics["energy_total_j"]
    spikes = estimate(report, "arithmetic", "fp32, 45 nm")
    ann = estimate(report, "arithmetic, ANN", "fp32, 45 nm")
    assert spikes.energy.value == pytest.approx(0.9e-12 * (metrics["synops_effective"].value or 0))
    assert ann.energy.value == pytest.approx(4.6e-12 * (20 * 30 + 30 * 10))
    assert metrics["ann_macs"].value == metrics["synapses"].value == 900
    for each in (*models.spiking, *models.artificial):
        assert each.leaves_out
        assert each.energy.source != "none"
        if each.layers and each.name != "chip, events":
            parts = sum(part.value or 0.0 for part in each.layers.values())
            assert each.energy.value == pytest.approx(parts)


def test_every_ratio_has_its_break_even_beside_it() -> None:
    models = dense_report("loihi2")[0].energy_models
    limits = {each.name: each for each in models.break_evens}
    for ratio in models.ratios:
        assert limits[ratio.break_even].limit.value


def test_ratio_over_one_means_spikes_per_synapse_below_the_limit_of_arithmetic() -> None:
    """Both say the same: macs e_mac / (s macs e_add) > 1 exactly where s < e_mac / e_add."""
    report, _ = dense_report("loihi2")
    s = (report.metrics["synops_effective"].value or 0) / 900
    limits = {each.name: each.limit for each in report.energy_models.break_evens}
    for ratio in report.energy_models.ratios[1:]:
        limit = limits[ratio.break_even].value
        assert limit is not None
        assert ratio.ratio.value == pytest.approx(limit / s)


def test_break_even_of_memories_by_hand() -> None:
    report, _ = dense_report("loihi2")
    found = next(e for e in report.energy_models.break_evens if "memory-aware" in e.name)
    first, second = 600 / 900, 300 / 900
    weight = first * per_byte(2400) + second * per_byte(1200)
    inputs = (20 * per_byte(80) + 30 * per_byte(120)) / 900
    potentials = 2 * (first * per_byte(120) + second * per_byte(40))
    assert found.limit.value == pytest.approx((MAC + weight + inputs) / (ADD + weight + potentials))
    assert found.inputs["e_dense / R"].low == pytest.approx((weight + inputs) / 2 / 10)


def test_neurons_cost_more_than_synapses_below_three_operations_a_visit() -> None:
    """Davies 2018: 81 pJ an active update, 23.6 pJ an operation."""
    report, _ = dense_report("loihi1")
    found = report.energy_models.break_evens[-1]
    assert found.limit.value == pytest.approx(81 / 23.6)
    updates = report.metrics["neuron_updates"].value or 0
    operations = report.metrics["synops_hw"].value or 0
    assert found.found.value == pytest.approx(operations / updates)
    assert found.verdict == "synapses rule"


def test_a_chip_without_costs_has_no_break_even_of_its_own() -> None:
    models = dense_report("ideal")[0].energy_models
    on_chip = models.break_evens[-2:]
    assert [each.verdict for each in on_chip] == ["unknown", "unknown"]
    assert [each.limit.value for each in on_chip] == [None, None]
    assert models.spiking[0].energy.value is None


def test_what_the_host_computes_is_charged_by_every_model() -> None:
    rng = np.random.default_rng(5)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), InputCoding.INJECTED)
    still = np.repeat(rng.random((2, 1, 20)), 12, axis=1)
    moving = rng.random((2, 12, 20))
    for x, n_frames in ((still, 1), (moving, 12)):
        report = toolchain.profile(deployment, stimulus_of(deployment, x))
        spikes = estimate(report, "arithmetic", "int32, 45 nm")
        ann = estimate(report, "arithmetic, ANN", "int32, 45 nm")
        assert spikes.layers["(host)"].value == pytest.approx(600 * n_frames * MAC)
        assert ann.layers["(host)"].value == pytest.approx(600 * MAC)
        assert report.metrics["ann_macs"].value == 900


def test_energy_delay_product_is_energy_times_time() -> None:
    metrics = dense_report("loihi2")[0].metrics
    energy, time, both = (metrics[n] for n in ("energy_total_j", "latency_s", "edp_j_s"))
    assert both.unit == "J s"
    for end in ("low", "value", "high"):
        product = getattr(energy, end) * getattr(time, end)
        assert getattr(both, end) == pytest.approx(product)
    assert "lower bound, missing: " in both.note
