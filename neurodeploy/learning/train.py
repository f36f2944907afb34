"""`train`: epochs over a twin, the best of them on the validation part kept."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from neurodeploy.learning import checkpoint as checkpoints
from neurodeploy.learning.data import Parts, batches, reseeded, series
from neurodeploy.learning.evaluate import evaluate
from neurodeploy.learning.fan_out import fan_out
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.options import Optimiser, TrainOptions
from neurodeploy.learning.prepare import finished, prepared
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import Model
from neurodeploy.storage.codec import digest

Progress = Callable[[int, int, float], None]
"""Called after every batch with samples done, samples in all, and the loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The network of the best epoch, and what each epoch gave."""

    model: Model
    epochs: tuple[Epoch, ...]
    best_accuracy: float


def train(
    model: Model,
    parts: Parts,
    options: TrainOptions,
    *,
    teacher: Model | None = None,
    checkpoint: Path | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Trained:
    """Return `model` trained on the training part; the validation part chooses the epoch.

    Parameters
    ----------
    teacher : a network whose readout the loss may distil.
    checkpoint : file that is written after every epoch, and gone on from where it exists.
    on_epoch, on_batch : told of progress; may raise to stop, and the checkpoint stays.
    """
    run = _Run(model, parts, options, teacher)
    if checkpoint is not None and checkpoint.is_file():
        run.restore(checkpoints.read(checkpoint, run.key))
    while not run.done:
        epoch = run.epoch(on_batch)
        if checkpoint is not None:
            checkpoints.write(run.checkpoint(), checkpoint)
        if on_epoch is not None:
            on_epoch(epoch)
    return run.trained()


class _Run:
    """One training; holds what changes from epoch to epoch."""

    def __init__(
        self, model: Model, parts: Parts, options: TrainOptions, teacher: Model | None
    ) -> None:
        self.parts, self.options = parts, options
        self.key = digest((model.digest, digest(parts), digest(options)))
        self.shape = model.inputs[0].shape
        first = next(batches(parts.train, options.batch_size, options.seed))
        self.twin = prepared(model, options, self._series(first, options.seed))
        self.teacher = None if teacher is None else Twin(teacher).to(options.device).eval()
        self.optimiser = _optimiser(self.twin, options)
        n_steps = options.epochs * math.ceil(len(parts.train) / options.batch_size)
        self.schedule = _schedule(self.optimiser, n_steps, options.warm_up)
        self.fan_out = fan_out(self.twin) if options.loss.synops_weight else None
        self.epochs: list[Epoch] = []
        self.best, self.best_accuracy = copy.deepcopy(self.twin.state_dict()), -1.0

    @property
    def done(self) -> bool:
        """Whether all epochs are over, or none of the last ones was better."""
        patience, n_epochs = self.options.patience, len(self.epochs)
        if n_epochs >= self.options.epochs:
            return True
        accuracies = [epoch.validation_accuracy for epoch in self.epochs]
        if patience is None or n_epochs <= patience:
            return False
        return max(accuracies[-patience:]) <= max(accuracies[:-patience])

    def epoch(self, on_batch: Progress | None) -> Epoch:
        """Train one epoch and return what it gave."""
        number = len(self.epochs) + 1
        seed = self.options.seed + 1000 * number
        self.twin.train()
        total, right, n_done = 0.0, 0, 0
        for chosen in batches(self.parts.train, self.options.batch_size, seed):
            labels = torch.from_numpy(self.parts.train.y[chosen]).to(self.options.device)
            loss, logits = self._step(self._series(chosen, seed), labels)
            n_done += len(chosen)
            total += loss * len(chosen)
            right += int((logits.argmax(dim=1) == labels).sum())
            if on_batch is not None:
                on_batch(n_done, len(self.parts.train), loss)
        score = evaluate(self.twin, self.parts.validation, self.parts.encoding)
        if score.accuracy > self.best_accuracy:
            self.best = copy.deepcopy(self.twin.state_dict())
            self.best_accuracy = score.accuracy
        self.epochs.append(
            Epoch(
                number=number,
                loss=total / n_done,
                train_accuracy=right / n_done,
                validation_accuracy=score.accuracy,
                learning_rate=float(self.schedule.get_last_lr()[0]),
                rates=score.rates,
            )
        )
        return self.epochs[-1]

    def _step(self, x: Tensor, labels: Tensor) -> tuple[float, Tensor]:
        options = self.options
        with torch.autocast(options.device, enabled=options.mixed_precision):
            trace = self.twin(x)
            soft = None
            if self.teacher is not None:
                with torch.no_grad():
                    soft = self.teacher(x).logits
            loss = options.loss(
                self.twin.template, trace, labels, fan_out=self.fan_out, teacher=soft
            )
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step()
        self.schedule.step()
        return float(loss.detach()), trace.logits.detach()

    def _series(self, chosen: "object", seed: int) -> Tensor:
        encoding = reseeded(self.parts.encoding, seed)
        x = series(self.parts.train, chosen, encoding, self.shape)  # type: ignore[arg-type]
        return x.to(self.options.device)

    def checkpoint(self) -> checkpoints.Checkpoint:
        """Return everything that the next epoch depends on."""
        return checkpoints.Checkpoint(
            key=self.key,
            twin=self.twin.state_dict(),
            optimiser=self.optimiser.state_dict(),
            schedule=self.schedule.state_dict(),
            best=self.best,
            best_accuracy=self.best_accuracy,
            epochs=tuple(self.epochs),
        )

    def restore(self, found: checkpoints.Checkpoint) -> None:
        """Go on from `found`."""
        self.twin.load_state_dict(found.twin)
        self.optimiser.load_state_dict(found.optimiser)
        self.schedule.load_state_dict(found.schedule)
        self.best, self.best_accuracy = found.best, found.best_accuracy
        self.epochs = list(found.epochs)

    def trained(self) -> Trained:
        """Return the best epoch's network."""
        self.twin.load_state_dict(self.best)
        return Trained(
            model=finished(self.twin, self.options),
            epochs=tuple(self.epochs),
            best_accuracy=self.best_accuracy,
        )


def _optimiser(twin: nn.Module, options: TrainOptions) -> torch.optim.Optimizer:
    trained = [parameter for parameter in twin.parameters() if parameter.requires_grad]
    match options.optimiser:
        case Optimiser.SGD:
            return torch.optim.SGD(
                trained,
                options.learning_rate,
                momentum=options.momentum,
                weight_decay=options.weight_decay,
            )
        case Optimiser.ADAMW:
            return torch.optim.AdamW(
                trained, options.learning_rate, weight_decay=options.weight_decay
            )


def _schedule(
    optimiser: torch.optim.Optimizer, n_steps: int, warm_up: float
) -> torch.optim.lr_scheduler.LambdaLR:
    """Return a linear rise over the first share of the steps, then half a cosine down to 0."""
    rising = max(round(warm_up * n_steps), 1) if warm_up else 0

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 0.5 * (1.0 + math.cos(math.pi * (step - rising) / max(n_steps - rising, 1)))

    return torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
