"""The Run of a block of samples is that of its samples one by one, merged."""

import numpy as np
import pytest
from support.random_programs import KINDS, Case, random_case
from support.scattered import scattered

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine import ledger as ledger_rules
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.target.accounting import SampleEvents, accounts_of
from neurodeploy_cpu_emu.engine import Engine
from neurodeploy_cpu_emu.target import TARGET

N_SAMPLES = 23  # blocks of two, and a last one of one


def one_by_one(deployment: Deployment, stimulus: Stimulus, options: RunOptions) -> Run:
    accounts = accounts_of(deployment, options)
    program, placement = deployment.program, deployment.placement
    cuts = {
        p.name: tuple((s.start, s.stop) for s in placement.slices_of(p.name))
        for p in program.populations
    }
    engine = Engine(program, cuts)
    n_steps = stimulus.n_steps + program.drain_steps
    runs = []
    for k in range(stimulus.n_samples):
        given = {name: x[k] for name, x in stimulus.x.items()}
        trace = engine.run_sample(given, n_steps, options.record, accounts.needs_active)
        counts = {
            name: np.stack([active, trace.wraps[name], trace.saturations[name]], axis=1)
            for name, active in trace.active.items()
        }
        events = SampleEvents(
            outputs=trace.outputs, u=trace.u, v=trace.v, neuron_counts=counts, active=trace.moves
        )
        runs.append(accounts.run_of(events, stimulus.n_steps))
    return merge(runs)


def placed(case: Case) -> tuple[Deployment, Stimulus]:
    deployment = Deployment(
        target="cpu-emu",
        program=case.program,
        hardware=load_chip("loihi2"),
        placement=scattered(case),
    )
    rng = np.random.default_rng(0)
    x = {
        name: np.stack([rng.permutation(values) for _ in range(N_SAMPLES)])
        for name, values in case.stimulus.items()
    }
    return deployment, Stimulus(x=x)


@pytest.mark.parametrize("level", list(Fidelity))
@pytest.mark.parametrize("kind", KINDS)
def test_run_of_many_samples_is_that_of_each(kind: str, level: Fidelity) -> None:
    deployment, stimulus = placed(random_case(kind, 5))
    names = frozenset(p.name for p in deployment.program.populations)
    options = RunOptions(fidelity=level, record=names, workers=2)
    (together,) = TARGET.run(deployment, [stimulus], options)
    assert together.n_samples == N_SAMPLES
    assert together.digest == one_by_one(deployment, stimulus, options).digest


@pytest.mark.parametrize("kind", KINDS)
def test_run_is_the_same_where_counts_are_kept_in_64_bits(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, options = random_case(kind, 5), RunOptions(workers=2)
    digests = []
    for limit in (ledger_rules.WIDE, 0):
        monkeypatch.setattr(ledger_rules, "WIDE", limit)
        deployment, stimulus = placed(case)
        (run,) = TARGET.run(deployment, [stimulus], options)
        digests.append(run.digest)
    assert digests[0] == digests[1]
