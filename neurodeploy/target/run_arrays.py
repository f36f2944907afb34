"""A Run as an `.npz`: ``output.NAME``, ``predictions``, and ``spikes/u/v.NAME`` where recorded."""

from pathlib import Path

from neurodeploy.storage.arrays import write_npz
from neurodeploy.storage.atomic import new_file
from neurodeploy.target.run import Run


def write_run(run: Run, path: Path) -> None:
    """Write the outputs (sample, neuron), predictions and recordings (sample, step, neuron)."""
    arrays = {f"output.{name}": values for name, values in run.outputs.items()}
    arrays["predictions"] = run.predictions()
    for prefix, recorded in (("spikes", run.rasters), ("u", run.currents), ("v", run.voltages)):
        arrays |= {f"{prefix}.{name}": values for name, values in recorded.items()}
    with new_file(path) as temporary:
        write_npz(temporary, arrays)
