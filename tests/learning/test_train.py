"""The loop: it learns, goes on where it stopped, and refuses what would give nonsense."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from support.toy_task import ENCODING, toy_model, toy_parts, toy_samples
from torch import Tensor
from torch.nn import functional

import neurodeploy
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, samples_of
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.learning import train as train_module
from neurodeploy.learning.data import Parts, series, split
from neurodeploy.learning.evaluate import Score
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import Method, Optimiser, TrainOptions
from neurodeploy.learning.quantised import Formats, QuantisedTwin, formats_for
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.model import Affine, If, Model, Threshold

OPTIONS = TrainOptions(epochs=4, batch_size=30, learning_rate=0.05)


def weights(model: Model) -> list[np.ndarray]:
    return [o.weight for p in model.projections for o in p.chain if isinstance(o, Affine)]


def same(one: Model, other: Model) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, epochs=6),
        replace(OPTIONS, epochs=6, method=Method.TET, loss=Loss(kind=Kind.TET)),
        replace(
            OPTIONS,
            epochs=6,
            method=Method.DSR,
            trainable=Trainable(thresholds=True),
            threshold_percentile=99.0,
        ),
        replace(OPTIONS, epochs=6, optimiser=Optimiser.ADAMW, learning_rate=0.02, batchnorm=True),
        replace(
            OPTIONS,
            epochs=6,
            loss=Loss(kind=Kind.MEAN),
            formats=formats_for(toy_model(), "loihi2", 4, InputCoding.INJECTED),
        ),
    ],
    ids=["bptt", "tet", "dsr", "adamw-batchnorm", "quantised"],
)
def test_every_method_learns(options: TrainOptions) -> None:
    parts = toy_parts()
    result = train(toy_model(), parts, options)
    assert result.best_accuracy >= 0.9
    x = np.repeat(parts.validation.x[:, None], 5, axis=1)
    right = result.model.simulate(x).predictions() == parts.validation.y
    assert right.mean() >= 0.85


def test_equal_seeds_give_equal_weights_and_others_others() -> None:
    first, again = (train(toy_model(), toy_parts(), OPTIONS) for _ in range(2))
    assert same(first.model, again.model)
    assert first.epochs == again.epochs
    other = train(toy_model(), toy_parts(), replace(OPTIONS, seed=1))
    assert not same(first.model, other.model)


class Stop(Exception):
    pass


@pytest.mark.parametrize("optimiser", list(Optimiser))
@pytest.mark.parametrize("coder", ["direct", "rate"])
def test_an_interrupted_training_gives_the_same_bits(
    tmp_path: Path, optimiser: Optimiser, coder: str
) -> None:
    options = replace(OPTIONS, optimiser=optimiser, batchnorm=True)
    parts = toy_parts(encoding=Encoding(coder=coder, n_steps=5))
    whole = train(toy_model(), parts, options)
    path = tmp_path / "t.checkpoint"

    def stop(done: int, total: int, loss: float) -> None:
        if len(seen) == 2:
            raise Stop

    seen: list[object] = []
    with pytest.raises(Stop):
        train(toy_model(), parts, options, checkpoint=path, on_epoch=seen.append, on_batch=stop)
    resumed = train(toy_model(), parts, options, checkpoint=path)
    assert same(whole.model, resumed.model)
    assert whole.epochs == resumed.epochs


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy:
    """Cross entropy of what is seen through noise."""

    noise: float = 0.1
    line: str = "through noise"

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        logits = twin(x + self.noise * torch.randn(x.shape, generator=generator)).logits
        return functional.cross_entropy(logits, labels), logits

    def shown(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        assert not twin.training
        assert len(labels) == len(x)
        return x + self.noise * torch.randn(x.shape, generator=generator)


def test_an_objective_takes_the_place_of_the_loss_and_draws_anew_in_every_epoch(
    tmp_path: Path,
) -> None:
    options, path = replace(OPTIONS, objective=Noisy()), tmp_path / "t.checkpoint"
    whole = train(toy_model(), toy_parts(), options)
    assert whole.best_accuracy >= 0.9
    assert whole.model.history[-1].endswith("seed 0; through noise")
    assert not same(whole.model, train(toy_model(), toy_parts(), OPTIONS).model)

    def stop(epoch: object) -> None:
        raise Stop

    with pytest.raises(Stop):
        train(toy_model(), toy_parts(), options, checkpoint=path, on_epoch=stop)
    other = replace(options, objective=Noisy(noise=0.2))
    with pytest.raises(InputError, match="ND2805"):
        train(toy_model(), toy_parts(), other, checkpoint=path)
    assert same(whole.model, train(toy_model(), toy_parts(), options, checkpoint=path).model)


def test_an_objective_takes_no_other_loss_and_no_teacher() -> None:
    with pytest.raises(InputError) as caught:
        replace(OPTIONS, objective=Noisy(), loss=Loss(kind=Kind.MEAN))
    assert caught.value.problems == (
        "an objective takes the place of the loss; leave the loss as it is",
    )
    with pytest.raises(InputError) as caught:
        train(toy_model(), toy_parts(), replace(OPTIONS, objective=Noisy()), teacher=toy_model())
    assert str(caught.value) == "ND2802: an objective of a method takes no teacher"


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "t.checkpoint"
    train(toy_model(), toy_parts(), OPTIONS, checkpoint=path)
    others = {
        "options": (toy_model(), toy_parts(), replace(OPTIONS, learning_rate=0.06), None),
        "data": (toy_model(), toy_parts(200), OPTIONS, None),
        "model": (toy_model(seed=1), toy_parts(), OPTIONS, None),
        "teacher": (toy_model(), toy_parts(), OPTIONS, toy_model()),
    }
    for model, parts, options, teacher in others.values():
        with pytest.raises(InputError) as caught:
            train(model, parts, options, teacher=teacher, checkpoint=path)
        assert str(caught.value) == (
            f"ND2805: {path}: belongs to another training (other network, data or options); "
            "start anew with another --output, or give the same command"
        )


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.checkpoint"
    path.write_bytes(b"no checkpoint")
    with pytest.raises(InputError, match=f"ND2804: {path}: not a checkpoint"):
        train(toy_model(), toy_parts(), OPTIONS, checkpoint=path)


def test_patience_ends_a_training_that_gets_no_better() -> None:
    options = replace(OPTIONS, epochs=50, patience=2, learning_rate=1e-9)
    assert len(train(toy_model(), toy_parts(), options).epochs) == 3


def bad_data() -> dict[str, tuple[Samples, str]]:
    good = toy_samples()
    labels = np.array(good.y)
    labels[3] = 7
    few = good.taken(np.arange(1))
    return {
        "labels out of range": (
            replace(good, y=labels),
            "ND2803: toy.npz: labels y lie in 0..7, the network's output has 3 neurons: expected "
            "0..2",
        ),
        "no labels": (
            replace(good, y=None),
            "ND2803: toy.npz: holds no labels y, which training needs",
        ),
        "too few": (
            few,
            "ND2803: toy.npz: 1 samples, of which a share of 0.25 leaves 0 for validation; both "
            "parts need at least one",
        ),
        "wrong shape": (
            replace(good, x=good.x[:, :4]),
            "ND2306: toy.npz: x has shape (1, 4); the network takes samples of shape (6,): give "
            "(sample, step, 6), or (sample, 6) with --encode",
        ),
    }


@pytest.mark.parametrize("case", bad_data())
def test_bad_data_stops_before_the_first_epoch(case: str) -> None:
    samples, message = bad_data()[case]
    with pytest.raises(InputError) as caught:
        train(toy_model(), split(samples, ENCODING, 0.25, 0), OPTIONS, on_batch=pytest.fail)
    assert str(caught.value) == message


def test_nan_and_nothing_are_refused_where_they_are_read() -> None:
    x = np.array(toy_samples().x)
    x[2, 3] = np.nan
    with pytest.raises(InputError) as caught:
        neurodeploy.train(toy_model(), x, toy_samples().y, encoding=ENCODING)
    assert str(caught.value) == "ND2303: x: x holds 1 values that are NaN or infinite"
    with pytest.raises(InputError) as caught:
        samples_of(np.zeros((0, 6)), np.zeros(0, int), "empty.npz")
    assert str(caught.value) == (
        "ND2303: empty.npz: x has shape (0, 6), expected (sample, step, *shape)"
    )


def test_values_that_a_deployment_would_refuse_are_refused_in_training() -> None:
    options = replace(OPTIONS, formats=formats_for(toy_model(), "loihi2", 4))
    with pytest.raises(InputError) as caught:
        train(toy_model(), toy_parts(), options)
    assert str(caught.value) == (
        "ND2305: toy.npz: x holds values that are not integers; encode them (--encode rate), or "
        "train for --input-coding injected"
    )


def test_options_that_make_no_sense_are_told_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        TrainOptions(
            epochs=0,
            learning_rate=0,
            alpha=2,
            method=Method.DSR,
            loss=Loss(synops_weight=1),
            formats=Formats(ranges=load_chip("loihi2").ranges),
            trainable=Trainable(leaks=True),
            batchnorm=True,
            mixed_precision=True,
        )
    assert caught.value.problems == (
        "epochs is 0, expected at least 1",
        "learning_rate is 0, expected above 0",
        "alpha is 2, expected above 0 and at most 1",
        "training in a chip's integers takes BatchNorm folded; leave out batchnorm",
        "DSR trains rates, not integers; take bptt or tet to train in a chip's integers",
        "in a chip's integers only weights are trained; leave out thresholds, leaks and v0",
        "the SOP penalty counts spikes of 1, those of DSR weigh theta; take bptt or tet",
        "mixed precision is for CUDA alone",
    )


def test_what_dsr_cannot_represent_is_refused() -> None:
    model = toy_model()
    hidden = replace(model.populations[0], neuron=Threshold(threshold=np.array(1.0)))
    model = replace(model, populations=(hidden, model.populations[1]))
    with pytest.raises(InputError) as caught:
        train(model, toy_parts(), replace(OPTIONS, method=Method.DSR, threshold_percentile=99.0))
    assert caught.value.problems == (
        "DSR represents If and Lif neurons, not 'hidden'; take --method bptt",
        "thresholds start from a percentile in If and Lif neurons, not 'hidden'",
    )


def test_a_trained_threshold_stays_above_nothing_and_is_exported_so() -> None:
    options = replace(OPTIONS, trainable=Trainable(thresholds=True))
    twin = train_module.prepared(toy_model(), options, torch.zeros(1, 5, 6))
    held = twin.get_parameter("parameters_of.0.threshold_scale")
    with torch.no_grad():
        held.fill_(-3.0)
    assert twin.model().population("hidden").neuron.v_threshold == pytest.approx(0.01)
    with torch.no_grad():
        spikes = twin(torch.full((1, 5, 6), 0.5)).outputs["hidden"]
    x = np.full((1, 5, 6), 0.5)
    exported = twin.model().simulate(x, record=["hidden"]).rasters["hidden"]
    assert np.array_equal(spikes.transpose(0, 1).numpy(), exported)


def test_a_trained_threshold_stays_above_the_floor_that_is_asked() -> None:
    options = replace(
        OPTIONS,
        epochs=1,
        weight_decay=10.0,
        trainable=Trainable(thresholds=True, least_threshold=0.4),
    )
    neuron = train(toy_model(), toy_parts(), options).model.population("hidden").neuron
    assert isinstance(neuron, If)
    assert float(neuron.v_threshold) == pytest.approx(0.4, rel=1e-6)  # float32


def test_a_penalty_on_operations_lowers_them() -> None:
    options = replace(OPTIONS, epochs=8)
    costly = replace(options, loss=Loss(synops_weight=1.0))
    plain, frugal = (train(toy_model(), toy_parts(), o) for o in (options, costly))
    rates = [result.epochs[-1].rates["hidden"] for result in (plain, frugal)]
    assert rates[1] < 0.7 * rates[0]


def test_a_teacher_is_followed() -> None:
    """With only the teacher in the loss, the student says what it says, mistakes included."""
    parts = toy_parts()
    wrong = replace(parts.train, y=(parts.train.y + 1) % 3)
    teacher = train(toy_model(), replace(parts, train=wrong), replace(OPTIONS, epochs=6)).model
    alone = Loss(distill_weight=1.0)
    student = train(
        toy_model(seed=5), parts, replace(OPTIONS, epochs=10, loss=alone), teacher=teacher
    )
    assert student.epochs[-1].validation_accuracy < 0.2


def test_a_teacher_of_another_task_is_refused() -> None:
    other = toy_model()
    narrow = replace(
        other,
        inputs=(replace(other.inputs[0], shape=(4,)),),
        projections=(
            replace(other.projections[0], chain=(Affine(weight=np.zeros((12, 4))),)),
            other.projections[1],
        ),
    )
    with pytest.raises(InputError) as caught:
        train(toy_model(), toy_parts(), OPTIONS, teacher=narrow)
    assert str(caught.value) == (
        "ND2802: the teacher takes samples of shape (4,), the network (6,)"
    )


def test_rate_codes_are_the_samples_own_in_any_batch() -> None:
    encoding = Encoding(coder="rate", n_steps=9, seed=4)
    parts = split(toy_samples(), encoding, 0.25, 0)
    part = parts.train
    whole = series(part, np.arange(part.n_samples), encoding, (6,))
    batch = np.array([17, 3, 99])
    assert torch.equal(series(part, batch, encoding, (6,)), whole[batch])
    every = toy_samples()
    assert part.indices is not None
    own = series(every, part.indices, encoding, (6,))
    assert torch.equal(own, whole)


def test_events_are_split_by_sample() -> None:
    offsets = np.array([0, 2, 2, 5, 6])
    events = np.arange(24).reshape(6, 4)
    samples = Samples(x=events, y=np.arange(4), where="e.npz", offsets=offsets)
    taken = samples.taken(np.array([2, 1, 0]))
    assert taken.n_samples == 3
    assert np.array_equal(taken.events(0), events[2:5])
    assert len(taken.events(1)) == 0
    assert np.array_equal(taken.events(2), events[:2])
    assert taken.y.tolist() == [2, 1, 0]


def test_nothing_of_a_network_stays_behind_when_it_moves() -> None:
    """On torch's device without memory every tensor must have moved, as it must on CUDA."""
    twin = train_module.prepared(
        toy_model(), replace(OPTIONS, batchnorm=True), torch.zeros(2, 5, 6)
    ).to("meta")
    trace = twin.train()(torch.zeros(2, 5, 6, device="meta"))
    loss = Loss()(twin.template, trace, torch.zeros(2, dtype=torch.int64, device="meta"))
    torch.autograd.backward(loss)
    assert all(p.grad.is_meta for p in twin.parameters() if p.requires_grad and p.grad is not None)


def test_the_public_verb_trains() -> None:
    samples = toy_samples()
    result = neurodeploy.train(
        toy_model(), samples.x, samples.y, encoding=ENCODING, options=OPTIONS, validation=0.25
    )
    assert same(result.model, train(toy_model(), replace_where(toy_parts()), OPTIONS).model)


def replace_where(parts: Parts) -> Parts:
    """Arrays have no file: the fingerprint of a training may say so, its weights may not."""
    return replace(parts, train=replace(parts.train, where="x"))


@pytest.mark.parametrize(("keep_last", "kept"), [(False, 0.9), (True, 0.1)])
def test_the_last_epoch_is_kept_only_where_asked(
    monkeypatch: pytest.MonkeyPatch, keep_last: bool, kept: float
) -> None:
    accuracies = iter((0.9, 0.1))
    monkeypatch.setattr(
        train_module, "evaluate", lambda *_, **__: Score(accuracy=next(accuracies), rates={})
    )
    options = replace(OPTIONS, epochs=2, keep_last=keep_last)
    assert train(toy_model(), toy_parts(), options).best_accuracy == kept
