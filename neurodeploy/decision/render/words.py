"""Page one in words: the same in text, Markdown and HTML."""

from collections.abc import Iterator

from neurodeploy.decision.against_ann import AgainstAnn, Cheaper
from neurodeploy.decision.one_inference import PARTS
from neurodeploy.decision.page_one import Accuracy, Answer, Judged, PageOne, Subject
from neurodeploy.decision.range import Bound
from neurodeploy.decision.render.amounts import open_end, points
from neurodeploy.report.metric import Metric
from neurodeploy.report.render.words import UNKNOWN, count, is_lower_bound, plural, si


def headline(judged: Judged) -> str:
    """Return the answer in a few words."""
    n_reasons = len(judged.reasons)
    match judged.answer:
        case Answer.FAILS:
            return f"Does not pass: {n_reasons} {plural('reason', n_reasons)}"
        case Answer.PASSES:
            return f"Passes: {' and '.join(_kept(judged))}"
        case Answer.OPEN:
            if judged.n_limits:
                return "Open: no figure is known to hold against its limits"
            return "Open: there is no budget to hold it against"


def _kept(judged: Judged) -> Iterator[str]:
    n_kept = judged.n_limits - judged.n_unknown
    if n_kept:
        unknown = f", {judged.n_unknown} unknown" if judged.n_unknown else ""
        yield f"{n_kept} {plural('limit', n_kept)} kept{unknown}"
    if judged.n_compared:
        yield "no worse than its baseline"


def name(subject: Subject) -> str:
    """Return what was deployed, and where."""
    return f"{subject.network or subject.target} on {subject.chip_title}"


def figures(page: PageOne) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, figure, range and basis of what one inference is and takes."""
    yield "accuracy", *accuracy_text(page.accuracy)
    yield "energy", *metric_text(page.energy)
    yield "latency", *metric_text(page.latency)


def accuracy_text(found: Accuracy | None) -> tuple[str, str, str]:
    """Return figure, range and basis."""
    if found is None:
        return UNKNOWN, "the samples have no labels", ""
    share = f"{100 * found.share:.1f} %"
    if found.low is None or found.high is None:
        return share, "", found.basis
    ends = f"{100 * found.low:.1f} to {100 * found.high:.1f} %"
    return share, f"{ends} with 95 % confidence, {found.n_samples:,} samples", found.basis


def metric_text(metric: Metric) -> tuple[str, str, str]:
    """Return figure, range and basis."""
    if metric.value is None:
        return UNKNOWN, metric.note, metric.basis.value
    more = open_end(Bound.AT_LEAST if is_lower_bound(metric) else Bound.NONE)
    figure = f"{si(metric.value, metric.unit)}{more}"
    if metric.low is None or metric.high is None or metric.low == metric.high:
        return figure, "", metric.basis.value
    ends = f"{si(metric.low, metric.unit)} to {si(metric.high, metric.unit)}"
    return figure, ends, metric.basis.value


def ann_lines(found: AgainstAnn) -> Iterator[str]:
    """Yield how the network compares with itself as an ANN."""
    if found.models:
        spiking, ann, undecided = (found.n_for(cheaper) for cheaper in Cheaper)
        yield (
            f"One pass of the ANN takes {count(found.ann_macs)} multiply-accumulates; a run of "
            f"the spiking network took {count(found.synops)} synaptic operations. Of "
            f"{len(found.models)} models of their energy, {spiking} say that spikes need less, "
            f"{ann} that the ANN does, {undecided} cannot tell."
        )
        yield (
            "The models charge both networks by one set of constants, without static power: they "
            "say whether spikes pay, not what this chip draws."
        )
    else:
        yield from found.remarks
    if found.accuracy is not None:
        own = found.accuracy
        beside = "" if own.spiking is None else f", the spiking network on {points(own.spiking)}"
        yield (
            f"The ANN is right on {points(own.ann)}{beside} of {own.n_samples:,} samples "
            f"({own.data})."
        )


def in_energy(page: PageOne) -> str:
    """Return in words what the energy of one inference includes."""
    if page.energy.basis == "measured":
        return "Measured energy of an inference, with whatever the meter saw."
    known = [what for what, metric in parts(page) if metric.value is not None]
    unknown = [what for what, metric in parts(page) if metric.value is None]
    lacking = f"; not in it, for nobody knows it: {', '.join(unknown)}" if unknown else ""
    return f"The energy of an inference includes {', '.join(known) or 'nothing known'}{lacking}."


def parts(page: PageOne) -> Iterator[tuple[str, Metric]]:
    """Yield the parts of the modelled energy, by what they are."""
    for name, metric in page.energy_parts.items():
        yield PARTS[name], metric
