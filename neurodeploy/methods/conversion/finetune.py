"""Finetuning of a converted network through the twin, with the artificial one as teacher."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from neurodeploy.learning.data import Parts
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import Progress, Trained, train
from neurodeploy.learning.twin import Trainable
from neurodeploy.methods.conversion.convert import Conversion
from neurodeploy.methods.conversion.readout_unit import in_units, unit_of
from neurodeploy.methods.conversion.unit_thresholds import with_unit_thresholds
from neurodeploy.terms import Readout

OPTIONS = TrainOptions(
    epochs=2,
    learning_rate=0.002,
    loss=Loss(kind=Kind.MEAN, distill_weight=0.5),
    trainable=Trainable(thresholds=True),
)
"""Weights and thresholds together; logits are means over the steps, as the teacher's are of one."""


def finetune(
    conversion: Conversion,
    parts: Parts,
    options: TrainOptions = OPTIONS,
    *,
    checkpoint: Path | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Trained:
    """Return the converted network finetuned, the artificial one it came from as teacher.

    Parameters
    ----------
    parts : labelled data, whose encoding is ``direct`` with the steps it will run for.
    """
    unit = unit_of(conversion.model)  # logits of the size of the teacher's
    start = in_units(with_unit_thresholds(conversion.model), 1 / unit)
    ann = conversion.ann
    teacher = replace(
        ann, outputs=tuple(replace(output, readout=Readout.MEAN) for output in ann.outputs)
    )
    trained = train(
        start,
        parts,
        options,
        teacher=teacher,
        checkpoint=checkpoint,
        on_epoch=on_epoch,
        on_batch=on_batch,
    )
    return replace(trained, model=in_units(trained.model, unit))
