"""`StepPolicy`: a small integer network that looks at an input and says how many steps to run.

Source of the idea: Li et al., "SEENN", NeurIPS 2023, SEENN-II. It is computed once a sample, before
the first step, in int64; its integers are the same wherever it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.apply import apply
from neurodeploy.program.fan_out import fan_out
from neurodeploy.program.fixed_point import shifted
from neurodeploy.program.operator import Conv, Dense, Sparse
from neurodeploy.storage.arrays import frozen

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyLayer:
    """``y = (operator(x) + bias) >> shift``, then ``max(y, 0)`` if `relu`.

    Parameters
    ----------
    bias : int64 (n_out,)
    """

    operator: Dense | Sparse | Conv
    bias: NDArray[np.int64]
    shift: int = 0
    relu: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "bias", frozen(self.bias, np.int64))
        if self.bias.shape != (self.operator.n_out,):
            raise ValueError(
                f"policy layer: a bias of shape {self.bias.shape} for {self.operator.n_out} neurons"
            )

    @property
    def macs(self) -> int:
        """Multiplications with a stored weight that is not 0, of one input."""
        operator = self.operator
        return int(fan_out(operator, 0, operator.n_out, effective=True).sum())

    def of(self, values: Ints) -> Ints:
        """Return the layer's output for `values` (n_in,)."""
        mantissa = self.operator.mantissa.astype(np.int64)
        result = shifted(apply(self.operator, mantissa, values) + self.bias, -self.shift)
        return np.maximum(result, 0) if self.relu else result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepPolicy:
    """Which number of informative steps an input gets.

    Parameters
    ----------
    input : the program's input it looks at.
    layers : the last one has an output for each of `choices`; the largest wins, ties the first.
    choices : informative steps, rising.
    n_seen_steps : steps of the stimulus that are summed to make its input; a sample runs at least
        until they are there.
    """

    input: str
    layers: tuple[PolicyLayer, ...]
    choices: tuple[int, ...]
    n_seen_steps: int = 1

    def __post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def macs(self) -> int:
        """Multiplications and additions of one decision."""
        return sum(layer.macs for layer in self.layers)

    def outputs(self, given: Mapping[str, NDArray[np.integer]]) -> Ints:
        """Return what the last layer says of one sample, (choice,).

        Parameters
        ----------
        given : integers (step, *shape) by input.
        """
        values = given[self.input][: self.n_seen_steps].astype(np.int64).sum(axis=0).ravel()
        for layer in self.layers:
            values = layer.of(values)
        return values

    def steps(self, given: Mapping[str, NDArray[np.integer]]) -> int:
        """Return the informative steps that one sample gets."""
        return self.choices[int(np.argmax(self.outputs(given)))]


def _problems(policy: StepPolicy) -> list[str]:
    found = []
    sizes = [(layer.operator.n_in, layer.operator.n_out) for layer in policy.layers]
    if not sizes:
        return ["a step policy without layers"]
    found += [
        f"policy layer {k + 1} takes {after[0]} values, the one before gives {before[1]}"
        for k, (before, after) in enumerate(pairwise(sizes))
        if before[1] != after[0]
    ]
    if sizes[-1][1] != len(policy.choices):
        found.append(f"{sizes[-1][1]} outputs for {len(policy.choices)} choices of steps")
    if list(policy.choices) != sorted({*policy.choices}) or min(policy.choices, default=0) < 1:
        found.append(f"choices of steps {policy.choices} are not rising numbers from 1")
    if policy.n_seen_steps < 1:
        found.append(f"a step policy that sees {policy.n_seen_steps} steps")
    return found
