"""Measured runs to a calibrated page."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.calibration.calibrate import Calibration, calibrate
from neurodeploy.calibration.measured_runs import MeasuredRow, MeasuredRun, read_rows
from neurodeploy.calibration.page import calibrated_page
from neurodeploy.calibration.run_counts import RunCounts, counts_of, read_counts
from neurodeploy.deployment.deployment import MARKER
from neurodeploy.errors import InputError, NeurodeployError
from neurodeploy.frontends.sample_files import read_samples
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.toml_file import load_chip, read_page
from neurodeploy.machine.timing import Fidelity
from neurodeploy.storage.atomic import new_file
from neurodeploy.target import RunOptions
from neurodeploy.toolchain.compiling import load_deployment
from neurodeploy.toolchain.running import profile, stimulus_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedChip:
    """What a calibration found, and the page that says so."""

    calibration: Calibration
    page: str


def calibrate_chip(
    chip: str, measured: Path, *, name: str, hold: Iterable[str] = ()
) -> CalibratedChip:
    """Return the page of `chip` with the coefficients that the runs in `measured` identify.

    Raises
    ------
    InputError
        If the file or a run in it cannot be used (ND2510), or the page or what is held cannot
        (ND2511, ND2512); every mistake of the file at once.
    """
    hardware = load_chip(chip)
    runs = _runs(hardware, read_rows(measured))
    calibration = calibrate(hardware, runs, hold)
    fingerprint = hashlib.sha256(measured.read_bytes()).hexdigest()
    page = calibrated_page(
        read_page(chip),
        calibration,
        name=name,
        measured=f"{measured.name} (sha256:{fingerprint})",
    )
    return CalibratedChip(calibration=calibration, page=page)


def write_page(page: str, path: Path) -> None:
    """Write a chip's page."""
    with new_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _runs(hardware: Hardware, rows: Iterable[MeasuredRow]) -> tuple[MeasuredRun, ...]:
    runs, problems = [], []
    for row in rows:
        try:
            counts = _counts(row)
        except NeurodeployError as error:
            problems += [
                p if p.startswith(row.where) else f"{row.where}: {p}" for p in error.problems
            ]
            continue
        if counts.chip != hardware.name:
            problems.append(
                f"{row.where}, column run: it was placed on {counts.chip}, not on "
                f"{hardware.name}; profile it with --chip {hardware.name}"
            )
        runs.append(
            MeasuredRun(
                where=row.where,
                events=counts.events,
                n_steps=counts.n_steps,
                measured=row.measured,
            )
        )
    if problems:
        raise InputError("ND2510", *problems)
    return tuple(runs)


def _counts(row: MeasuredRow) -> RunCounts:
    """Return what the run of `row` did: from its report, or by running its deployment."""
    if not (row.run / MARKER).is_file():
        return read_counts(row.run / "report.json" if row.run.is_dir() else row.run, row.where)
    if row.data is None:
        raise InputError(
            "ND2510", f"{row.where}, column data: it is empty; a deployment needs its stimulus"
        )
    deployment = load_deployment(row.run)
    stimulus = stimulus_of(deployment, read_samples(row.data))
    return counts_of(profile(deployment, stimulus, RunOptions(fidelity=Fidelity.L0)))
