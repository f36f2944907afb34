"""`Rule`: how far a figure may move from the baseline's, as ``NAME=+2%`` says it."""

import difflib
import re
from dataclasses import dataclass, replace
from typing import Literal

from neurodeploy.errors import InputError
from neurodeploy.placement.limits import PER_CORE
from neurodeploy.regression.amount import amount
from neurodeploy.report.metric import REGISTRY, Basis, Better

Direction = Literal["+", "-", ""]
"""Growth, fall, or either."""

MODELLED_PERCENT = 1.0
"""What a modelled figure may worsen by where no rule is given.

Counts say exactly what changed; a page of costs whose last digit was mended should not fail a
gate, and a change worth stopping moves energy or time by more than this.
"""

GROUPS = (Basis.EXACT.value, Basis.MODELLED.value)
"""Names that stand for every metric of one basis."""

_RULE = re.compile(r"([+-]?)(.*?)(%?)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fail when the figure moves in `direction` by more than `tolerance`.

    Parameters
    ----------
    name : a registered metric, one of the chip's limits per core, or ``exact`` or ``modelled`` for
        all of that basis, which `of` gives one by one; `layer` None is the network's.
    tolerance : a share of the baseline's figure if `relative`, else in the metric's unit.
    """

    name: str
    layer: str | None = None
    direction: Direction
    tolerance: float
    relative: bool
    text: str

    @property
    def path(self) -> str:
        """The figure it is about, as a finding names it."""
        return self.name if self.layer is None else f"layers.{self.layer}.{self.name}"

    @property
    def is_group(self) -> bool:
        """Whether it stands for all metrics of one basis."""
        return self.name in GROUPS

    def of(self, name: str) -> "Rule":
        """Return this rule of a group for one metric; ``+`` is then the direction that is worse."""
        better = REGISTRY[name].better
        if self.direction and better is Better.NEITHER:
            return replace(self, name=name, tolerance=float("inf"), text="any")
        direction: Direction = "-" if self.direction and better is Better.HIGHER else self.direction
        text = direction + self.text.lstrip("+-")
        return replace(self, name=name, direction=direction, text=text)

    def allows(self, before: float, now: float) -> bool:
        """Return whether `now` may follow `before`."""
        room = self.tolerance * abs(before) if self.relative else self.tolerance
        grown, fallen = now > before + room, now < before - room
        match self.direction:
            case "+":
                return not grown
            case "-":
                return not fallen
        return not (grown or fallen)


def parse_rules(texts: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules that ``--fail-on`` states.

    Raises
    ------
    InputError
        If some cannot be understood (ND2704), all of them named.
    """
    rules, problems = [], []
    for text in texts:
        try:
            rules.append(_parsed(text))
        except ValueError as error:
            problems.append(f"--fail-on {text}: {error}")
    if problems:
        raise InputError("ND2704", *problems)
    return tuple(rules)


def default_rule(name: str, basis: Basis) -> Rule:
    """Return the rule of a metric that no other names.

    An exact count equals the baseline's: one that fell says just as surely that the network is
    another, and that the baseline is out of date. What is better higher, as accuracy, may rise. A
    modelled or measured figure may worsen by `MODELLED_PERCENT`.
    """
    if basis is Basis.EXACT:
        may_rise = REGISTRY[name].better is Better.HIGHER
        sign: Direction = "+" if may_rise else ""
        group = Rule(name=basis, direction=sign, tolerance=0.0, relative=False, text=f"{sign}0")
    else:
        share, text = MODELLED_PERCENT / 100, f"+{MODELLED_PERCENT:g}%"
        group = Rule(name=basis, direction="+", tolerance=share, relative=True, text=text)
    return group.of(name)


def _parsed(text: str) -> Rule:
    path, separator, tolerance = text.partition("=")
    if not separator:
        raise ValueError("expected NAME=TOLERANCE, e.g. energy_total_j=+2%")
    layer, name = _subject(path.strip())
    found = _RULE.fullmatch(tolerance.strip())
    assert found is not None  # it matches any text
    sign, number, percent = found.groups()
    size = _size(name, number.strip(), bool(percent))
    _check_direction(name, sign, tolerance.strip())
    return Rule(
        name=name,
        layer=layer,
        direction="+" if sign == "+" else "-" if sign == "-" else "",
        tolerance=size,
        relative=bool(percent),
        text=tolerance.strip(),
    )


def _subject(path: str) -> tuple[str | None, str]:
    layer, name = None, path
    if path.startswith("layers."):
        layer, _, name = path.removeprefix("layers.").rpartition(".")
    if layer == "":
        raise ValueError("names no layer; expected layers.LAYER.METRIC")
    if name in REGISTRY or (name in (*GROUPS, *PER_CORE) and layer is None):
        return layer, name
    close = difflib.get_close_matches(name, (*REGISTRY, *PER_CORE), n=1)
    hint = f"; did you mean {close[0]}?" if close else "; `neurodeploy budget schema` lists them"
    raise ValueError(f"no metric is called {name!r}{hint}")


def _size(name: str, number: str, percent: bool) -> float:
    try:
        if percent:
            size = amount(number, "1") / 100
        else:
            size = _absolute(number, REGISTRY[name].unit if name in REGISTRY else "1")
    except ValueError as error:
        raise ValueError(f"the tolerance {error}") from None
    if size < 0:
        raise ValueError("the tolerance has two signs; give one")
    if name in GROUPS and size and not percent:
        raise ValueError(f"{name} metrics have many units; give a share such as +2%, or 0")
    return size


def _absolute(number: str, unit: str) -> float:
    """Return an amount with a unit, or a bare number in the metric's own."""
    try:
        return amount(float(number), unit)
    except ValueError:
        return amount(number, unit)


def _check_direction(name: str, sign: str, text: str) -> None:
    better = REGISTRY[name].better if name in REGISTRY else Better.LOWER
    wrong = {Better.HIGHER: "+", Better.LOWER: "-"}.get(better)
    if sign and sign == wrong:
        worse = "-" if sign == "+" else "+"
        raise ValueError(
            f"{text} would fail when it improves; write {worse}{text[1:]} for the other direction, "
            f"or {text[1:]} for any change"
        )
