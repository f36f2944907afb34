"""The maximum of spikes as a sum above a threshold."""

import numpy as np

from neurodeploy.model import (
    Conv2d,
    If,
    Input,
    Max,
    Model,
    Neuron,
    Operator,
    Output,
    Population,
    Projection,
    Relu,
    Select,
    SumPool2d,
    Threshold,
)
from neurodeploy.passes import MaxAsThreshold

PAD = Select(start=(0, 0, 0), stop=(2, 6, 6), step=(1, 1, 1), before=(0, 1, 0), after=(0, 1, 0))


def pooled(neuron: Neuron) -> Model:
    """Return a convolution, its neurons, a padded maximum and a maximum of that."""
    rng = np.random.default_rng(0)

    def way(name: str, source: str, target: str, *chain: Operator) -> Projection:
        return Projection(name=name, sources=(source,), target=target, chain=chain)

    first = Max(input_shape=(2, 8, 6), kernel=(3, 2), stride=(2, 2))
    second = Max(input_shape=(2, 3, 3), kernel=(2, 2), stride=(1, 1))
    conv = Conv2d(weight=rng.normal(0, 1, (2, 1, 3, 3)), padding=(1, 1))
    return Model(
        inputs=(Input(name="in", shape=(1, 6, 6)),),
        populations=(
            Population(name="b", shape=(2, 2, 2), neuron=second),
            Population(name="a", shape=(2, 3, 3), neuron=first),
            Population(name="n", shape=(2, 6, 6), neuron=neuron),
        ),
        projections=(way("w", "in", "n", conv), way("p", "n", "a", PAD), way("q", "a", "b")),
        outputs=(Output(population="b"),),
        dt_s=1e-4,
    )


def test_the_maximum_of_spikes_is_a_sum_above_a_threshold() -> None:
    model = pooled(If(r=np.full((), 1e4), v_threshold=np.full((), 2.0)))
    changed = MaxAsThreshold()(model)
    assert [type(p.neuron) for p in changed.populations] == [Threshold, Threshold, If]
    assert changed.projection("p").chain == (
        SumPool2d(kernel=(3, 2), stride=(2, 2), padding=(1, 0)),
    )
    assert changed.history == ("the maximum of spikes in a, b is a sum above a threshold",)
    x = (np.random.default_rng(1).random((5, 20, 1, 6, 6)) < 0.2).astype(float)
    expected, found = model.simulate(x).readouts["b"], changed.simulate(x).readouts["b"]
    np.testing.assert_array_equal(found, expected)
    assert 0 < expected.sum() < expected.size * 20


def test_the_maximum_of_other_values_stays() -> None:
    model = pooled(Relu())
    assert MaxAsThreshold()(model) is model
