"""What `convert` does beside converting: staircases, choosing, finetuning."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from neurodeploy.cli import output
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.cli.train_text import Progress
    from neurodeploy.learning.data import Parts
    from neurodeploy.methods.conversion import Conversion, ConversionOptions
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Samples

VALIDATION = 0.1
"""Share of the data that chooses a finetuning's epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """What was asked for on the command line; `epochs` of finetuning, or None."""

    levels: int | None
    epochs: int | None
    learning_rate: float
    choose: bool
    n_steps: int
    seed: int

    def check(self, samples: "Samples", options: "ConversionOptions", *, robust: bool) -> None:
        """Refuse what contradicts itself or the data, before anything is computed."""
        asked = {"--choose": self.choose, "--finetune": self.epochs is not None}
        problems = [
            f"{option} needs labels y, which {samples.where} does not hold"
            for option, is_asked in asked.items()
            if is_asked and samples.y is None
        ]
        if self.choose and (robust or options.percentile is not None):
            problems.append("--choose chooses the percentile; leave out --percentile and --robust")
        if self.levels is not None and robust:
            problems.append("--levels is for soft reset; --robust starts a finetuning of its own")
        if problems:
            raise InputError("ND2601", *problems)

    def network(self, ann: "Model", samples: "Samples", *, quiet: bool) -> "Model":
        """Return the artificial network with staircases, if these were asked for."""
        if self.levels is None:
            return ann
        from neurodeploy.methods.conversion import staircase

        if self.epochs is None:
            return staircase.with_staircases(ann, samples, self.levels)
        options = replace(
            staircase.OPTIONS,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            seed=self.seed,
        )
        with _progress(self.epochs, quiet=quiet) as progress:
            return staircase.finetuned_staircases(
                ann,
                self._parts(samples, 1),
                self.levels,
                options,
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            ).model

    def chosen(
        self, ann: "Model", samples: "Samples", options: "ConversionOptions", *, quiet: bool
    ) -> "Conversion":
        """Return the conversion whose percentile is best on the half that did not calibrate it."""
        import numpy as np

        from neurodeploy.methods.conversion.choose import chosen_percentile

        order = np.random.default_rng(self.seed).permutation(samples.n_samples)
        half = samples.n_samples // 2
        calibration, choice = samples.taken(order[:half]), samples.taken(order[half:])
        with output.progress("percentiles", None, quiet=quiet) as advance:
            conversion, found = chosen_percentile(
                ann, calibration, choice, options, self.n_steps, on_progress=advance
            )
        if not quiet:
            for candidate in found:
                output.say(
                    f"percentile {candidate.percentile:g}: {100 * candidate.accuracy:.2f} % right"
                )
        return conversion

    def conversion(
        self, conversion: "Conversion", samples: "Samples", *, quiet: bool
    ) -> "Conversion":
        """Return the conversion finetuned, if that was asked for and is not done already."""
        if self.epochs is None or self.levels is not None:
            return conversion
        from neurodeploy.methods.conversion.finetune import OPTIONS, finetune

        options = replace(
            OPTIONS, epochs=self.epochs, learning_rate=self.learning_rate, seed=self.seed
        )
        with _progress(self.epochs, quiet=quiet) as progress:
            trained = finetune(
                conversion,
                self._parts(samples, self.n_steps),
                options,
                on_epoch=progress.epoch,
                on_batch=progress.batch,
            )
        return replace(conversion, model=trained.model)

    def _parts(self, samples: "Samples", n_steps: int) -> "Parts":
        from neurodeploy.learning.data import split
        from neurodeploy.toolchain import Encoding

        return split(samples, Encoding(coder="direct", n_steps=n_steps), VALIDATION, self.seed)


def _progress(n_epochs: int, *, quiet: bool) -> "Progress":
    from neurodeploy.cli.train_text import Progress

    return Progress(n_epochs, quiet=quiet)
