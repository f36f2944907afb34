"""Pages of constants: TOML, one set a file, every figure as strict as those of a chip."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from neurodeploy.hardware import Quantity, grade
from neurodeploy.hardware.figure import Bytes, Count, Energy, Table

FOLDER = Path(__file__).parent / "constants"


class _Access(Table):
    capacity: Bytes
    energy: Energy


class _Page(Table):
    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: str
    add: Energy
    multiply: Energy
    sources: dict[str, str]


class _MemoryPage(_Page):
    word_bits: Annotated[int, Field(ge=1)]
    access_bits: Annotated[int, Field(ge=1)]
    fifo_words_per_input: Count
    line_offset: Energy
    line_per_bit: Energy
    ann_reuse: Count
    access: Annotated[list[_Access], Field(min_length=1)]


_Form = TypeVar("_Form", bound=_Page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """Energy of an addition and of a multiplication, in joules."""

    name: str
    add: Quantity
    multiply: Quantity
    sources: Mapping[str, str]

    @property
    def number(self) -> str:
        """The kind of number, without the node."""
        return self.name.partition(",")[0]

    @property
    def mac(self) -> Quantity:
        """A multiply-accumulate: one of each."""
        return joined((self.add, self.multiply))


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a memory-aware model adds to arithmetic.

    Parameters
    ----------
    word_bits : a weight, a potential, an event or an activation is one word.
    access_bits : what one access of `access` brings.
    access : (bytes, joules an access), ascending.
    line_offset, line_per_bit : joules an access, of the straight line that bounds it from above.
    """

    arithmetic: Arithmetic
    word_bits: int
    access_bits: int
    fifo_words_per_input: Quantity
    ann_reuse: Quantity
    access: tuple[tuple[Quantity, Quantity], ...]
    line_offset: Quantity
    line_per_bit: Quantity


def arithmetic_sets() -> tuple[Arithmetic, ...]:
    """Return the sets of the arithmetic model, in the order in which a report lists them."""
    return tuple(_arithmetic(_read(name, _Page)) for name in ("fp32", "int32", "int8"))


def memory_set() -> Memory:
    """Return the constants of the memory-aware model."""
    page = _read("memory-int32", _MemoryPage)
    return Memory(
        arithmetic=_arithmetic(page),
        word_bits=page.word_bits,
        access_bits=page.access_bits,
        fifo_words_per_input=page.fifo_words_per_input.quantity(),
        ann_reuse=page.ann_reuse.quantity(),
        line_offset=page.line_offset.quantity(),
        line_per_bit=page.line_per_bit.quantity(),
        access=tuple((a.capacity.quantity(), a.energy.quantity()) for a in page.access),
    )


def joined(parts: tuple[Quantity, ...]) -> Quantity:
    """Return the interval sum of known quantities of one unit."""
    names = dict.fromkeys(name for part in parts for name in part.source.split("; "))
    return Quantity(
        value=sum(part.value or 0.0 for part in parts),
        low=sum(part.low or 0.0 for part in parts),
        high=sum(part.high or 0.0 for part in parts),
        unit=parts[0].unit,
        evidence=grade(tuple(part.evidence for part in parts)),
        source="; ".join(names),
    )


def _read(name: str, form: type[_Form]) -> _Form:
    data = tomllib.loads((FOLDER / f"{name}-45nm.toml").read_text(encoding="utf-8"))
    return form.model_validate(data, context={"sources": data["sources"]})


def _arithmetic(page: _Page) -> Arithmetic:
    return Arithmetic(
        name=page.name,
        add=page.add.quantity(),
        multiply=page.multiply.quantity(),
        sources=page.sources,
    )
