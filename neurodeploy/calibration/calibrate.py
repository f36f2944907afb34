"""`calibrate`: fit the coefficients of a chip's page to runs measured on the chip.

Energy of an inference is linear in its events and in the time that power is drawn:
``E = sum of e_k n_k + (P_static + P_management) t``. Time is a maximum over cores and phases, which
is not linear; it is where one phase of one core is the longest in every step, so each run is
described by that phase of its busiest core, and the barrier: ``t = sum of t_k n_k(core) + steps
t_sync``. Which phase that is, the page before calibration says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.calibration.least_squares import Estimate, Fit, fit
from neurodeploy.calibration.measured_runs import MeasuredRun
from neurodeploy.errors import InputError
from neurodeploy.hardware import Hardware, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One entry of the page: what it said, what the runs say, or why they do not.

    `estimate` in SI units; None where the page's figure is kept.
    """

    name: str
    before: Quantity
    estimate: Estimate | None
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """A measurement and what the fitted coefficients give for it, in SI units."""

    where: str
    unit: str
    measured: float
    fitted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Every coefficient that took part, in the order of the page, and what is left over."""

    coefficients: tuple[Coefficient, ...]
    residuals: tuple[Residual, ...]
    n_runs: int

    @property
    def fitted(self) -> tuple[Coefficient, ...]:
        """The coefficients that the runs identify."""
        return tuple(c for c in self.coefficients if c.estimate is not None)


def calibrate(
    hardware: Hardware, runs: Sequence[MeasuredRun], hold: Iterable[str] = ()
) -> Calibration:
    """Return the coefficients of `hardware` that `runs` identify.

    Parameters
    ----------
    hold : coefficients that keep the page's figure whatever the runs say, such as
        ``power.management``; their part is taken off the measurements first.

    Raises
    ------
    InputError
        If the page is all-in (ND2511), or `hold` names what is not there or not known (ND2512).
    """
    if hardware.all_in:
        raise InputError(
            "ND2511",
            f"{hardware.name}: its energy is one all-in figure, so there are no terms to fit; "
            "calibrate a page with a figure for each event",
        )
    figures = figures_of(hardware)
    held = frozenset(hold)
    _check(hardware, figures, held)
    of_energy = [(run.where, *energy, run) for run in runs if (energy := run.energy_j)]
    of_time = [(run.where, *time, run) for run in runs if (time := _time(run))]
    energies = [name for name in figures if name.partition(".")[0] in ("energy", "power")]
    times = [name for name in figures if name not in energies]
    coefficients: list[Coefficient] = []
    residuals: list[Residual] = []
    for names, measured, unit in ((energies, of_energy, "J"), (times, of_time, "s")):
        if not measured:
            continue
        found, left = _fitted(names, measured, unit, figures, held)
        coefficients += found
        residuals += left
    return Calibration(
        coefficients=tuple(coefficients), residuals=tuple(residuals), n_runs=len(runs)
    )


def figures_of(hardware: Hardware) -> Mapping[str, Quantity]:
    """Return the figures that can be fitted, by table and name, as in ``energy.spike_out``."""
    return {
        **{f"energy.{name}": figure for name, figure in hardware.energy_j.items()},
        **{f"power.{name}": figure for name, figure in hardware.power_w.items()},
        **{f"latency.{name}": figure for name, figure in hardware.latency_s.items()},
        **{f"sync.{tiles}": figure for tiles, figure in hardware.sync_s},
    }


_Measured = tuple[str, float, float | None, MeasuredRun]


def _check(hardware: Hardware, figures: Mapping[str, Quantity], held: frozenset[str]) -> None:
    problems = [
        f"{hardware.name}: it has no coefficient {name!r} to hold; they are {', '.join(figures)}"
        for name in sorted(held - set(figures))
    ]
    problems += [
        f"{hardware.name}: {name} is unknown, so it cannot be held; give the page a figure first"
        for name in sorted(held & set(figures))
        if not figures[name].known
    ]
    if problems:
        raise InputError("ND2512", *problems)


def _time(run: MeasuredRun) -> tuple[float, float | None] | None:
    if run.time_s is None:
        return None
    sigma = run.measured.get("step_time_sigma_s")
    return run.time_s, None if sigma is None else sigma * run.n_steps


def _fitted(
    names: Sequence[str],
    measured: Sequence[_Measured],
    unit: str,
    figures: Mapping[str, Quantity],
    held: frozenset[str],
) -> tuple[list[Coefficient], list[Residual]]:
    free = [name for name in names if name not in held and not _elsewhere(figures[name])]
    design = _design(free, measured)
    values = np.array([value for _, value, _, _ in measured])
    still = [name for name in names if name in held]
    taken = _design(still, measured) @ np.array([figures[name].value or 0.0 for name in still])
    if np.any(values <= taken):
        where = [row[0] for row, low in zip(measured, values <= taken, strict=True) if low]
        raise InputError(
            "ND2512", f"{', '.join(where)}: what is held is more than what was measured; hold less"
        )
    result = fit(free, design, values - taken, _sigma(measured), offset=taken)
    coefficients = [_coefficient(name, figures[name], result, held) for name in names]
    residuals = [
        Residual(where=where, unit=unit, measured=value, fitted=float(found + off))
        for (where, value, _, _), found, off in zip(measured, result.fitted, taken, strict=True)
    ]
    return coefficients, residuals


def _elsewhere(figure: Quantity) -> bool:
    """Say whether the page gives an event nothing, because another coefficient includes it."""
    return figure.high == 0


def _design(names: Sequence[str], measured: Sequence[_Measured]) -> NDArray[np.float64]:
    """Return the events (run, coefficient)."""
    rows = [[_amount(name, run) for name in names] for _, _, _, run in measured]
    return np.array(rows, np.float64).reshape(len(measured), len(names))


def _amount(name: str, run: MeasuredRun) -> float:
    table, _, event = name.partition(".")
    match table:
        case "energy":
            return run.events.energy.get(event, 0.0)
        case "power":
            return run.time_s or 0.0
        case "latency":
            return run.events.time.get(event, 0.0)
        case _:
            return run.events.time.get(name, 0.0)


def _sigma(measured: Sequence[_Measured]) -> NDArray[np.float64] | None:
    """Return the standard deviations, or None where none is stated."""
    stated = [sigma for _, _, sigma, _ in measured]
    if all(sigma is None for sigma in stated):
        return None
    without = ", ".join(row[0] for row, s in zip(measured, stated, strict=True) if s is None)
    if without:
        raise InputError(
            "ND2510",
            f"{without}: no standard deviation, where other rows have one; fill all or none",
        )
    return np.array(stated, np.float64)


def _coefficient(name: str, before: Quantity, result: Fit, held: frozenset[str]) -> Coefficient:
    kept = "held" if name in held else result.refused.get(name, "")
    if _elsewhere(before):
        kept = "the page says 0: it is part of another coefficient"
    return Coefficient(name=name, before=before, estimate=result.estimates.get(name), kept=kept)
