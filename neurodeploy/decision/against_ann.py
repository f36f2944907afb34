"""The same network as an ANN: its operations, its energy by every model, and its accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from neurodeploy.decision.documents import AnnTest, ConvertDocument
from neurodeploy.report.energy_models.estimate import BreakEven, EnergyRatio
from neurodeploy.report.metric import Metric
from neurodeploy.report.report import Report


class Cheaper(StrEnum):
    """Which of the two a model says needs less energy, over the whole interval of its ratio."""

    SPIKING = "the spiking network"
    ANN = "the ANN"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByModel:
    """Both energies by one model, and their ratio, ANN over spiking.

    Parameters
    ----------
    break_even : whether so few spikes pay by the limit that goes with the ratio.
    """

    model: str
    constants: str
    spiking: Metric
    artificial: Metric
    ratio: Metric
    cheaper: Cheaper
    break_even: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnAccuracy:
    """How often the ANN was right, and the spiking network on the same samples.

    Parameters
    ----------
    spiking : None where it was not run on these very samples.
    data : the samples; those of a conversion's diagnosis have calibrated it.
    """

    ann: float
    spiking: float | None
    data: str
    n_samples: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstAnn:
    """One dense pass of the ANN beside the deployed run; both per inference.

    Parameters
    ----------
    ann_macs, synops : multiply-accumulates, and stored synapses accumulated.
    models : in the order of the report; empty where there is no ratio.
    remarks : why there is none, or what a ratio is not.
    """

    ann_macs: float | None
    synops: float | None
    models: tuple[ByModel, ...]
    accuracy: AnnAccuracy | None
    remarks: tuple[str, ...]

    def n_for(self, cheaper: Cheaper) -> int:
        """Return how many models say so."""
        return sum(row.cheaper is cheaper for row in self.models)


def against_ann(report: Report, conversions: Mapping[str, ConvertDocument]) -> AgainstAnn:
    """Return what is known of the same network as an ANN."""
    found = report.energy_models
    limits = {limit.name: limit for limit in found.break_evens}
    pairs = found.spiking[len(found.spiking) - len(found.ratios) :]
    rows = zip(found.ratios, pairs, found.artificial, strict=True) if found.ratios else ()
    macs = report.metrics.get("ann_macs")
    return AgainstAnn(
        ann_macs=None if macs is None else macs.value,
        synops=report.metrics["synops_hw"].value,
        models=tuple(
            _by_model(ratio, spiking.energy, ann.energy, limits.get(ratio.break_even))
            for ratio, spiking, ann in rows
        ),
        accuracy=_accuracy(report, conversions),
        remarks=found.remarks,
    )


def _by_model(
    ratio: EnergyRatio, spiking: Metric, artificial: Metric, limit: BreakEven | None
) -> ByModel:
    return ByModel(
        model=ratio.name,
        constants=ratio.constants,
        spiking=spiking,
        artificial=artificial,
        ratio=ratio.ratio,
        cheaper=_cheaper(ratio.ratio),
        break_even="unknown" if limit is None else limit.verdict,
    )


def _cheaper(ratio: Metric) -> Cheaper:
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return Cheaper.UNDECIDED
    return Cheaper.SPIKING if ratio.low > 1 else Cheaper.ANN


def _accuracy(report: Report, conversions: Mapping[str, ConvertDocument]) -> AnnAccuracy | None:
    for where, document in conversions.items():
        if document.test is not None:
            return _on_test(report, document.test, where)
    for where, document in conversions.items():
        found = document.diagnosis
        if found is not None and found.ann_accuracy is not None and found.accuracy:
            return AnnAccuracy(
                ann=found.ann_accuracy,
                spiking=found.accuracy[-1],
                data=f"{found.data}, which calibrated the conversion",
                n_samples=found.n_samples,
                where=where,
            )
    return None


def _on_test(report: Report, test: AnnTest, where: str) -> AnnAccuracy:
    """Return the ANN on test samples, and the report's own accuracy where it has as many."""
    own = report.metrics.get("accuracy")
    same = own is not None and report.n_samples == test.n_samples
    return AnnAccuracy(
        ann=test.n_right / test.n_samples,
        spiking=own.value if same and own is not None else None,
        data=test.data,
        n_samples=test.n_samples,
        where=where,
    )
