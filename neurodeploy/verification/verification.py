"""`Verification`: what comparing float model, reference and targets found."""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.verification.against_model import Discrepancy
from neurodeploy.verification.difference import Difference
from neurodeploy.verification.drift import LayerDrift
from neurodeploy.verification.explain import Explanation
from neurodeploy.verification.float_run import FloatRun
from neurodeploy.verification.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One executor held against the reference.

    Parameters
    ----------
    name : of the target or the file.
    parts : what was compared of any population: ``spikes``, ``u``, ``v``.
    n_layers, n_samples, n_steps : how much of it.
    difference : the first place where they part, None where everything is equal.
    explanation : what would make them equal; None without a difference.
    """

    name: str
    parts: tuple[str, ...]
    n_layers: int
    n_samples: int
    n_steps: int
    difference: Difference | None
    explanation: Explanation | None

    @property
    def equal(self) -> bool:
        """Whether all integers that both show are equal."""
        return self.difference is None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verification:
    """What was compared, and what came out.

    Parameters
    ----------
    n_samples, n_samples_given : samples that were compared, of those that the stimulus has.
    n_steps : steps of the program, drained ones included.
    discrepancies : what of the program is not its model's; empty without a model.
    skipped : a line for each target that could not be compared, by name.
    drift : layers of the float model against the reference; empty without a model.
    accuracy : share of samples that are right, by executor; empty without labels.
    reference, others, floats : what they showed, for rasters.
    """

    deployment_digest: str
    stimulus: str
    n_samples: int
    n_samples_given: int
    n_steps: int
    comparisons: tuple[Comparison, ...]
    discrepancies: tuple[Discrepancy, ...]
    skipped: Mapping[str, str]
    drift: tuple[LayerDrift, ...]
    accuracy: Mapping[str, float]
    reference: Recording
    others: Mapping[str, Recording]
    floats: FloatRun | None

    @property
    def equal(self) -> bool:
        """Whether every executor's integers equal the reference's."""
        return all(comparison.equal for comparison in self.comparisons)

    @property
    def first_unequal(self) -> Comparison | None:
        """The first executor whose integers differ."""
        return next((c for c in self.comparisons if not c.equal), None)
