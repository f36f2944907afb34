"""What the frameworks mean by the NIR files they write or read, one function each.

None of them writes its conventions into the file. What a preset leaves at None is not known from
the framework alone and is taken from the options, the file, or the default, which is then named.
"""

from collections.abc import Callable, Mapping

from neurodeploy.errors import InputError
from neurodeploy.model.nir.conventions import Conventions
from neurodeploy.terms import Reset


def snntorch() -> Conventions:
    """Return snntorch 1.0.0: dt 1e-4, forward Euler, current before voltage, gains as NIR has them.

    Its export loses `reset_mechanism` and `reset_delay` (the default module subtracts, delayed; the
    file says v_reset = 0), so that the reset stays open.
    """
    return Conventions(dt_s=1e-4, if_gain="spec", discretisation="euler", gain="spec")


def norse() -> Conventions:
    """Return norse: dt 1e-3, forward Euler, IF adds its input as it is, LIF and LI without r.

    CubaLIF uses r and w_in. Neurons are reset to 0 (its v_reset is not read from the file).
    """
    return Conventions(
        dt_s=1e-3, reset=Reset.ZERO, if_gain="unit", discretisation="euler", gain="without-r"
    )


def sinabs() -> Conventions:
    """Return sinabs: tau counts steps, ``v = exp(-1 / tau) v + x``, IF ``v += x``, soft reset.

    r is not used. What cannot be said here: v is kept above minus the threshold in IF, and a neuron
    may send several spikes in a step.
    """
    return Conventions(
        dt_s=1.0, reset=Reset.SUBTRACT, if_gain="unit", discretisation="exponential", gain="unit"
    )


def rockpool() -> Conventions:
    """Return rockpool: exponential decays, inputs decay in their own step, soft reset.

    ``i = exp(-dt / tau_syn) (i + x)``, ``v = exp(-dt / tau_mem) v + i``. The file's r is
    ``tau exp(-dt / tau) / dt``, from which dt can be told; it stays open here (rockpool itself
    takes the smallest ``tau / (1 + r)``).
    """
    return Conventions(
        reset=Reset.SUBTRACT, if_gain="unit", discretisation="exponential", gain="decayed"
    )


def spikingjelly() -> Conventions:
    """Return spikingjelly: dt 1e-4, forward Euler, gains as NIR has them, reset to v_reset.

    It writes ``r = 1 / dt`` for IF. A soft reset is written as v_reset = 0 by older versions and
    refused by newer ones.
    """
    return Conventions(
        dt_s=1e-4, reset=Reset.ZERO, if_gain="spec", discretisation="euler", gain="spec"
    )


def spyx() -> Conventions:
    """Return spyx: dt 1, ``v = (1 - dt / tau) v + x``, soft reset one step later.

    It sends a spike one step after its threshold was crossed: each layer is a step late, which a
    shift of its rasters undoes. The r that it writes is its beta and has no meaning here.
    """
    return Conventions(
        dt_s=1.0,
        reset=Reset.SUBTRACT_DELAYED,
        if_gain="unit",
        discretisation="euler",
        gain="unit",
    )


def lava_dl() -> Conventions:
    """Return the reader of the NIR paper for Lava and lava-dl: dt 1e-4, Euler, reset to 0.

    IF adds its input, LIF multiplies it by ``dt / tau`` without r; CubaLIF demands
    ``r = tau_mem / dt``, so that its own r is right.
    """
    return Conventions(
        dt_s=1e-4, reset=Reset.ZERO, if_gain="unit", discretisation="euler", gain="without-r"
    )


PRESETS: Mapping[str, Callable[[], Conventions]] = {
    "lava-dl": lava_dl,
    "norse": norse,
    "rockpool": rockpool,
    "sinabs": sinabs,
    "snntorch": snntorch,
    "spikingjelly": spikingjelly,
    "spyx": spyx,
}


def preset(name: str) -> Conventions:
    """Return the conventions of the framework `name`.

    Raises
    ------
    InputError
        If there is no preset of that name (ND2601).
    """
    if name not in PRESETS:
        raise InputError("ND2601", f"--from is {name!r}, allowed are {', '.join(PRESETS)}")
    return PRESETS[name]()
