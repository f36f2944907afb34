"""The integer run of a public one-neuron file equals the trace Lava recorded of it.

`lif_lava_cpu_fixed.csv` (NIR paper, LIF task) was made with its authors' own scaling, restated in
`paper_program`; its columns are input spike, voltage and output spike.
"""

import numpy as np
from support.shared import folder

from neurodeploy.model import Affine, Lif, Model
from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Readout, Reset
from neurodeploy_cpu_emu.engine import Engine


def paper_program(model: Model) -> Program:
    """The mapping of the recorded run: weights times 256, thresholds times 131071 over 512."""
    (population,) = model.populations
    (operator,) = model.projections[0].chain
    neuron = population.neuron
    assert isinstance(neuron, Lif)
    assert isinstance(operator, Affine)
    leak = model.dt_s / float(neuron.tau_s.ravel()[0])
    gain = leak * float(neuron.r.ravel()[0])
    return Program(
        inputs=(Input(name="in", shape=(1,)),),
        populations=(
            Population(
                name="lif",
                shape=(1,),
                du=np.asarray(4095, np.int32),
                dv=np.asarray(int(leak * 4095), np.int32),
                vth=np.asarray(int(float(neuron.v_threshold[0]) * 131071) >> 9, np.int32),
            ),
        ),
        projections=(
            Projection(
                name="w",
                sources=("in",),
                target="lif",
                operator=Dense(mantissa=(operator.weight * gain * 256).astype(np.int32)),
            ),
        ),
        outputs=(Output(population="lif", readout=Readout.COUNT),),
    )


def test_golden_trace_of_one_neuron_equals_lava() -> None:
    models = folder("models")
    table = np.loadtxt(models / "lif_traces" / "lif_lava_cpu_fixed.csv", delimiter=",")
    conventions = Conventions(dt_s=1e-4, reset=Reset.ZERO, if_gain=None)
    model, _ = read_nir(models / "nir" / "lif_norse.nir", conventions)
    program = paper_program(model)
    stimulus = {"in": table[:, :1].astype(np.int32)}

    trace = simulate(program, stimulus, len(table))
    np.testing.assert_array_equal(trace.v["lif"][:, 0], table[:, 1])
    np.testing.assert_array_equal(trace.outputs["lif"][:, 0], table[:, 2])
    assert table[:, 2].sum() == 4

    engine = Engine(program, {"lif": ((0, 1),)})
    sample = engine.run_sample(stimulus, len(table), frozenset({"lif"}))
    np.testing.assert_array_equal(sample.v["lif"][:, 0], table[:, 1])
    np.testing.assert_array_equal(sample.outputs["lif"][:, 0], table[:, 2])
