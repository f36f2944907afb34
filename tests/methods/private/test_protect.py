"""Protection keeps what the network is for; disguise and withheld readout keep it to the spike."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.leaky import N_CLASSES, SHAPE, bars, spiking_twin, trained_ann
from support.toy_task import toy_model

from neurodeploy.errors import InputError
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.private import ProtectOptions, SynthesisOptions, protect, synthesise
from neurodeploy.methods.private.changes import with_leak, with_noise
from neurodeploy.methods.private.objective import Protection, rates_of
from neurodeploy.methods.private.symmetries import disguised
from neurodeploy.methods.private.traps import Steering, Traps, patterns, planted
from neurodeploy.methods.private.withheld import with_readout, without_readout
from neurodeploy.model import Lif, Model

MADE = SynthesisOptions(n_per_class=20, iterations=40)
OPTIONS = ProtectOptions(synthesis=MADE, n_steps=10, epochs=2, batch_size=20)


def simulated(model: Model, n_steps: int = 12) -> "tuple[np.ndarray, np.ndarray]":
    x = np.repeat(bars(30, 9).x[:, None].astype(np.float64), n_steps, axis=1)
    run = model.simulate(x)
    return next(iter(run.readouts.values())), run.predictions()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"leak": 0.05, "thresholds": True},
        {"noise": 0.1},
        {"traps": Traps(grain=3)},
        {"steering": Steering(n_images=10)},
    ],
    ids=["retrained", "leak", "noise", "traps", "steered"],
)
def test_a_protected_network_still_knows_its_classes(changes: dict[str, object]) -> None:
    options = replace(OPTIONS, **changes)
    found = protect(spiking_twin(0), trained_ann(0), options)
    _, told = simulated(found.model, 20)
    assert (told == bars(30, 9).y).mean() > 0.8
    assert found.synthesis is not None
    assert found.synthesis.line in found.model.history
    again = protect(spiking_twin(0), trained_ann(0), options)
    assert again.model.digest == found.model.digest


def test_a_disguise_changes_no_spike_count_of_a_class() -> None:
    plain = spiking_twin(0)
    hidden = disguised(plain, seed=1)
    assert hidden.populations == ("conv", "fc")
    assert hidden.model.population("conv").shape == (5, 6, 6)
    np.testing.assert_allclose(simulated(hidden.model)[0], simulated(plain)[0], rtol=1e-9)
    weights = [
        np.sort(np.concatenate([o.weight.ravel() for o in p.chain if hasattr(o, "weight")]))
        for p in (plain.projections[0], hidden.model.projections[0])
    ]
    assert len(weights[0]) != len(weights[1])


def test_a_disguise_keeps_initial_voltages_and_leaks() -> None:
    base = with_leak(spiking_twin(0), 0.2)
    rng = np.random.default_rng(2)
    uneven = replace(
        base,
        populations=tuple(
            replace(p, v0=rng.uniform(0, 0.5, p.shape)) if isinstance(p.neuron, Lif) else p
            for p in base.populations
        ),
    )
    hidden = disguised(uneven, seed=4).model
    np.testing.assert_allclose(simulated(hidden)[0], simulated(uneven)[0], rtol=1e-9)


def test_the_owner_of_the_readout_has_the_whole_network() -> None:
    plain = spiking_twin(0)
    split = without_readout(plain)
    assert [p.name for p in split.released.populations] == ["conv", "fc"]
    counts, _ = simulated(split.released)
    np.testing.assert_allclose(counts @ split.key.T, simulated(plain)[0], rtol=1e-9)
    np.testing.assert_allclose(simulated(with_readout(split))[0], simulated(plain)[0], rtol=1e-9)


def test_a_readout_that_spikes_is_not_withheld() -> None:
    model = toy_model()
    with pytest.raises(InputError) as caught:
        without_readout(replace(model, outputs=(replace(model.outputs[0], population="hidden"),)))
    assert caught.value.code == "ND2877"


def test_rates_are_those_of_the_artificial_network() -> None:
    x = torch.from_numpy(bars(10).x)
    rates = rates_of(Twin(spiking_twin(0)))(x)
    expected, _ = (
        next(iter(trained_ann(0).simulate(x[:, None].double().numpy()).readouts.values())),
        None,
    )
    np.testing.assert_allclose(rates.detach().numpy(), expected, rtol=1e-4, atol=1e-4)


def test_distillation_from_itself_costs_nothing() -> None:
    x = torch.from_numpy(bars(10).x)
    labels = torch.from_numpy(bars(10).y)
    teacher = trained_ann(0)
    objective = Protection(teacher=teacher, distill_weight=1.0)
    loss, _ = objective(Twin(teacher), x[:, None], labels, torch.Generator().manual_seed(0))
    assert float(loss.detach()) == pytest.approx(0.0, abs=1e-6)


def test_the_penalty_falls_when_it_is_descended() -> None:
    """The gradient through the attacker's own steps is one that lowers recoverability."""
    twin, teacher = Twin(spiking_twin(0)), Twin(trained_ann(0)).requires_grad_(False)
    steering = Steering(n_images=20)
    x = torch.from_numpy(bars(20).x)

    def penalty() -> torch.Tensor:
        generator = torch.Generator().manual_seed(3)
        return steering(rates_of(twin), lambda u: teacher(u[:, None]).logits, x, generator)

    optimiser = torch.optim.SGD(twin.parameters(), lr=1e-3)
    first = penalty()
    torch.autograd.backward(first)
    optimiser.step()
    assert float(penalty().detach()) < float(first.detach())


def test_a_planted_pattern_is_its_classes() -> None:
    traps = Traps(n_patterns=2, amplitude=0.2, grain=3)
    known = patterns(traps, SHAPE, N_CLASSES)
    assert known.shape == (N_CLASSES, 2, *SHAPE)
    torch.testing.assert_close(known.abs().flatten(2).amax(dim=2), torch.full((N_CLASSES, 2), 0.2))
    x = torch.from_numpy(bars(12).x)
    shown, classes = planted(traps, x, N_CLASSES, torch.Generator().manual_seed(0))
    assert shown.min() >= 0
    assert shown.max() <= 1
    assert classes.shape == (12,)


def test_noise_is_a_share_of_each_layers_deviation() -> None:
    plain = trained_ann(0)
    noisy = with_noise(plain, 0.5, seed=0)
    before, after = (p.projection("to_fc").chain[1].weight for p in (plain, noisy))
    assert np.std(after - before) == pytest.approx(0.5 * before.std(), rel=0.05)


def test_what_does_not_fit_is_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        protect(trained_ann(0), spiking_twin(0), OPTIONS)
    assert caught.value.code == "ND2876"
    assert caught.value.problems == (
        "the network does not spike; convert it first: neurodeploy convert",
    )
    with pytest.raises(InputError) as caught:
        replace(OPTIONS, leak=1.0, distill_weight=2.0)
    assert caught.value.code == "ND2873"
    assert caught.value.problems == (
        "distilled by 2, expected 0 to 1",
        "the leak is 1.0, expected above 0 and below 1",
    )


def test_samples_made_before_are_taken() -> None:
    made = synthesise(trained_ann(0), MADE)
    found = protect(spiking_twin(0), trained_ann(0), OPTIONS, made=made)
    assert found.synthesis is made
