"""Where a network that a command writes will lie."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.model import Model


def place_of(network: "Model", out: Path) -> Path:
    """Return where the network will lie: `out`, or a folder where NIR has no form for it.

    Whether it can be written is known before any long work, which changes only values.
    """
    from neurodeploy import toolchain
    from neurodeploy.model.model_file import MARKER
    from neurodeploy.storage.atomic import refuse_foreign

    if out.suffix.lower() not in (".nir", ""):
        raise InputError("ND2601", f"-o is {str(out)!r}, expected a .nir file or a folder")
    place = out
    with tempfile.TemporaryDirectory() as folder:
        try:
            toolchain.write_network(network, Path(folder) / f"network{out.suffix}")
        except InputError as error:
            if error.code != "ND2105":
                raise
            place = out.with_suffix("")
    if not place.suffix:
        refuse_foreign(place, marker=MARKER)
    return place
