"""What differs between two networks or chips is said leaf by leaf."""

from dataclasses import replace

from support.gate import denser, lower_threshold, network

from neurodeploy.exploration.difference import deployment_differences, differences
from neurodeploy.hardware import Evidence
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.model import Model
from neurodeploy.toolchain import CompileOptions, compile_network


def compiled(model: Model, chip: str = "loihi2"):
    return compile_network(model, "cpu-emu", CompileOptions(chip=chip))


def test_equal_networks_do_not_differ() -> None:
    assert deployment_differences(compiled(network()), compiled(network())) == ()


def test_threshold_is_named_although_the_integers_hide_it_in_their_weights() -> None:
    lines = deployment_differences(compiled(network()), compiled(lower_threshold(network(), "fc2")))
    assert lines == ("populations[fc2].neuron.v_threshold: 1 against 0.5",)


def test_weights_are_summed_up() -> None:
    lines = deployment_differences(compiled(network()), compiled(denser(network(), "w2")))
    assert len(lines) == 1
    assert lines[0].startswith("projections[w2].chain[0].weight: ")
    assert " of 512 values not 0 (" in lines[0]


def test_other_chip_is_named_and_its_placement() -> None:
    lines = deployment_differences(compiled(network()), compiled(network(), "loihi1"))
    assert lines[0] == (
        "chip: loihi2 against loihi1-davies2018; `neurodeploy chips show` has the pages"
    )


def test_figure_of_one_page_is_said_with_its_interval() -> None:
    chip = load_chip("loihi2")
    old = chip.energy_j["synapse_dense"]
    new = replace(old, value=3e-11, evidence=Evidence.MEASURED)
    changed = replace(chip, energy_j={**chip.energy_j, "synapse_dense": new})
    assert list(differences(chip, changed)) == [
        "energy_j.synapse_dense: 2.36e-11 J (1.18e-11 to 3.068e-11) against "
        "3e-11 J (1.18e-11 to 3.068e-11)"
    ]
