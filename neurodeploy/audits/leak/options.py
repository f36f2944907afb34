"""How hard a leak audit looks."""

from dataclasses import dataclass, field
from enum import StrEnum

from neurodeploy.audits.leak.ascent import Ascent
from neurodeploy.errors import InputError
from neurodeploy.learning.twin.surrogate import Surrogate

LEAST_IMAGES = 20
"""Images a class below which a hit rate says too little."""


class Attack(StrEnum):
    """Who attacks.

    ``rebuilt``: weights over thresholds as a network of rectifiers, ascended from noise.
    ``spikes``: the spiking network itself, ascended from noise along surrogate gradients.
    ``inverter``: a network that learned from public images to make images of scores.
    ``adaptive``: who knows every protection here and owns public images of the other classes: looks
    among images like those, in the rebuilt network, through the spikes, and around whatever it
    found first; the best of these counts.
    ``labelling``: who owns public images of all classes, without labels, and keeps those the
    network is surest of. No protection of a network that works can stop it.
    """

    REBUILT = "rebuilt"
    SPIKES = "spikes"
    INVERTER = "inverter"
    ADAPTIVE = "adaptive"
    LABELLING = "labelling"


NEED_PUBLIC = frozenset({Attack.INVERTER, Attack.ADAPTIVE, Attack.LABELLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakOptions:
    """Everything that decides what an audit finds.

    Parameters
    ----------
    n_images : images a class and attack.
    n_steps : steps the spiking network is run for when it is asked for scores.
    ascent_steps : steps it is run for while it is ascended; fewer cost less.
    from_noise, from_public : how pixels and codes of public images are ascended.
    smoothness : of images that are made from noise.
    n_components : principal components of public images.
    n_rounds, n_directions : how often the adaptive attacker starts again, and how many directions
        of what it found it then leaves out, each time.
    """

    attacks: tuple[Attack, ...] = tuple(Attack)
    n_images: int = LEAST_IMAGES
    n_steps: int = 20
    ascent_steps: int = 8
    from_noise: Ascent = field(default_factory=lambda: Ascent(iterations=150))
    from_public: Ascent = field(default_factory=lambda: Ascent(iterations=100, learning_rate=0.1))
    smoothness: float = 5.0
    n_components: int = 30
    n_rounds: int = 2
    n_directions: int = 1
    surrogate: Surrogate = field(default_factory=Surrogate)
    seed: int = 0

    def __post_init__(self) -> None:
        rules = {
            f"{self.n_images} images a class, expected at least {LEAST_IMAGES}": (
                self.n_images >= LEAST_IMAGES
            ),
            f"{self.n_steps} steps, expected at least 1": self.n_steps >= 1,
            f"{self.ascent_steps} steps of an ascent, expected at least 1": self.ascent_steps >= 1,
            "no attack is named": bool(self.attacks),
        }
        problems = [problem for problem, fine in rules.items() if not fine]
        if problems:
            raise InputError("ND2873", *problems)
