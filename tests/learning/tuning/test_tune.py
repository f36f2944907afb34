"""Searches: the same from the same seed, interrupted or not, and on validation samples alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("optuna", reason="optuna is absent; pip install 'neurodeploy[tune]'")

from support.tuning import (
    RATE,
    demo_network,
    digit_samples,
    spoiled_network,
)

from neurodeploy import toolchain
from neurodeploy.errors import InputError
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.samples import samples_of
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.tuning.bench import Bench, BenchOptions, Measured
from neurodeploy.learning.tuning.files import network_of
from neurodeploy.learning.tuning.objectives import limits_of, objectives_of
from neurodeploy.learning.tuning.point import Tuned
from neurodeploy.learning.tuning.tunable import tunables
from neurodeploy.learning.tuning.tune import tune
from neurodeploy.model import Model
from neurodeploy.regression import Budget

SPIKES = (0.0, 1.0)


def bench(
    model: Model | None = None,
    *,
    n_samples: int | None = 300,
    seed: int = 0,
    limits: tuple[str, ...] = (),
    training: TrainOptions | None = None,
) -> Bench:
    options = BenchOptions(
        share=0.2,
        seed=seed,
        compiling=toolchain.CompileOptions(input_range=SPIKES),
        budget=Budget(limits=limits_of(limits)),
        training=training,
    )
    return Bench(model or spoiled_network(), digit_samples(n_samples), RATE, options)


def searched(
    folder: Path,
    there: Bench | None = None,
    *,
    what: tuple[str, ...] = (),
    objectives: tuple[str, ...] = (),
    n_trials: int = 12,
    timeout_s: float | None = None,
    on_trial: object = None,
) -> Tuned:
    there = there or bench()
    training = there.options.training is not None
    found = tunables(what, there.model, there.n_steps, training=training)
    return tune(
        there,
        found,
        objectives_of(objectives),
        folder,
        n_trials=n_trials,
        timeout_s=timeout_s,
        on_trial=on_trial,  # type: ignore[arg-type]
    )


def test_equal_seeds_search_equally_and_others_do_not(tmp_path: Path) -> None:
    one, two = (searched(tmp_path / name) for name in "ab")
    assert one.points == two.points
    assert one.front == two.front
    other = searched(tmp_path / "c", bench(seed=1))
    assert [p.settings for p in other.points[1:]] != [p.settings for p in one.points[1:]]


def test_an_interrupted_search_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """Twice: between two trials, and in the middle of one."""
    whole = searched(tmp_path / "whole", n_trials=15)

    def stop(n_done: int) -> None:
        if n_done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searched(tmp_path / "parts", n_trials=15, on_trial=stop)
    there = bench()
    measure, n_calls = there.measure, 0

    def fail_at_last(settings: dict[str, float]) -> Measured:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 8:
            raise KeyboardInterrupt
        return measure(settings)

    there.measure = fail_at_last  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        searched(tmp_path / "parts", there, n_trials=15)
    parts = searched(tmp_path / "parts", n_trials=15)
    assert parts.points == whole.points
    assert parts.front == whole.front


def test_the_first_trial_is_the_network_as_it_is(tmp_path: Path) -> None:
    first = searched(tmp_path / "a", n_trials=1).points[0]
    assert first.settings == {"threshold": 1.0, "leak": 1.0}


def test_more_trials_go_on_and_a_time_limit_stops(tmp_path: Path) -> None:
    few = searched(tmp_path / "a", n_trials=3)
    none = searched(tmp_path / "a", n_trials=6, timeout_s=0.0)
    more = searched(tmp_path / "a", n_trials=6)
    assert few.points == none.points == more.points[:3]
    assert len(more.points) == 6


def test_only_the_networks_of_the_front_are_kept(tmp_path: Path) -> None:
    search = searched(tmp_path / "a", n_trials=8)
    kept = {int(path.stem) for path in (tmp_path / "a" / "networks").iterdir()}
    assert kept == set(search.front)
    for number in search.front:
        model = toolchain.load_model(network_of(tmp_path / "a", number))[0]
        assert model.digest == search.points[number].digest


def test_settings_make_the_same_network_and_figures_again(tmp_path: Path) -> None:
    there = bench()
    best = searched(tmp_path / "a", there).best
    assert best is not None
    again = there.measure(best.settings)
    assert again.model.digest == best.digest
    assert again.metrics["accuracy"] == best.metrics["accuracy"]


def test_another_search_is_refused(tmp_path: Path) -> None:
    searched(tmp_path / "a", n_trials=1)
    changed = (
        {"there": bench(demo_network())},
        {"there": bench(seed=1)},
        {"there": bench(n_samples=200)},
        {"there": bench(limits=("synops_hw=1e6",))},
        {"what": ("threshold",)},
        {"objectives": ("accuracy",)},
    )
    for change in changed:
        with pytest.raises(InputError) as refusal:
            searched(tmp_path / "a", **change)  # type: ignore[arg-type]
        assert refusal.value.code == "ND2823"
        assert refusal.value.problems == (
            f"{tmp_path / 'a'}: belongs to another search (other network, data or options); give "
            "the same command, with more --trials if wanted, or another -o",
        )


def test_a_folder_that_is_no_search_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError) as refusal:
        searched(tmp_path)
    assert refusal.value.problems == (
        f"{tmp_path}: exists and holds no trials.log, so it is no search; choose another -o",
    )


def test_a_damaged_search_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trials.log").write_text("{}\n[]\n")
    with pytest.raises(InputError, match=r"trials\.log: is no search that can be read"):
        searched(tmp_path)


def test_a_budget_keeps_points_off_the_front(tmp_path: Path) -> None:
    free = searched(tmp_path / "free", what=("steps",), n_trials=8)
    most = sorted(p.value("synops_hw") or 0.0 for p in free.points)[3]
    held = bench(limits=(f"synops_hw={most!r}",))
    search = searched(tmp_path / "held", held, what=("steps",), n_trials=8)
    over = [p for p in search.points if not p.fits]
    assert over
    assert all((p.value("synops_hw") or 0.0) > most for p in over)
    assert all((search.points[k].value("synops_hw") or 0.0) <= most for k in search.front)


def test_fewer_steps_cost_fewer_operations(tmp_path: Path) -> None:
    there = bench(demo_network())
    few, all_ = (there.measure({"steps": n}).metrics["synops_hw"].value for n in (5.0, 25.0))
    assert few is not None
    assert all_ is not None
    assert few < 0.3 * all_


def test_a_series_is_cut_to_its_first_steps() -> None:
    samples = digit_samples(100)
    spikes = toolchain.series_of(samples, (64,), RATE)[0]
    options = bench().options
    there = Bench(demo_network(), replace(samples, x=spikes), None, options)
    whole = Bench(demo_network(), samples, RATE, options)
    assert there.n_steps == 25
    assert there.measure({"steps": 25.0}).metrics == whole.measure({}).metrics
    cut = Bench(
        demo_network(), replace(samples, x=np.ascontiguousarray(spikes[:, :9])), None, options
    )
    assert there.measure({"steps": 9.0}).metrics == cut.measure({}).metrics


def test_what_does_not_compile_is_a_point_with_a_reason(tmp_path: Path) -> None:
    there = bench(demo_network())
    one_core = replace(there.options.compiling, input_range=(0.0, 0.5))
    there.options = replace(there.options, compiling=one_core)
    search = searched(tmp_path / "a", there, n_trials=3)
    assert search.front == ()
    assert all("hold" in p.refusal or "values" in p.refusal for p in search.points)


def test_an_unknown_objective_is_refused(tmp_path: Path) -> None:
    there = bench(n_samples=60)
    on_ideal = replace(there.options.compiling, chip="ideal")
    there.options = replace(there.options, compiling=on_ideal)
    with pytest.raises(InputError) as refusal:
        searched(tmp_path / "a", there, objectives=("accuracy", "latency_s"), n_trials=1)
    assert refusal.value.code == "ND2821"
    assert refusal.value.problems == (
        "--objective latency_s: is not known of this chip and data, so that nothing can be "
        "compared by it; known are accuracy, synops_hw",
    )
    assert len(searched(tmp_path / "a", there, n_trials=1).points) == 1  # the folder is free


def test_training_settings_are_searched_and_end_in_integers(tmp_path: Path) -> None:
    there = bench(spoiled_network(), n_samples=250, training=TrainOptions(epochs=2, batch_size=25))
    what = ("learning_rate=0.001:0.5", "threshold=0.05:1", "weight_decay")
    one, two = (searched(tmp_path / k, there, what=what, n_trials=4) for k in "ab")
    assert one.points == two.points
    assert len({p.digest for p in one.points}) == 4
    assert one.best is not None
    assert (one.best.value("accuracy") or 0.0) > 0.3
    assert (
        "trained: bptt"
        in toolchain.load_model(network_of(tmp_path / "a", one.front[0]))[0].history[-1]
    )


def held_out(model: Model, seed: int) -> Bench:
    """A bench on digits that the demo's weights were not trained on, nearly all of them."""
    digits = load_digits().validation
    options = replace(bench(seed=seed).options, share=0.95)
    return Bench(model, samples_of(digits.x, digits.y, "validation"), RATE, options)


def unseen_accuracy(model: Model) -> float:
    test = load_digits().test
    choice = toolchain.CompileOptions(input_range=SPIKES)
    deployment = toolchain.compile_network(model, "cpu-emu", choice)
    stimulus = toolchain.stimulus_of(deployment, samples_of(test.x, test.y, "test"), RATE)
    return toolchain.profile(deployment, stimulus).metrics["accuracy"].value or 0.0


@pytest.mark.slow
def test_forty_trials_mend_a_spoiled_network(tmp_path: Path) -> None:
    """To within 1 point of the hand-set one: each seed on validation, their mean on unseen data."""
    unseen = []
    for seed in range(3):
        folder = tmp_path / str(seed)
        hand = held_out(demo_network(), seed).measure({}).metrics["accuracy"].value or 0.0
        best = searched(folder, held_out(spoiled_network(), seed), n_trials=40).best
        assert best is not None
        assert (best.value("accuracy") or 0.0) >= hand - 0.01
        unseen.append(unseen_accuracy(toolchain.load_model(network_of(folder, best.number))[0]))
    assert unseen_accuracy(spoiled_network()) < 0.2
    assert np.mean(unseen) >= unseen_accuracy(demo_network()) - 0.01
