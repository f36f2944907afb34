"""How long the stages of a pilot of mnist-8 took, and what it found."""

from neurodeploy.pilot.stages import STAGES
from tables.cells import points, read, table


def tables() -> str:
    """One row a stage."""
    found = read("pilot_mnist")
    done = [name for name in STAGES if found["status"][name] == "done"]
    took = {name: found["wall_s"][name] for name in done}
    rows = [
        (f"`{name}`", f"{wall:.0f} s", f"{found['processor_s'][name]:.0f} s")
        for name, wall in took.items()
    ]
    low, nominal, high = (f"{1e3 * joules:.3g}" for joules in found["energy_total_j"])
    return (
        f"`mnist-8.onnx` with 5,000 validation and 10,000 test images on two cores took "
        f"{sum(took.values()) / 60:.1f} minutes; another program ran beside it at lower priority "
        f"(`python -m examples.pilot.mnist`). Accuracy {points([found['accuracy']])}, energy of an "
        f"image {nominal} mJ ({low} to {high} mJ), modelled.\n\n"
        + table(("stage", "wall clock", "processor, both cores"), rows)
    )
