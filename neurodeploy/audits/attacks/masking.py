"""Signs that gradients are masked: that attacks fail for want of a way, not of a weakness.

Source of the signs: Athalye, Carlini and Wagner 2018, section 3.1, and Carlini et al. 2019.
"""

from collections.abc import Callable

from torch import Tensor

from neurodeploy.audits.attacks.attempts import attempts_of
from neurodeploy.audits.attacks.ball import ball_of
from neurodeploy.audits.attacks.protocol import Attack, Masking, Pgd, Protocol, Square
from neurodeploy.audits.attacks.report import MaskingReport
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.audits.attacks.worst_of import worst_of
from neurodeploy.report.interval import CONFIDENCE
from neurodeploy.report.proportion import Proportion, proportion


def masking_report(
    victim: Victim,
    x: Tensor,
    labels: Tensor,
    protocol: Protocol,
    masking: Masking,
    on_batch: Callable[[str, int], None] | None = None,
) -> MaskingReport:
    """Return what the attacks of `masking` leave of the first samples of `x`."""
    x, labels = x[: masking.n_samples], labels[: masking.n_samples]

    def left(entry: Attack, radius: float) -> Tensor:
        ball = ball_of(victim.model, radius, whole=protocol.whole)
        attempts = attempts_of([entry], victim, ball, {})
        return worst_of(
            attempts, x, labels, victim.answer, seed=protocol.seed, on_batch=on_batch
        ).survives

    def steps(n_steps: int) -> Attack:
        return Pgd(method="pgd", steps=n_steps, members=masking.members)

    large = left(steps(masking.few_steps), masking.eps)
    few, many = (left(steps(n), protocol.eps) for n in (masking.few_steps, masking.many_steps))
    asked = left(Square(method="square", queries=masking.queries), protocol.eps)
    gradients = few & many
    found = {
        "large_eps": _share(large),
        "few": _share(few),
        "many": _share(many),
        "gradients": _share(gradients),
        "square": _share(asked),
    }
    chance = 1.0 / victim.n_classes
    signs = {
        f"at eps {masking.eps:g} white-box accuracy is {found['large_eps'].share:.1%}, above the "
        f"{chance:.1%} of chance": found["large_eps"].low > chance,
        f"PGD-{masking.many_steps} leaves {found['many'].share:.1%}, PGD-{masking.few_steps} "
        f"{found['few'].share:.1%}: more steps are weaker": weaker(many, few),
        f"Square leaves {found['square'].share:.1%}, the gradients "
        f"{found['gradients'].share:.1%}: asking beats following": (
            found["square"].k < found["gradients"].k
        ),
    }
    findings = tuple(line for line, seen in signs.items() if seen)
    return MaskingReport(n_samples=len(x), chance=chance, findings=findings, **found)


def weaker(many: Tensor, few: Tensor) -> bool:
    """Return whether `many` leaves more samples than `few`, beyond what chance explains.

    A one-sided sign test over the samples that only one of them turned, at 2.5 %.
    """
    from scipy.special import bdtrc  # slow to import

    only_few, only_many = int((many & ~few).sum()), int((few & ~many).sum())
    if not only_few:
        return False
    chance = float(bdtrc(only_few - 1, only_few + only_many, 0.5))
    return chance < (1.0 - CONFIDENCE) / 2


def _share(left: Tensor) -> Proportion:
    return proportion(int(left.sum()), len(left))
