"""The engine equals the reference, and Lava, bit for bit."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from support import golden
from support.random_programs import KINDS, Case, random_case, random_slices

from neurodeploy.program import Dense, Direct, Input, NumberFormat, Population, Program, Projection
from neurodeploy.program.reference import Trace, simulate
from neurodeploy.terms import Reset
from neurodeploy_cpu_emu import plan
from neurodeploy_cpu_emu.engine import Engine
from neurodeploy_cpu_emu.trace import SampleTrace

SEEDS = range(16)
SLOW_SEEDS = range(1000, 1134)  # x 15 kinds = 2,010 programs
BLOCKS = (1 << 20, 400, 30)  # the last two cut a sample into windows of a few steps


def whole(program: Program) -> dict[str, tuple[tuple[int, int], ...]]:
    return {p.name: ((0, p.size),) for p in program.populations}


def flat(array: np.ndarray) -> np.ndarray:
    return array.reshape(len(array), -1)


def assert_equal(
    case: Case, trace: SampleTrace, expected: Trace, slices: dict[str, tuple[tuple[int, int], ...]]
) -> None:
    def same(found: np.ndarray, wanted: np.ndarray, what: str) -> None:
        np.testing.assert_array_equal(found, wanted, err_msg=f"{case.kind} {case.seed}: {what}")

    for name, output in trace.outputs.items():
        same(output, flat(expected.outputs[name]), f"output of {name}")
    for name, cuts in slices.items():
        same(trace.u[name], flat(expected.u[name]), f"u of {name}")
        same(trace.v[name], flat(expected.v[name]), f"v of {name}")
        active = flat(expected.active[name])
        by_slice = np.stack([active[:, low:high].sum(axis=1) for low, high in cuts], axis=1)
        same(trace.active[name], by_slice, f"active of {name}")
        same(trace.wraps[name].sum(axis=1), expected.wraps[name], f"wraps of {name}")
        same(
            trace.saturations[name].sum(axis=1),
            expected.saturations[name],
            f"saturations of {name}",
        )


def check(kind: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = random_case(kind, seed)
    slices = random_slices(np.random.default_rng(seed), case.program)
    monkeypatch.setattr(plan, "BLOCK", BLOCKS[seed % len(BLOCKS)])
    engine = Engine(case.program, slices)
    trace = engine.run_sample(case.stimulus, case.n_steps, frozenset(slices))
    assert_equal(case, trace, simulate(case.program, case.stimulus, case.n_steps), slices)


@pytest.mark.parametrize("path", golden.paths(), ids=lambda p: p.stem)
def test_golden_network_equals_lava(path: Path) -> None:
    case = golden.load(path)
    stimulus = {name: values.astype(np.int32) for name, values in case.stimulus.items()}
    trace = Engine(case.program, whole(case.program)).run_sample(
        stimulus, case.n_steps, frozenset(case.spikes)
    )
    for name in case.spikes:
        np.testing.assert_array_equal(trace.outputs[name], flat(case.spikes[name]), err_msg=name)
        np.testing.assert_array_equal(trace.u[name], flat(case.u[name]), err_msg=name)
        np.testing.assert_array_equal(trace.v[name], flat(case.v[name]), err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_random_program_equals_reference(
    kind: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(kind, seed, monkeypatch)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", BLOCKS)
def test_samples_run_at_once_equal_reference(
    kind: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = random_case(kind, block)
    slices = random_slices(np.random.default_rng(block), case.program)
    monkeypatch.setattr(plan, "BLOCK", block)
    stimuli = [{name: np.roll(x, k, axis=0) for name, x in case.stimulus.items()} for k in range(3)]
    together = {name: np.stack([one[name] for one in stimuli]) for name in case.stimulus}
    engine = Engine(case.program, slices)
    trace = engine.run_block(together, case.n_steps, frozenset(slices))
    for k, stimulus in enumerate(stimuli):
        expected = simulate(case.program, stimulus, case.n_steps)
        assert_equal(case, trace.sample(k), expected, slices)


def test_recurrent_samples_run_at_once_as_far_as_memory_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = random_case("loops", 1)
    monkeypatch.setattr(plan, "BLOCK", 1 << 20)
    widest = max(int(np.prod(node.shape)) for node in case.program.nodes)
    engine = Engine(case.program, whole(case.program))
    at_once = engine.samples_at_once(100)
    assert 100 < at_once <= plan.UNSUMMED * (1 << 20) // (100 * widest) + 1
    assert engine.samples_at_once(1 << 30) == 1


@pytest.mark.slow
def test_two_thousand_random_programs_equal_reference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: Counter[str] = Counter()
    for kind in KINDS:
        for seed in SLOW_SEEDS:
            check(kind, seed, monkeypatch)
            done[kind] += 1
    with capsys.disabled():
        print(f"\n{done.total()} random programs equal the reference: {dict(done)}")  # noqa: T201
    assert done.total() >= 2000
    assert min(done.values()) >= 100


@pytest.mark.parametrize("kind", KINDS)
def test_random_programs_are_not_degenerate(kind: str) -> None:
    cases = [random_case(kind, seed) for seed in SEEDS]
    traces = [simulate(case.program, case.stimulus, case.n_steps) for case in cases]
    names = [[p.name for p in case.program.populations] for case in cases]
    rates = [
        np.mean([np.mean(trace.outputs[name] != 0) for name in found])
        for trace, found in zip(traces, names, strict=True)
    ]
    assert min(rates) > 0
    if kind != "saturation":
        assert np.mean([0.02 < rate < 0.98 for rate in rates]) > 0.8
    if kind == "wraps":
        assert all(sum(int(w.sum()) for w in t.wraps.values()) > 20 for t in traces)
    if kind == "saturation":
        assert all(sum(int(s.sum()) for s in t.saturations.values()) > 20 for t in traces)


def test_random_cases_repeat_from_their_seed() -> None:
    assert random_case("loops", 3).program.digest == random_case("loops", 3).program.digest


def injected(values: list[int], **parameters: object) -> Case:
    """Return one neuron a value, which reaches it unweighted in every third step."""
    size = len(values)
    stimulus = np.zeros((9, size), np.int32)
    stimulus[::3] = values
    common = {"du": 4095, "dv": 0, "vth": 1}
    population = Population(name="n", shape=(size,), **{**common, **parameters})
    direct = Projection(name="d", sources=("x",), target="n", operator=Direct(), delay_steps=0)
    program = Program(
        inputs=(Input(name="x", shape=(size,), low=-(1 << 31), high=(1 << 31) - 1),),
        populations=(population,),
        projections=(direct,),
        outputs=(),
    )
    return Case(kind="injected", seed=0, program=program, stimulus={"x": stimulus}, n_steps=9)


@pytest.mark.parametrize("reset", list(Reset))
def test_ties_and_edges_of_the_number_ranges_equal_reference(reset: Reset) -> None:
    edges = (0, 1, 1 << 11, 1 << 12, 1 << 16, 1 << 17, 1 << 18, 1 << 25, 1 << 26, (1 << 31) - 1)
    values = [sign * edge + step for edge in edges[:-1] for sign in (1, -1) for step in (-1, 0, 1)]
    for vth, vth_low in ((1, None), (1 << 11, -(1 << 11)), (1 << 17, -1), (-5, None), (1 << 30, 0)):
        case = injected([*values, edges[-1]], reset=reset, vth=vth, vth_low=vth_low, du=77, dv=3)
        slices = whole(case.program)
        trace = Engine(case.program, slices).run_sample(case.stimulus, 9, frozenset(slices))
        assert_equal(case, trace, simulate(case.program, case.stimulus, 9), slices)


def test_exact_limit_of_the_current_stays_and_its_negative_folds() -> None:
    case = injected([1 << 17, -(1 << 17), (1 << 17) + 1], vth=1 << 20, dv=4096)
    trace = Engine(case.program, whole(case.program)).run_sample(case.stimulus, 1, frozenset({"n"}))
    assert trace.u["n"].tolist() == [[1 << 23, 1 << 23, 64 - (1 << 23)]]
    assert trace.wraps["n"].tolist() == [[2]]


def test_other_number_formats_equal_reference() -> None:
    formats = NumberFormat(
        current_bits=16, voltage_bits=18, decay_bits=10, state_shift=3, dense_sum_bits=14
    )
    for seed in range(8):
        case = random_case("dense", seed)
        program = Program(
            inputs=case.program.inputs,
            populations=case.program.populations,
            projections=case.program.projections,
            outputs=case.program.outputs,
            formats=formats,
        )
        slices = whole(program)
        trace = Engine(program, slices).run_sample(case.stimulus, case.n_steps, frozenset(slices))
        assert_equal(case, trace, simulate(program, case.stimulus, case.n_steps), slices)


def test_threads_share_an_engine() -> None:
    case = random_case("loops", 1)
    engine = Engine(case.program, whole(case.program))
    flipped = {name: 1 - values for name, values in case.stimulus.items()}
    stimuli = [case.stimulus, flipped] * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda s: engine.run_sample(s, case.n_steps), stimuli))
    for trace, stimulus in zip(found, stimuli, strict=True):
        expected = simulate(case.program, stimulus, case.n_steps)
        for name, output in trace.outputs.items():
            np.testing.assert_array_equal(output, flat(expected.outputs[name]))


def test_unrecorded_populations_have_no_voltages_and_spikes_are_bytes() -> None:
    case = random_case("readout", 0)
    trace = Engine(case.program, whole(case.program)).run_sample(
        case.stimulus, case.n_steps, frozenset({"b"})
    )
    assert set(trace.u) == set(trace.v) == {"b"}
    assert trace.outputs["b"].dtype == trace.outputs["x"].dtype == np.int8
    assert trace.outputs["r"].dtype == np.int32


def test_stimulus_outside_the_declared_range_is_refused() -> None:
    case = random_case("dense", 0)
    stimulus = {"x": case.stimulus["x"] * 300}
    with pytest.raises(ValueError, match=r"^input 'x' declares 0\.\.1, its stimulus has 0\.\.300$"):
        Engine(case.program, whole(case.program)).run_sample(stimulus, case.n_steps)


def test_slices_that_leave_neurons_out_are_refused() -> None:
    program = injected([1, 2, 3]).program
    message = r"^slices \(\(0, 1\), \(2, 3\)\) do not cut population 'n' of 3$"
    with pytest.raises(ValueError, match=message):
        Engine(program, {"n": ((0, 1), (2, 3))})


def test_number_formats_wider_than_the_kernels_are_refused() -> None:
    program = Program(
        inputs=(),
        populations=(Population(name="n", shape=(1,), du=0, dv=0, vth=1),),
        projections=(),
        outputs=(),
        formats=NumberFormat(dense_sum_bits=40),
    )
    message = r"^cpu-emu computes in 32 bits: sums of 40 and voltages of 24 bits do not fit$"
    with pytest.raises(ValueError, match=message):
        Engine(program, {"n": ((0, 1),)})


@pytest.mark.parametrize(
    ("mantissa", "dtype", "scale"),
    [
        ([-128, 127], np.int8, 1),
        ([-256, 254], np.int8, 2),
        ([0, 255], np.uint8, 1),
        ([0, -255], np.uint8, -1),
        ([-256, 255], np.int16, 1),
        ([-32769, 5], np.int32, 1),
    ],
)
def test_weights_are_kept_as_narrow_as_they_fit(
    mantissa: list[int], dtype: type, scale: int
) -> None:
    operator = Dense(mantissa=np.array([mantissa], np.int32))
    projection = Projection(name="p", sources=("x",), target="n", operator=operator)
    synapses = plan.prepared(operator, projection)
    assert synapses.weights.dtype == dtype
    stored = synapses.weights[0, :, :1].T * np.int32(synapses.scale)
    np.testing.assert_array_equal(stored, operator.mantissa)
    assert synapses.scale == scale


def test_many_spikes_do_not_overflow_narrow_partial_sums() -> None:
    """700 rows of -128 or 255 leave 16 bits unless they are folded in time."""
    for value in (-128, 127, -256, 254, 255, -255):
        operator = Dense(mantissa=np.full((3, 700), value, np.int32))
        program = Program(
            inputs=(Input(name="x", shape=(700,)),),
            populations=(
                Population(name="n", shape=(3,), du=4095, dv=4096, vth=1 << 20, spiking=False),
            ),
            projections=(Projection(name="p", sources=("x",), target="n", operator=operator),),
            outputs=(),
        )
        stimulus = {"x": np.ones((1, 700), np.int32)}
        trace = Engine(program, whole(program)).run_sample(stimulus, 2, frozenset({"n"}))
        expected = simulate(program, stimulus, 2)
        np.testing.assert_array_equal(trace.u["n"], expected.u["n"])
        np.testing.assert_array_equal(trace.outputs["n"], expected.outputs["n"])


@pytest.mark.parametrize("kind", KINDS)
def test_marked_neurons_are_the_references(kind: str) -> None:
    """Which neurons the event simulation sweeps as active, one by one."""
    for seed in SEEDS:
        case = random_case(kind, seed)
        stimulus = {name: values.astype(np.int32) for name, values in case.stimulus.items()}
        engine = Engine(case.program, whole(case.program))
        trace = engine.run_sample(stimulus, case.n_steps, moves=True)
        active = simulate(case.program, case.stimulus, case.n_steps).active
        for name, marked in trace.moves.items():
            np.testing.assert_array_equal(marked != 0, active[name].reshape(marked.shape))
