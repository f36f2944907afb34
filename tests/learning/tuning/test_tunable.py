import pytest

pytest.importorskip("optuna", reason="optuna is absent; pip install 'neurodeploy[tune]'")

from support.tuning import demo_network, spoiled_network

from neurodeploy.errors import InputError
from neurodeploy.frontends.templates import Kind, TemplateOptions, make
from neurodeploy.learning.tuning.tunable import (
    Tunable,
    rounded,
    settings_of,
    tunables,
)

NAMES = "threshold, leak, input_gain, percentile, steps, learning_rate, weight_decay"


def found(*texts: str, training: bool = False) -> tuple[Tunable, ...]:
    return tunables(texts, demo_network(), 25, training=training)


def test_thresholds_and_leaks_are_tuned_where_nothing_is_said() -> None:
    assert [t.key for t in found()] == ["threshold", "leak"]
    assert [t.key for t in found(training=True)] == ["learning_rate", "threshold"]


def test_a_network_without_leaks_has_none_to_tune() -> None:
    model = make("mlp", TemplateOptions(input_shape=(8,), n_classes=2, neuron=Kind.IF))
    assert [t.key for t in tunables((), model, 5, training=False)] == ["threshold"]


def test_a_leak_is_never_raised_above_1() -> None:
    """The demo's are 0.1, to single precision; the spoiled network's 0.5."""
    [leak] = found("leak")
    assert (leak.low, leak.high) == (1 / 16, 9.999)
    [leak] = tunables(["leak"], spoiled_network(), 25, training=False)
    assert (leak.low, leak.high) == (1 / 16, 1.999)


def test_a_largest_factor_is_rounded_down() -> None:
    options = TemplateOptions(input_shape=(8,), n_classes=2, leak=0.15)
    [leak] = tunables(["leak"], make("mlp", options), 5, training=False)
    assert leak.high == 6.666


def test_layers_and_ranges_are_read() -> None:
    [one, steps] = found("threshold:hidden=0.5:2", "steps")
    assert (one.key, one.low, one.high, one.own) == ("threshold:hidden", 0.5, 2.0, 1.0)
    assert (steps.low, steps.high, steps.own) == (6.0, 25.0, 25.0)


def test_drawn_values_have_few_digits_and_stay_in_their_range() -> None:
    [threshold, steps] = found("threshold=0.123456:2", "steps")
    assert rounded(threshold, 0.98765432) == 0.9877
    assert rounded(threshold, 0.123457) == 0.1235
    assert rounded(threshold, 0.12344) == 0.123456
    assert rounded(steps, 7.0) == 7.0


def test_settings_are_taken_to_the_last_digit() -> None:
    settings = settings_of(["threshold=0.123456789", "steps=7"], demo_network(), 25, training=False)
    assert settings == {"threshold": 0.123456789, "steps": 7.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tau", f"expected NAME, NAME:LAYER or NAME=LOW:HIGH of {NAMES}"),
        ("threshold=1", f"expected NAME, NAME:LAYER or NAME=LOW:HIGH of {NAMES}"),
        ("threshold:fc9", "the layers with a threshold are hidden, classes"),
        ("steps:hidden", "steps is of the whole network, not of one layer"),
        ("threshold=a:b", "the range is LOW:HIGH, two numbers"),
        ("threshold=2:1", "the range needs 0 < LOW <= HIGH"),
        ("threshold=0:1", "the range needs 0 < LOW <= HIGH"),
        ("steps=5:26", "at most 25 is possible here"),
        ("steps=5.5:20", "takes whole numbers"),
        ("percentile=90:101", "at most 100 is possible here"),
        ("learning_rate", "is of training; give --train-epochs"),
    ],
)
def test_what_cannot_be_tuned_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        found(text)
    assert (refusal.value.code, refusal.value.problems) == (
        "ND2821",
        (f"--tune {text}: {message}",),
    )


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        found("leak", "leak", "tau", "steps=30:40")
    assert len(refusal.value.problems) == 3
    assert refusal.value.problems[-1] == "--tune names leak twice"


def test_a_setting_needs_a_value() -> None:
    with pytest.raises(InputError) as refusal:
        settings_of(["threshold"], demo_network(), 25, training=False)
    assert refusal.value.problems == ("--set threshold: expected NAME=VALUE, e.g. threshold=0.5",)
