from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from torch import nn  # noqa: E402  # only once torch is known to be there

from neurodeploy.errors import InputError  # noqa: E402
from neurodeploy.frontends.snntorch import load_module  # noqa: E402

SOURCE = """
from torch import nn

network = nn.Linear(3, 2)
number = 5

def factory(n_out=2):
    return nn.Linear(3, n_out)

def needs(n_out):
    return nn.Linear(3, n_out)

def wrong():
    return 7

class Space:
    inner = network
"""


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module in the current folder, another one in each test."""
    name = f"networks_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return name


def refused(spec: str, weights: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load_module(spec, weights)
    return (caught.value.code, *caught.value.problems)


@pytest.mark.parametrize("what", ["network", "factory", "Space.inner"])
def test_objects_and_factories_of_the_current_folder_are_found(name: str, what: str) -> None:
    assert isinstance(load_module(f"{name}:{what}"), nn.Linear)


def test_weights_are_loaded(name: str, tmp_path: Path) -> None:
    source = nn.Linear(3, 2)
    torch.save(source.state_dict(), tmp_path / "w.pt")
    module = load_module(f"{name}:factory", tmp_path / "w.pt")
    assert isinstance(module, nn.Linear)
    assert torch.equal(module.weight, source.weight)


def test_names_that_lead_to_no_module_are_refused(name: str) -> None:
    assert refused("nonsense") == (
        "ND2202",
        "'nonsense' is not of the form package.module:factory",
    )
    assert refused("absent_module:net") == (
        "ND2202",
        "'absent_module:net': absent_module cannot be imported from here (No module named "
        "'absent_module')",
    )
    assert refused(f"{name}:nothing") == ("ND2202", f"'{name}:nothing': {name} has no 'nothing'")
    assert refused(f"{name}:number") == (
        "ND2202",
        f"'{name}:number' gives a int, expected a torch.nn.Module",
    )
    assert refused(f"{name}:wrong") == (
        "ND2202",
        f"'{name}:wrong' gives a int, expected a torch.nn.Module",
    )
    assert refused(f"{name}:needs") == (
        "ND2202",
        f"'{name}:needs' needs the arguments n_out; name a factory without any",
    )


def test_weights_that_cannot_be_used_are_refused(name: str, tmp_path: Path) -> None:
    spec, path = f"{name}:factory", tmp_path / "w.pt"
    assert refused(spec, path) == ("ND2203", f"{path}: no such file")
    save = "save it with torch.save(module.state_dict(), ...)"
    unreadable = f"{path}: not a state dict that torch reads with weights_only=True; {save}"
    path.write_text("weights")
    assert refused(spec, path) == ("ND2203", unreadable)
    torch.save(nn.Linear(3, 2), path)  # a pickled module could run code
    assert refused(spec, path) == ("ND2203", unreadable)
    torch.save([1], path)
    assert refused(spec, path) == ("ND2203", f"{path}: holds a list, expected a state dict")
    torch.save({"weight": torch.zeros(2, 3), "extra": torch.zeros(1)}, path)
    assert refused(spec, path) == (
        "ND2203",
        f"{path}: lacks bias",
        f"{path}: has extra, which the module lacks",
    )
    torch.save({"weight": torch.zeros(4, 3), "bias": torch.zeros(2)}, path)
    assert refused(spec, path) == (
        "ND2203",
        f"{path}: size mismatch for weight: copying a param with shape torch.Size([4, 3]) from "
        "checkpoint, the shape in current model is torch.Size([2, 3]).",
    )
