"""`train`: epochs over a twin, the best of them on the validation part kept."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from neurodeploy.errors import InputError
from neurodeploy.learning import checkpoint as checkpoints
from neurodeploy.learning.data import (
    Parts,
    batches,
    check,
    check_payload,
    labels_of,
    reseeded,
    series,
)
from neurodeploy.learning.evaluate import Score, evaluate
from neurodeploy.learning.fan_out import fan_out
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.losses import Loss, synops
from neurodeploy.learning.options import Optimiser, TrainOptions
from neurodeploy.learning.prepare import finished, prepared
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.learning.weight_rule import WeightRule
from neurodeploy.model import Integrating, Model
from neurodeploy.storage.codec import digest
from neurodeploy.terms import Readout

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
    rule: WeightRule | None = None,
    checkpoint: Path | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_batch: Progress | None = None,
) -> Trained:
    """Return `model` trained on the training part; the validation part chooses the epoch.

    Parameters
    ----------
    teacher : a network whose readout the loss may distil.
    rule : acts on the weights after every step; only an epoch that meets it may be chosen, and the
        last one is returned if none does.
    checkpoint : file that is written after every epoch, and gone on from where it exists.
    on_epoch, on_batch : told of progress; may raise to stop, and the checkpoint stays.
    """
    run = _Run(model, parts, options, teacher, rule)
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
        self,
        model: Model,
        parts: Parts,
        options: TrainOptions,
        teacher: Model | None,
        rule: WeightRule | None,
    ) -> None:
        check(model, parts)
        if options.objective is not None and teacher is not None:
            raise InputError("ND2802", "an objective of a method takes no teacher")
        if options.formats is not None:
            check_payload(model, parts, options.formats.coding)
        self.parts, self.options = parts, options
        ruled = () if rule is None else (rule.key,)
        self.key = digest((model.digest, digest(parts), digest(options), _name(teacher), *ruled))
        self.shape = model.inputs[0].shape
        first = next(batches(parts.train, options.batch_size, options.seed))
        self.twin = prepared(model, options, self._series(first, options.seed))
        self.teacher = None if teacher is None else _teacher(teacher, model, options)
        self.optimiser = _optimiser(self.twin, options)
        self.rule = rule
        if rule is not None:
            rule.begin(self.twin, self.optimiser)
        n_steps = options.epochs * math.ceil(parts.train.n_samples / options.batch_size)
        self.schedule = _schedule(self.optimiser, n_steps, options.warm_up)
        self.fan_out = self._fan_out() if options.loss.synops_weight else None
        self.loss = self._loss(first)
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
        generator = torch.Generator().manual_seed(seed)
        self.twin.train()
        total, right, n_done = 0.0, 0, 0
        for chosen in batches(self.parts.train, self.options.batch_size, seed):
            labels = labels_of(self.parts.train, chosen).to(self.options.device)
            loss, logits = self._step(self._series(chosen, seed), labels, generator)
            n_done += len(chosen)
            total += loss * len(chosen)
            right += int((logits.argmax(dim=1) == labels).sum())
            if on_batch is not None:
                on_batch(n_done, self.parts.train.n_samples, loss)
        score = self._score(generator)
        self._choose(score.accuracy)
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

    def _choose(self, accuracy: float) -> None:
        """Keep the network as it is if it is the best that meets the rule, or none did yet."""
        is_met = self.rule is None or self.rule.is_met()
        better = self.options.keep_last or accuracy > self.best_accuracy
        if (is_met and better) or self.best_accuracy < 0:
            self.best = copy.deepcopy(self.twin.state_dict())
            self.best_accuracy = accuracy if is_met else self.best_accuracy

    def _step(self, x: Tensor, labels: Tensor, generator: torch.Generator) -> tuple[float, Tensor]:
        options = self.options
        with torch.autocast(options.device, torch.bfloat16, enabled=options.mixed_precision):
            if options.objective is None:
                loss, logits = self._task(x, labels)
            else:
                loss, logits = options.objective(self.twin, x, labels, generator)
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step()
        if self.rule is not None:
            self.rule.after_step(float(self.schedule.get_last_lr()[0]))
        self.schedule.step()
        return float(loss.detach()), logits.detach()

    def _task(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        trace = self.twin(x)
        soft = None
        if self.teacher is not None:
            with torch.no_grad():
                soft = self.teacher(_needed(self.teacher, x)).logits
        loss = self.loss(self.twin.template, trace, labels, fan_out=self.fan_out, teacher=soft)
        return loss, trace.logits

    def _score(self, generator: torch.Generator) -> Score:
        objective, validation = self.options.objective, self.parts.validation
        if objective is None:
            return evaluate(self.twin, validation, self.parts.encoding)

        def shown(x: Tensor, labels: Tensor) -> Tensor:
            return objective.shown(self.twin, x, labels, generator)

        return evaluate(self.twin, validation, self.parts.encoding, shown=shown)

    def _series(self, chosen: NDArray[np.int64], seed: int) -> Tensor:
        encoding = reseeded(self.parts.encoding, seed)
        return series(self.parts.train, chosen, encoding, self.shape, self.options.device)

    def _fan_out(self) -> dict[str, Tensor]:
        twin = self.twin.float_twin if isinstance(self.twin, QuantisedTwin) else self.twin
        return {name: reached.to(self.options.device) for name, reached in fan_out(twin).items()}

    def _loss(self, first: NDArray[np.int64]) -> Loss:
        """Return the loss with the unit of its SOP term measured where none was given."""
        loss = self.options.loss
        if self.fan_out is None or loss.synops_unit is not None:
            return loss
        self.twin.eval()
        with torch.no_grad():
            trace = self.twin(self._series(first, self.options.seed))
        return replace(loss, synops_unit=max(float(synops(trace, self.fan_out)), 1.0))

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
            rule={} if self.rule is None else self.rule.state(),
        )

    def restore(self, found: checkpoints.Checkpoint) -> None:
        """Go on from `found`."""
        self.twin.load_state_dict(found.twin)
        self.optimiser.load_state_dict(found.optimiser)
        self.schedule.load_state_dict(found.schedule)
        self.best, self.best_accuracy = found.best, found.best_accuracy
        self.epochs = list(found.epochs)
        if self.rule is not None:
            self.rule.restore(found.rule)

    def trained(self) -> Trained:
        """Return the best epoch's network."""
        self.twin.load_state_dict(self.best)
        is_met = self.best_accuracy >= 0
        return Trained(
            model=finished(self.twin, self.options),
            epochs=tuple(self.epochs),
            best_accuracy=self.best_accuracy if is_met else self.epochs[-1].validation_accuracy,
        )


