"""What verification and audits found, as parts of the engineers' pages."""

from collections.abc import Iterator

from neurodeploy.decision.documents import AttackDocument, Counted, LeakDocument, VerifyDocument
from neurodeploy.decision.render.part import Part
from neurodeploy.report.render.words import percent


def verified(name: str, found: VerifyDocument) -> Part:
    """Return what comparing targets with the reference found."""
    lines = [
        f"{one.name}: {'every integer equal' if one.equal else 'integers DIFFER'}, "
        f"{found.samples:,} samples of {found.steps:,} steps"
        for one in found.comparisons
    ]
    lines += [f"not compared: {target}: {why}" for target, why in found.skipped.items()]
    return Part(
        anchor="equality",
        title=f"Integers against the reference, {name}",
        lines=tuple(lines),
        columns=("layer", "spikes, float", "spikes, integers", "differ") if found.drift else (),
        rows=tuple(
            (
                one.population,
                f"{one.float_spikes:,}",
                f"{one.integer_spikes:,}",
                f"{100 * one.mismatch:.2f} %",
            )
            for one in found.drift
        ),
    )


def attacked(name: str, found: AttackDocument) -> Part:
    """Return what attacks left, of the float network and of the integers."""
    rows = [*found.attacks, *(found.deployed.attacks if found.deployed else ())]
    masked = found.masking.findings if found.masking else ()
    deployed: tuple[str, ...] = ()
    if found.deployed is not None:
        deployed = (
            f"the integers: {_counted(found.deployed.clean)} without, "
            f"{_counted(found.deployed.robust)} under all attacks",
        )
    return Part(
        anchor="robustness",
        title=f"Robustness, {name}",
        lines=(
            f"Protocol {found.protocol.name}, eps {found.eps:g} of the range, {found.n_samples:,} "
            f"samples of {found.data}",
            f"the float network: {_counted(found.clean)} without attack, "
            f"{_counted(found.robust)} under all attacks",
            *deployed,
            *(f"gradients are masked: {line}" for line in masked),
            *_noise(found),
        ),
        columns=("attack", "tried", "fooled", "left"),
        rows=tuple(
            (row.name, str(row.tried), str(row.fooled), percent(row.left.k / row.left.n))
            for row in rows
        ),
    )


def _noise(found: AttackDocument) -> Iterator[str]:
    for row in found.noise:
        yield (
            f"noise {row.kind} {row.level:g}: {100 * row.accuracy:.1f} % right, "
            f"± {100 * row.half_width:.1f} (float network)"
        )


def _counted(found: Counted) -> str:
    return f"{found.k:,} of {found.n:,} right ({percent(found.low)} to {percent(found.high)})"


def leaked(name: str, found: LeakDocument) -> Part:
    """Return what a judge recognised of what attacks recovered."""
    member = found.membership
    lines = [found.sentence]
    if member is not None:
        lines.append(
            f"Members of the training data are told from others in {percent(member.auc)} of pairs; "
            "50 % is guessing"
        )
    return Part(
        anchor="leak",
        title=f"What the network gives away, {name}",
        lines=tuple(lines),
        columns=("attack", "recognised", "classes"),
        rows=(
            *(
                (
                    attack,
                    percent(one.recognised),
                    f"{one.classes_recovered} of {len(one.recognised_by_class)}",
                )
                for attack, one in found.attacks.items()
            ),
            ("real images", percent(found.judge_on_real), ""),
            ("noise", percent(found.judge_on_noise), ""),
        ),
    )
