"""The page needs nothing but itself, and shows the layer that differs or the one asked for."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.terms import Reset
from neurodeploy.verification import Recording, Verification, verify
from neurodeploy.verification.page import page
from neurodeploy.verification.raster import MOST_ROWS, RasterPair, rasters
from neurodeploy.verification.recording import reference_recording


def found_with_fault(fault: bool) -> tuple[Deployment, Verification]:
    x = input_spikes(np.random.default_rng(5), 3, 30, (20,))
    deployment = deployed(dense_if_model(np.random.default_rng(3), sizes=(20, 16, 8)))
    stimulus = stimulus_of(deployment, x)
    program = deployment.program
    changed = tuple(
        replace(p, reset=Reset.SUBTRACT if fault else p.reset) for p in program.populations
    )
    other, _ = reference_recording(replace(program, populations=changed), stimulus, lambda: None)
    foreign = Recording(name="<other>.npz", outputs=other.outputs)
    return deployment, verify(deployment, stimulus, x, [], foreign=[foreign])


@pytest.mark.parametrize("fault", [False, True])
def test_the_page_loads_nothing(fault: bool) -> None:
    text = page(*found_with_fault(fault))
    assert not re.search(r"(https?:|src=|<link|<script|@import|url\()", text)
    assert "prefers-color-scheme: dark" in text
    assert text.count("<svg") == 2
    assert "<other>" not in text


def test_the_page_shows_the_first_difference_and_its_rule() -> None:
    text = page(*found_with_fault(True))
    assert "<h1>The integers differ</h1>" in text
    assert "Spikes of layer p0, sample " in text
    assert "Rule: reset. There the layer resets by &#x27;subtract&#x27;" in text
    assert text.count('class="first"') == 2


def test_without_a_difference_float_and_integers_are_shown() -> None:
    text = page(*found_with_fault(False))
    assert "<h1>The integers are equal</h1>" in text
    assert "<figcaption>float model</figcaption>" in text
    assert 'class="first"' not in text


def test_a_layer_can_be_chosen() -> None:
    deployment, found = found_with_fault(True)
    assert "Spikes of layer p1, sample " in page(deployment, found, "p1")
    with pytest.raises(InputError) as caught:
        page(deployment, found, "p7")
    assert str(caught.value) == "ND2607: --layer names 'p7'; the layers are p0, p1"


def test_of_many_neurons_those_that_differ_are_drawn() -> None:
    left = np.zeros((10, 1000), np.bool_)
    left[:, :300] = True
    right = left.copy()
    right[3, 900], right[4, 7] = True, False
    text = rasters(RasterPair(names=("a", "b"), left=left, right=right, first=(3, 900)))
    assert f"{MOST_ROWS:,} of 1,000 neurons" in text
    assert "only in a: 1<" in text
    assert "only in b: 1<" in text
    assert ">900<" in text


def test_a_browser_draws_the_page(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium: apt-get install chromium")
    path = tmp_path / "page.html"
    path.write_text(page(*found_with_fault(True)))
    drawn = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1000,900"),
            *(f"--screenshot={tmp_path / 'page.png'}", path.as_uri()),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert b"Uncaught" not in drawn.stderr
    assert (tmp_path / "page.png").stat().st_size > 10_000
