"""NeuroBench's rules on cases counted by hand; `make peers` compares with NeuroBench itself."""

from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import samples_of
from neurodeploy.model import Affine, Conv1d, Conv2d, Flatten, If, Input, Model, Output, Population
from neurodeploy.model import Projection as Edge
from neurodeploy.model.neuron import CubaLif, Lif
from neurodeploy.report.json_file import as_json
from neurodeploy.report.neurobench import as_trained
from neurodeploy.report.neurobench.calls import Calls, updates
from neurodeploy.report.neurobench.connections import connections_of
from neurodeploy.report.neurobench.footprint import footprint_bytes

OPERATIONS = ("Effective_MACs", "Effective_ACs", "Dense")


def operations(model: Model, x: np.ndarray) -> tuple[float, ...]:
    found = as_trained(model, x)["SynapticOperations"]
    assert isinstance(found, dict)
    return tuple(found[name] for name in OPERATIONS)


def two_layers() -> Model:
    """Return 2 inputs onto 3 neurons onto 1; a third of the first weights is 0."""
    first = np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    model = dense_if_model(np.random.default_rng(0), (2, 3, 1))
    chains = (
        (Affine(weight=first, bias=np.zeros(3)),),
        (Affine(weight=np.array([[0.25, 0.25, 0.25]]), bias=np.zeros(1)),),
    )
    edges = tuple(replace(p, chain=c) for p, c in zip(model.projections, chains, strict=True))
    return replace(model, projections=edges)


SPIKES = np.array([[[1, 0], [0, 0]], [[0, 0], [1, 1]]])
"""Two samples of two steps. Neurons 0 and 2 fire, then nobody; nobody, then all three."""


def test_two_layers_counted_by_hand() -> None:
    found = as_trained(two_layers(), SPIKES)
    assert found == {
        "Footprint": 4 * (6 + 3 + 3 + 1) + 2 * 20,
        "ConnectionSparsity": round(2 / 9, 4),
        "ActivationSparsity": (2 * 2 * 4 - 5) / 16,
        # 2 from the one input and 2 * 1 from its two neurons; 4 from both and 3 from all three.
        "SynapticOperations": {
            "Effective_MACs": 0.0,
            "Effective_ACs": (2 + 2 + 4 + 3) / 2,
            "Dense": 2 * 9.0,
        },
        # All 4 in the first step of both; in the second the output of sample 1 rises to 0.75.
        "MembraneUpdates": (4 + 4 + 1) / 2,
    }


def test_one_value_that_is_no_spike_makes_the_step_of_the_batch_macs() -> None:
    x = SPIKES.astype(np.float64)
    x[0, 1, 0] = 0.25  # step 1 of sample 0: 2 weights reached; sample 1 has 4 in that step
    assert operations(two_layers(), x) == ((2 + 4) / 2, (2 + 2 + 3) / 2, 18.0)


def test_minus_one_is_a_spike() -> None:
    calls = Calls.of(2)
    calls.note(np.array([1, 10]), np.array([[1, -1], [0, 2]]))
    assert (calls.acs, calls.macs) == (11, 10)


def test_convolutions_count_neither_padding_nor_zeros() -> None:
    weight = np.ones((3, 1, 3, 3))
    weight[0, 0, 0, 0] = 0.0
    model = Model(
        inputs=(Input(name="in", shape=(1, 4, 4)),),
        populations=(
            Population(name="c", shape=(48,), neuron=If(r=np.ones(()), v_threshold=np.ones(()))),
        ),
        projections=(
            Edge(
                name="w",
                sources=("in",),
                target="c",
                chain=(Conv2d(weight=weight, padding=(1, 1)), Flatten()),
            ),
        ),
        outputs=(Output(population="c"),),
        dt_s=1.0,
    )
    corner, middle = np.zeros((2, 1, 1, 1, 4, 4))
    corner[..., 0, 0], middle[..., 1, 1] = 1, 1
    # 2 x 2 outputs of 3 channels see the corner; tap (0, 0) would come from (1, 1): one is zero.
    assert operations(model, corner)[1:] == (3 * 4 - 1, 3 * 100)
    assert operations(model, middle)[1:] == (3 * 9 - 1, 3 * 100)


def test_one_dimensional_convolution_counts_what_each_value_reaches() -> None:
    operator = Conv1d(weight=np.array([[[1.0, 0.0, 2.0]]]), stride=2, padding=1)
    model = Model(
        inputs=(Input(name="in", shape=(1, 5)),),
        populations=(
            Population(name="c", shape=(1, 3), neuron=If(r=np.ones(()), v_threshold=np.ones(()))),
        ),
        projections=(Edge(name="w", sources=("in",), target="c", chain=(operator,)),),
        outputs=(Output(population="c"),),
        dt_s=1.0,
    )
    (connection,) = connections_of(model)
    # Outputs see values (-1, 0, 1), (1, 2, 3) and (3, 4, 5); their middle weight is 0.
    np.testing.assert_array_equal(connection.effective, [0, 2, 0, 2, 0])
    assert connection.dense == 2 + 3 + 2


