"""What stopping early saved: ratios of two runs on the same samples, and three ways to go on."""

from collections.abc import Iterator, Mapping

import numpy as np

from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Row
from neurodeploy.report.cost import Cost
from neurodeploy.report.early_exit.noun import Operation, Saving
from neurodeploy.report.early_exit.ratio import Figure, Ratio, pair, ratio
from neurodeploy.report.inference import Inference
from neurodeploy.report.metric import REGISTRY, Basis, Metric, exact, unknown
from neurodeploy.target import Run

Figures = Mapping[str, Figure]

SAVED = (
    "energy_dynamic_j",
    "energy_static_j",
    "energy_management_j",
    "energy_reset_j",
    "energy_total_j",
    "latency_s",
)
_TIMED = ("energy_static_j", "energy_management_j")
_REST = (*_TIMED, "energy_reset_j")


def synops_metrics(rows: tuple[Row, ...], run: Run, whole: Run) -> Iterator[tuple[str, Metric]]:
    """Yield the operations over those of the whole run, and what depth adds to them."""
    assert run.totals_at_once is not None  # a run with a policy has them
    full = _synops(rows, whole.totals)
    if not full:
        return
    charged = _synops(rows, run.totals) / full
    at_once = _synops(rows, run.totals_at_once) / full
    yield "exit_synops_share", exact("exit_synops_share", charged)
    yield "exit_synops_at_once", exact("exit_synops_at_once", at_once)
    yield "exit_synops_depth", exact("exit_synops_depth", charged - at_once)


def energy_metrics(
    mean: Inference, full: Inference, at_once: Mapping[str, Cost]
) -> Iterator[tuple[str, Metric]]:
    """Yield the shares of energy and time; the uncertain coefficients are the same in both runs."""
    dynamic, whole = dict(mean.energy), dict(full.energy)
    charged, ideal = _share(dynamic, whole), _share(at_once, whole)
    source = mean.metrics["energy_dynamic_j"]
    yield "exit_dynamic_share", _modelled("exit_dynamic_share", charged, source)
    yield "exit_dynamic_at_once", _modelled("exit_dynamic_at_once", ideal, source)
    yield "exit_dynamic_depth", _difference(charged, ideal, source)
    yield "exit_saving_dynamic", _saved("exit_saving_dynamic", charged, source)
    static = _share(_of(mean, ("energy_static_j",)), _of(full, ("energy_static_j",)))
    source = mean.metrics["energy_static_j"]
    yield "exit_saving_static", _saved("exit_saving_static", static, source)
    source = mean.metrics["energy_total_j"]
    everything = _share(dynamic | _of(mean, _REST), whole | _of(full, _REST))
    yield "exit_saving_total", _saved("exit_saving_total", everything, source)
    waiting = dynamic | _of(full, _TIMED) | _of(mean, ("energy_reset_j",))
    race = _share(waiting, whole | _of(full, _REST))
    yield "exit_saving_race_to_idle", _saved("exit_saving_race_to_idle", race, source)
    yield "exit_saving_latency", _latency(mean.metrics["latency_s"], full.metrics["latency_s"])


def savings_of(mean: Inference, full: Inference) -> tuple[Saving, ...]:
    """Return the costs of both runs side by side, those that are known of either."""
    return tuple(
        Saving(name=name, full=full.metrics[name], with_exit=mean.metrics[name])
        for name in SAVED
        if not full.metrics[name].value == mean.metrics[name].value is None
    )


def operations_of(mean: Inference, full: Inference) -> tuple[Operation, ...]:
    """Return the whole run, and with exit back to back and waiting for the whole run's time."""
    return (
        _operation("every step", full.metrics["energy_total_j"], full),
        _operation("back to back", mean.metrics["energy_total_j"], mean),
        _operation("race to idle", _waiting(mean, full), full),
    )


def _operation(name: str, energy: Metric, paced: Inference) -> Operation:
    period, rate = paced.metrics["latency_s"], paced.metrics["throughput_hz"]
    return Operation(name=name, energy=energy, period=period, throughput=rate)


def _waiting(mean: Inference, full: Inference) -> Metric:
    """Return the energy of a sample with exit after which the chip waits under static power."""
    total = mean.metrics["energy_total_j"]
    if total.value is None:
        return total
    parts = [total.low or 0.0, total.value, total.high or 0.0]
    for name in _TIMED:
        for k, end in enumerate(("low", "value", "high")):
            parts[k] += _end(full.metrics[name], end) - _end(mean.metrics[name], end)
    return Metric(
        value=parts[1],
        unit=total.unit,
        basis=total.basis,
        low=parts[0],
        high=parts[2],
        source=total.source,
        note=total.note,
    )


def _end(metric: Metric, end: str) -> float:
    value = {"low": metric.low, "value": metric.value, "high": metric.high}[end]
    return 0.0 if value is None else value


def _synops(rows: tuple[Row, ...], totals: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    on_chip = [row.core != HOST for row in rows]
    return int(totals[:, on_chip][:, :, list(HARDWARE_SYNOPS)].sum())


def _of(found: Inference, names: tuple[str, ...]) -> dict[str, Figure]:
    return {name: found.metrics[name] for name in names}


def _share(part: Figures, whole: Figures) -> Ratio | None:
    nothing = Cost(value=0.0, low=0.0, high=0.0)
    names = dict.fromkeys((*part, *whole))
    pairs = [pair(part.get(name, nothing), whole.get(name, nothing)) for name in names]
    return ratio([found for found in pairs if found is not None])


def _modelled(name: str, found: Ratio | None, source: Metric) -> Metric:
    if found is None:
        return unknown(name, source.note or "the chip's page knows no such cost")
    return Metric(
        value=found.value,
        unit=REGISTRY[name].unit,
        basis=Basis.MODELLED,
        low=found.low,
        high=found.high,
        source=source.source,
        note=source.note,
    )


def _saved(name: str, left: Ratio | None, source: Metric) -> Metric:
    saved = (
        None if left is None else Ratio(value=1 - left.value, low=1 - left.high, high=1 - left.low)
    )
    return _modelled(name, saved, source)


def _difference(charged: Ratio | None, ideal: Ratio | None, source: Metric) -> Metric:
    """Return what depth adds; the ends are those of both shares, taken apart."""
    found = None
    if charged is not None and ideal is not None:
        found = Ratio(
            value=charged.value - ideal.value,
            low=max(charged.low - ideal.high, 0.0),
            high=charged.high - ideal.low,
        )
    return _modelled("exit_dynamic_depth", found, source)


def _latency(mean: Metric, full: Metric) -> Metric:
    name = "exit_saving_latency"
    ends = [(_end(mean, end), _end(full, end)) for end in ("low", "value", "high")]
    if mean.value is None or not all(whole for _, whole in ends):
        return unknown(name, mean.note or "time is not modelled")
    saved = [1 - part / whole for part, whole in ends]
    return _modelled(name, Ratio(value=saved[1], low=min(saved), high=max(saved)), mean)
