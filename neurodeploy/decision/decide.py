"""From evidence and a use to the decision."""

from neurodeploy.decision.against_ann import against_ann
from neurodeploy.decision.decision import Decision
from neurodeploy.decision.evidence import Evidence
from neurodeploy.decision.judge import judged
from neurodeploy.decision.one_inference import PARTS, OneInference, energy_of, latency_of
from neurodeploy.decision.one_inference import one_inference as inference_of
from neurodeploy.decision.page_one import Accuracy, PageOne, Subject
from neurodeploy.decision.running_cost import running_cost
from neurodeploy.decision.tested import tested
from neurodeploy.decision.untested import untested
from neurodeploy.decision.use import Use
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.proportion import proportion
from neurodeploy.report.report import Report


def decide(evidence: Evidence, use: Use | None = None) -> Decision:
    """Return the decision on one deployment, and what its `use` costs."""
    return Decision(page=_page(evidence, use), evidence=evidence)


def _page(evidence: Evidence, use: Use | None) -> PageOne:
    report = evidence.report
    one = inference_of(report)
    cost = None if use is None else running_cost(one, use)
    looked_at = tested(evidence)
    idle_missing = () if cost is None else one.idle_missing
    return PageOne(
        subject=_subject(evidence),
        judged=judged(evidence, use, cost),
        accuracy=_accuracy(report),
        energy=energy_of(report),
        latency=latency_of(report),
        idle_power=_idle_power(one, report),
        energy_parts={name: report.metrics[name] for name in PARTS},
        ann=against_ann(report, evidence.conversions),
        use=use,
        cost=cost,
        tested=looked_at,
        untested=untested(evidence, {one.what for one in looked_at}),
        missing=tuple(dict.fromkeys((*report.missing, *idle_missing))),
    )


def _subject(evidence: Evidence) -> Subject:
    report = evidence.report
    return Subject(
        network=evidence.network,
        target=report.target,
        chip=report.chip,
        chip_title=report.chip_title,
        deployment_digest=report.deployment_digest,
        stimulus=report.stimulus,
        stimulus_digest=report.stimulus_digest,
        input_coding=report.input_coding,
        n_samples=report.n_samples,
        n_steps=report.n_steps,
        fidelity=report.fidelity,
    )


def _accuracy(report: Report) -> Accuracy | None:
    measured, own = report.measured.get("accuracy"), report.metrics.get("accuracy")
    if measured is not None and measured.value is not None:
        return Accuracy(
            share=measured.value, low=None, high=None, n_samples=None, basis=measured.basis.value
        )
    if own is None or own.value is None:
        return None
    found = proportion(round(own.value * report.n_samples), report.n_samples)
    return Accuracy(
        share=found.share,
        low=found.low,
        high=found.high,
        n_samples=report.n_samples,
        basis="counted" if own.basis is Basis.EXACT else own.basis.value,
    )


def _idle_power(one: OneInference, report: Report) -> Metric:
    sources = [report.metrics[n].source for n in ("energy_static_j", "energy_management_j")]
    lacking = f"missing: {', '.join(one.idle_missing)}" if one.idle_missing else ""
    known = one.idle_w
    return Metric(
        value=None if known is None else known.nominal,
        unit="W",
        basis=Basis.MODELLED,
        low=None if known is None else known.low,
        high=None if known is None else known.high,
        source=", ".join(dict.fromkeys(s for s in sources if s != "none")) or "none",
        note=lacking,
    )
