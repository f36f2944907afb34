"""What is said of a leak audit, in print and on its page."""

from neurodeploy.audits.leak.audit import LeakReport

COLUMNS = ("attack", "recognised", "classes", "distance", "best variant")


def rows(found: LeakReport) -> list[tuple[str, ...]]:
    """Return one row an attack, and one each for real images and noise."""
    attacks = [
        (
            entry.attack.value,
            percent(entry.hit_rate),
            f"{entry.n_recovered} of {found.n_classes}",
            f"{entry.frechet:.1f}",
            entry.variant if len(entry.variants) > 1 else "",
        )
        for entry in found.recoveries
    ]
    real = ("real images", percent(found.judge_on_real), "", f"{found.frechet_real:.1f}", "")
    noise = ("noise", percent(found.judge_on_noise), "", f"{found.frechet_noise:.1f}", "")
    return [*attacks, real, noise]


def lines(found: LeakReport) -> list[str]:
    """Return what the table leaves open."""
    right = (
        "its readout is withheld"
        if found.accuracy is None
        else f"the network is right on {percent(found.accuracy)} of the real images"
    )
    said = [f"{found.options.n_images} images a class; {right}."]
    if found.membership is not None:
        entry = found.membership
        said.append(
            f"Membership: a member's loss is below another sample's in {percent(entry.auc)} of "
            f"pairs (50 % is guessing), {entry.n_members} members, {entry.n_others} others."
        )
    return [*said, found.sentence]


def percent(share: float) -> str:
    """Return a share as per cent."""
    return f"{100 * share:.1f} %"


def as_json(found: LeakReport) -> dict[str, object]:
    """Return the figures as plain values, without images; shares lie between 0 and 1."""
    member = found.membership
    return {
        "model": found.model_digest,
        "judge": found.judge_digest,
        "seed": found.options.seed,
        "images_a_class": found.options.n_images,
        "accuracy": found.accuracy,
        "judge_on_real": found.judge_on_real,
        "judge_on_noise": found.judge_on_noise,
        "frechet_real": found.frechet_real,
        "frechet_noise": found.frechet_noise,
        "attacks": {
            entry.attack.value: {
                "recognised": entry.hit_rate,
                "recognised_by_class": list(entry.hit_rates),
                "classes_recovered": entry.n_recovered,
                "frechet": entry.frechet,
                "own": entry.own,
                "variant": entry.variant,
                "variants": dict(entry.variants),
            }
            for entry in found.recoveries
        },
        "membership": None
        if member is None
        else {"auc": member.auc, "members": member.n_members, "others": member.n_others},
        "sentence": found.sentence,
    }