def _name(teacher: Model | None) -> str:
    return "no teacher" if teacher is None else teacher.digest


def _teacher(teacher: Model, student: Model, options: TrainOptions) -> Twin:
    """Return the twin of a teacher that takes what the student takes and knows its classes."""
    problems = []
    shapes = teacher.inputs[0].shape, student.inputs[0].shape
    if shapes[0] != shapes[1]:
        problems.append(f"the teacher takes samples of shape {shapes[0]}, the network {shapes[1]}")
    sizes = [m.population(m.outputs[0].population).size for m in (teacher, student)]
    if sizes[0] != sizes[1]:
        problems.append(f"the teacher tells {sizes[0]} classes apart, the network {sizes[1]}")
    if problems:
        raise InputError("ND2802", *problems)
    return Twin(teacher).to(options.device).eval()


def _needed(teacher: Twin, x: Tensor) -> Tensor:
    """Return what tells a teacher everything: one step, where all are alike and it keeps none."""
    same_in_every_step = x.stride(1) == 0
    stateless = not any(isinstance(p.neuron, Integrating) for p in teacher.template.populations)
    one_will_do = teacher.template.outputs[0].readout not in (Readout.SUM, Readout.COUNT)
    return x[:, :1] if same_in_every_step and stateless and one_will_do else x


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
