"""A Run as an `.npz`: ``output.NAME``, ``predictions``, and ``spikes/u/v.NAME`` where recorded.

Of a deployment with an exit policy also ``steps_used`` (sample,), after which recordings are 0.
"""

from pathlib import Path

from neurodeploy.storage.arrays import write_npz
from neurodeploy.storage.atomic import new_file
from neurodeploy.target.run import Run


def write_run(run: Run, path: Path) -> None:
    """Write the outputs (sample, neuron), predictions and recordings (sample, step, neuron)."""
    arrays = {f"output.{name}": values for name, values in run.outputs.items()}
    arrays["predictions"] = run.predictions()
    if run.checks is not None:
        arrays["steps_used"] = run.steps_used
    for prefix, recorded in (("spikes", run.rasters), ("u", run.currents), ("v", run.voltages)):
        arrays |= {f"{prefix}.{name}": values for name, values in recorded.items()}
    with new_file(path) as temporary:
        write_npz(temporary, arrays)
