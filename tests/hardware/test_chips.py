"""Every chip that comes with neurodeploy: readable, sourced, and true to what is published."""

import json
from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.hardware.toml_file import CHIPS, chip_names, load_chip, read_chip
from neurodeploy.storage.codec import decode, encode

NAMES = chip_names()


def figures(chip: Hardware) -> dict[str, Quantity]:
    tables = {
        "limits": chip.limits,
        "latency": chip.latency_s,
        "energy": chip.energy_j,
        "power": chip.power_w,
        "sync": {str(tiles): time for tiles, time in chip.sync_s},
        "measured": dict(chip.measured),
        **{f"core_limits.{core}": limits for core, limits in chip.core_limits},
    }
    return {
        f"{table}.{name}": figure
        for table, entries in tables.items()
        for name, figure in entries.items()
    }


def test_chips_are_the_ones_documented() -> None:
    assert NAMES == (
        "generic-45nm-int8",
        "generic-7nm-int8",
        "ideal",
        "loihi1-davies2018",
        "loihi1-fitted",
        "loihi2",
        "speck2",
        "truenorth",
        "xylo-a2",
    )


@pytest.mark.parametrize("name", NAMES)
def test_chip_has_the_name_of_its_file(name: str) -> None:
    assert read_chip(CHIPS / f"{name}.toml").name == load_chip(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_evidence_and_an_explained_source(name: str) -> None:
    chip = load_chip(name)
    for where, figure in figures(chip).items():
        assert isinstance(figure.evidence, Evidence), where
        assert figure.source, where
        assert set(figure.source.split("; ")) <= set(chip.sources), where
        assert figure.known == (figure.evidence is not Evidence.UNKNOWN), where
    for entry in (chip.topology, *chip.synapse_formats.values(), *chip.ranges.provenance.values()):
        assert entry.source
        assert set(entry.source.split("; ")) <= set(chip.sources)


@pytest.mark.parametrize("name", NAMES)
def test_no_unknown_figure_is_zero_and_no_source_lies_idle(name: str) -> None:
    chip = load_chip(name)
    used = {
        source
        for entry in (
            *figures(chip).values(),
            chip.topology,
            *chip.synapse_formats.values(),
            *chip.ranges.provenance.values(),
        )
        for source in entry.source.split("; ")
    }
    assert used == set(chip.sources)
    zero = {where for where, figure in figures(chip).items() if figure.value == 0}
    # A fit that charges an arrival with its departure gives it nothing of its own, and in a step
    # that lasts as long as the tick an event takes no time of its own.
    zero -= {where for where in zero if figures(chip)[where].source == "within-the-tick"}
    assert zero <= {
        "latency.dendrite",
        "energy.dendrite",
        "latency.neuron_update",
        "energy.axon_in",
    }


@pytest.mark.parametrize("name", NAMES)
def test_chip_survives_json(name: str) -> None:
    chip = load_chip(name)
    data, arrays = encode(chip)
    again = decode(Hardware, json.loads(json.dumps(data)), arrays, "a chip")
    assert again.digest == chip.digest


@pytest.mark.parametrize("name", NAMES)
def test_figures_that_were_not_confirmed_are_graded_assumed(name: str) -> None:
    for where, figure in figures(load_chip(name)).items():
        if "recalled-2021" in figure.source:
            assert figure.evidence is Evidence.ASSUMED, where


def test_truenorths_one_figure_is_all_in_and_nothing_else_is_known_of_its_energy() -> None:
    chip = load_chip("truenorth")
    known = {name: q for name, q in {**chip.energy_j, **chip.power_w}.items() if q.known}
    assert {name: q.value for name, q in known.items()} == dict.fromkeys(
        ("synapse_dense", "synapse_sparse", "synapse_conv"), 26e-12
    )
    assert chip.all_in
    assert sum(q.value or 0.0 for q in chip.latency_s.values()) == 0
    assert [(tiles, time.value) for tiles, time in chip.sync_s] == [(1, 1e-3)]


def test_a_figure_beside_truenorths_all_in_one_is_refused(tmp_path: Path) -> None:
    page = (CHIPS / "truenorth.toml").read_text()
    idle = (
        '{ value = 1, low = 1, high = 1, unit = "mW", evidence = "measured", source = "merolla2014"'
    )
    mine = tmp_path / "mine.toml"
    mine.write_text(page.replace('static_chip = "unknown"', f"static_chip = {idle} }}"))
    with pytest.raises(InputError) as caught:
        load_chip(str(mine))
    assert "power.static_chip stand beside an all-in figure" in str(caught.value)


def test_cores_of_speck_have_limits_of_their_own() -> None:
    chip = load_chip("speck2")

    def of(name: str) -> list[float | None]:
        limits = [chip.limit_of(core, name) for core in range(9)]
        return [None if limit is None else limit.value for limit in limits]

    assert of("neurons_per_core") == [1024 * k for k in (64, 64, 64, 32, 32, 16, 16, 16, 16)]
    assert of("synapse_bytes_per_core") == [1024 * k for k in (16, 16, 16, 32, 32, 64, 64, 16, 16)]
    assert of("synops_per_s_per_core") == [100e6, *[30e6] * 8]
    assert sum(value or 0 for value in of("neurons_per_core")) == 327_680


def test_core_limits_of_cores_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    page = (CHIPS / "speck2.toml").read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text(page.replace("cores = [1, 2]", "cores = [1, 9]"))
    with pytest.raises(InputError) as caught:
        load_chip(str(mine))
    assert "core_limits names the cores [9], which limits.cores excludes" in str(caught.value)


def derived(page: str, figure: str) -> Quantity:
    return load_chip(page).energy_j[figure]


def test_energies_of_45_nm_are_the_sum_of_the_page_s_operations() -> None:
    """Horowitz 2014: 10 pJ a 64-bit read of 8 KiB, 20 of 32 KiB; adds and multiplies."""
    byte, half_word = 10 / 8, 10 / 4
    expected = {
        "synapse_dense": (byte + 0.03, byte + 2 * half_word + 0.03, 3 * 20 + 0.1),
        "synapse_sparse": (
            byte + half_word + 0.03,
            byte + 3 * half_word + 0.03,
            3 * 20 + 0.1,
        ),
        "neuron_access": (0, 2 * half_word, 2 * 20),
        "neuron_update": (0.2 + 2 * 0.03, 0.2 + 0.1, 3.1 + 2 * 0.1),
        "axon_in": (half_word + 10, half_word + 10, 20 + 20),
    }
    for name, figures_pj in expected.items():
        found = derived("generic-45nm-int8", name)
        ends = (found.low, found.value, found.high)
        assert [1e12 * (end or 0.0) for end in ends] == pytest.approx(list(figures_pj)), name


def test_alias_loihi1_is_the_chip_of_davies_2018() -> None:
    assert load_chip("loihi1").digest == load_chip("loihi1-davies2018").digest


def test_energies_of_loihi1_are_simulated_minima() -> None:
    synapse = load_chip("loihi1").energy_j["synapse_dense"]
    assert (synapse.value, synapse.low) == (23.6e-12, 23.6e-12)
    assert synapse.evidence is Evidence.SIMULATED


def test_fitted_loihi_carries_the_published_error_of_its_fit_in_every_fitted_term() -> None:
    """Boyle et al. 2025: totals within 12 % in energy, within 25 % in time."""
    chip = load_chip("loihi1-fitted")
    tables = {0.12: chip.energy_j, 0.25: {**chip.latency_s, **dict(chip.sync_s)}}
    for error, figures in tables.items():
        fitted = [q for q in figures.values() if "sanafe-fit" in q.source]
        assert len(fitted) > 10
        for figure in fitted:
            assert figure.value is not None
            # decimal fractions: equal but for the last bits of a float
            assert figure.low == pytest.approx((1 - error) * figure.value, rel=1e-12)
            assert figure.high == pytest.approx((1 + error) * figure.value, rel=1e-12)


def test_every_fitted_time_is_a_whole_number_of_ticks() -> None:
    chip = load_chip("loihi1-fitted")
    fitted = [q for q in chip.latency_s.values() if "sanafe-fit" in q.source]
    for figure in [*fitted, *(time for _, time in chip.sync_s)]:
        assert figure.value is not None
        # whole but for the last bits of a float
        assert figure.value * 1e12 / chip.tick_ps == pytest.approx(
            chip.ticks(figure.value), rel=1e-12
        )


def test_tiles_of_the_fit_are_numbered_down_the_columns() -> None:
    topology = load_chip("loihi1-fitted").topology
    assert [topology.tile_of(4 * tile) for tile in (0, 1, 4)] == [(0, 0), (0, 1), (1, 0)]


def test_energies_of_loihi2_are_half_to_1_3_times_those_of_loihi1_and_assumed() -> None:
    davies, ours = load_chip("loihi1").energy_j, load_chip("loihi2").energy_j
    for name, figure in ours.items():
        assert figure.value == davies[name].value, name
        if figure.value is not None:
            assert figure.evidence is Evidence.ASSUMED
            # decimal fractions: equal but for the last bit of a float
            assert figure.low == pytest.approx(0.5 * figure.value, rel=1e-12), name
            assert figure.high == pytest.approx(1.3 * figure.value, rel=1e-12), name


def test_interval_of_loihi2_covers_the_measured_pilotnet_runs() -> None:
    """Counters of one step, and energy of three runs, recorded in lava-dl's notebooks."""
    energy = load_chip("loihi2").energy_j
    counts = {"synapse_conv": 2.290e6, "neuron_access": 160_914, "neuron_update": 160_914}

    def total(end: str) -> float:
        return sum(n * getattr(energy[name], end) for name, n in counts.items())

    assert total("low") < 35.1e-6 < 66.9e-6 < 68.3e-6 < total("high")


def test_interval_of_loihi2_covers_the_measured_static_power() -> None:
    static = load_chip("loihi2").power_w["static_chip"]
    assert static.low is not None
    assert static.high is not None
    assert all(static.low <= watt <= static.high for watt in (0.109, 0.178, 0.232, 0.309, 0.342))


def test_ideal_chip_has_no_limits_and_knows_no_cost() -> None:
    assert not any(figure.known for figure in figures(load_chip("ideal")).values())
    assert load_chip("ideal").limits == {}


def test_page_that_knows_what_an_exit_check_takes_is_read(tmp_path: Path) -> None:
    text = (CHIPS / "ideal.toml").read_text()
    time = '{ value = 2, low = 1, high = 3, unit = "us", evidence = "measured", source = "own" }'
    old = 'host = { time = "unknown", energy = "unknown" }'
    assert text.count(old) == 1
    text = text.replace(old, f'host = {{ time = {time}, energy = "unknown" }}')
    (tmp_path / "own.toml").write_text(text.replace("[sources]", '[sources]\nown = "a bench"'))
    found = load_chip(str(tmp_path / "own.toml")).exit_check
    assert found is not None
    assert found["host"].time_s.value == 2e-6
    assert not found["host"].energy_j.known
    assert not found["chip"].time_s.known
    assert load_chip("ideal").exit_check is None
