"""The fan-out of convolutions, borders included, against sinabs 3.1.3's connection map."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from support.peers import ask, note

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv
from neurodeploy.program.fan_out import fan_out

pytestmark = pytest.mark.peers

CASES = [
    {
        "input_shape": (4, 11, 9),
        "out_channels": 6,
        "kernel": (kernel, kernel),
        "stride": (stride, stride),
        "padding": (padding, padding),
        "groups": groups,
    }
    for kernel, stride, padding, groups in product((2, 3, 5), (1, 2), (0, 1, 2), (1, 2))
]


def test_every_input_reaches_as_many_neurons_as_sinabs_says(tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_text(json.dumps(CASES))
    theirs = ask("sinabs", "run_sinabs.py", tmp_path / "cases.json", answer=tmp_path / "a.json")
    assert len(theirs) == len(CASES)
    n_inputs = n_border = 0
    for case, reached in zip(CASES, theirs, strict=True):
        geometry = ConvGeometry(**case)
        conv = Conv(mantissa=np.ones(geometry.weight_shape, np.int32), geometry=geometry)
        ours = fan_out(conv, 0, conv.n_out, effective=False)
        np.testing.assert_array_equal(ours, reached, err_msg=str(case))
        n_inputs += ours.size
        n_border += int(np.count_nonzero(ours < ours.max()))
    row = {"convolutions": len(CASES), "inputs": n_inputs, "below_the_largest": n_border}
    note("sinabs", {"network": "all", **row})