def test_values_arrive_later_by_the_delay_of_their_projection() -> None:
    model = two_layers()
    late = replace(model.projections[0], delay_steps=1)
    delayed = replace(model, projections=(late, model.projections[1]))
    assert operations(delayed, SPIKES)[1] == (2 + 2) / 2  # the last step's spikes never arrive


def test_first_step_counts_every_membrane() -> None:
    assert updates(np.array([[0, 0, 5], [0, 1, 5], [0, 1, 6]])) == 3 + 1 + 1


@pytest.mark.parametrize(
    ("neuron", "n_bytes"),
    [
        (If(r=np.ones(()), v_threshold=np.ones(())), 4 * 3 + 8),
        (Lif(tau_s=np.ones(()), r=np.ones(()), v_threshold=np.arange(1.0, 6.0)), 4 * 7 + 8),
        (
            CubaLif(
                tau_syn_s=np.ones(()),
                tau_mem_s=np.ones(()),
                r=np.ones(()),
                v_threshold=np.ones(()),
            ),
            4 * 4 + 8,
        ),
    ],
)
def test_footprint_of_neurons_is_that_of_snntorch_buffers(neuron: object, n_bytes: int) -> None:
    model = dense_if_model(np.random.default_rng(0), (4, 5))
    same = replace(model.populations[0], neuron=neuron)
    changed = replace(model, populations=(same,))
    connections = connections_of(changed)
    assert footprint_bytes(changed, connections) == 4 * (20 + 5) + n_bytes


def test_integers_that_lose_nothing_count_as_the_model_does() -> None:
    rng = np.random.default_rng(4)
    model = dense_if_model(rng, (20, 30, 10), grid=2.0**-5)
    x = input_spikes(rng, 6, 15, (20,))
    deployment = deployed(model)
    found = toolchain.neurobench(deployment, stimulus_of(deployment, x), 5)
    assert (found.n_samples, found.as_trained is None) == (5, False)
    assert found.as_trained is not None
    assert {**found.as_deployed, "Footprint": 0} == {**found.as_trained, "Footprint": 0}
    usage = deployment.placement.usage
    assert found.as_deployed["Footprint"] == sum(u["synapse_bytes_per_core"].used for u in usage)


def test_what_the_host_computes_needs_the_samples_and_is_said_to_be_missing() -> None:
    rng = np.random.default_rng(4)
    deployment = deployed(dense_if_model(rng, (20, 30, 10)), coding=InputCoding.INJECTED)
    x = np.broadcast_to(rng.random((3, 1, 20)), (3, 8, 20))
    stimulus = stimulus_of(deployment, x)
    without = toolchain.neurobench(deployment, stimulus, 2)
    assert without.as_trained is None
    assert without.notes[0] == (
        "as trained: the host computes the first layer, and its inputs are not here"
    )
    given = (samples_of(x, None, "x"), None)
    whole = toolchain.neurobench(deployment, stimulus, 2, given)
    assert whole.as_trained is not None
    assert whole.notes[0] == (
        "as deployed: the host computes the first layer, 600 MACs a sample, which are not among "
        "the operations"
    )


def test_report_holds_both_blocks_under_neurobenchs_names() -> None:
    rng = np.random.default_rng(4)
    deployment = deployed(dense_if_model(rng, (20, 30, 10)))
    stimulus = stimulus_of(deployment, input_spikes(rng, 6, 15, (20,)))
    n_samples = toolchain.default_samples(deployment, stimulus)
    report = toolchain.profile(deployment, stimulus, neurobench_samples=n_samples)
    block = as_json(report)["neurobench"]
    assert set(block) == {"n_samples", "as_trained", "as_deployed", "notes"}
    assert block["n_samples"] == 4
    for state in ("as_trained", "as_deployed"):
        assert tuple(block[state]["SynapticOperations"]) == OPERATIONS
    assert as_json(toolchain.profile(deployment, stimulus))["neurobench"] is None


def test_large_networks_are_not_counted_unasked() -> None:
    rng = np.random.default_rng(4)
    deployment = deployed(dense_if_model(rng, (20, 30, 10)))
    many_steps = stimulus_of(deployment, np.zeros((1, 60_000, 20), np.uint8))
    assert toolchain.default_samples(deployment, many_steps) == 0
