"""What was found in a NIR file: repairs, assumptions and problems, each with a stable code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Kind = Literal["repair", "assumption", "problem"]


class Code(StrEnum):
    """A stable name for each thing that can be found; numbers are never used again."""

    DT = "NIR001"
    RESET = "NIR002"
    IF_GAIN = "NIR003"
    DISCRETISATION = "NIR004"
    INPUT_RANGE = "NIR005"
    READOUT = "NIR006"
    MISSING_FIELD = "NIR007"
    IN_STEPS = "NIR008"

    BATCH_AXIS = "NIR020"
    FLATTEN_AXIS = "NIR021"
    NESTED = "NIR022"
    MENDED_NAME = "NIR023"
    ADDED_INPUT = "NIR024"
    ADDED_OUTPUT = "NIR025"
    LOOP = "NIR026"
    DOUBLE_EDGE = "NIR027"
    BROADCAST = "NIR028"
    OUTPUT_AXES = "NIR029"
    SPLIT_DELAY = "NIR030"
    EDITED = "NIR031"

    UNKNOWN_NODE = "NIR050"
    UNKNOWN_FIELD = "NIR051"
    FORM = "NIR052"
    FIELD = "NIR053"
    EDGE = "NIR054"
    TERMINALS = "NIR055"
    UNREACHED = "NIR056"
    LEADS_NOWHERE = "NIR057"
    SHAPE = "NIR058"
    DELAY = "NIR059"
    AMBIGUOUS = "NIR060"
    VALUES = "NIR061"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code stands for, and the error code under which `read_nir` refuses a problem."""

    kind: Kind
    text: str
    error: str = ""


MEANINGS: Mapping[Code, Meaning] = {
    Code.DT: Meaning(kind="assumption", text="NIR files hold no time step"),
    Code.RESET: Meaning(kind="assumption", text="NIR knows the reset to v_reset only"),
    Code.IF_GAIN: Meaning(kind="assumption", text="frameworks differ in what IF adds to v"),
    Code.DISCRETISATION: Meaning(
        kind="assumption", text="NIR's equations are continuous; a leak in steps is a choice"
    ),
    Code.INPUT_RANGE: Meaning(kind="assumption", text="NIR declares no range of input values"),
    Code.READOUT: Meaning(kind="assumption", text="NIR does not say how an output is read"),
    Code.MISSING_FIELD: Meaning(kind="assumption", text="a node lacks a field with a usual value"),
    Code.IN_STEPS: Meaning(kind="assumption", text="leaks and gains in a file of ours are settled"),
    Code.BATCH_AXIS: Meaning(kind="repair", text="the shapes count a batch axis of 1"),
    Code.FLATTEN_AXIS: Meaning(kind="repair", text="Flatten counts a batch axis"),
    Code.NESTED: Meaning(kind="repair", text="a graph in the graph is written out"),
    Code.MENDED_NAME: Meaning(
        kind="repair", text="edges name no node, and one node is in no edge: taken as the same"
    ),
    Code.ADDED_INPUT: Meaning(kind="repair", text="the graph has no Input"),
    Code.ADDED_OUTPUT: Meaning(kind="repair", text="the graph has no Output"),
    Code.LOOP: Meaning(kind="repair", text="a loop without delay gets one step"),
    Code.DOUBLE_EDGE: Meaning(kind="repair", text="an edge is listed several times: a sum"),
    Code.BROADCAST: Meaning(kind="repair", text="fewer parameters than neurons are broadcast"),
    Code.OUTPUT_AXES: Meaning(kind="repair", text="an Output is declared with other axes"),
    Code.SPLIT_DELAY: Meaning(kind="repair", text="a Delay that differs by neuron is split"),
    Code.EDITED: Meaning(kind="repair", text="the graph no longer fits neurodeploy's metadata"),
    Code.UNKNOWN_NODE: Meaning(kind="problem", text="a node type NIR lacks", error="ND2103"),
    Code.UNKNOWN_FIELD: Meaning(kind="problem", text="a field NIR lacks", error="ND2103"),
    Code.FORM: Meaning(kind="problem", text="a node in a form not read yet", error="ND2103"),
    Code.FIELD: Meaning(kind="problem", text="a field missing or wrong", error="ND2104"),
    Code.EDGE: Meaning(kind="problem", text="an edge with impossible ends", error="ND2104"),
    Code.TERMINALS: Meaning(kind="problem", text="no terminals, none can be added", error="ND2104"),
    Code.UNREACHED: Meaning(kind="problem", text="a node no input reaches", error="ND2104"),
    Code.LEADS_NOWHERE: Meaning(kind="problem", text="a node that leads nowhere", error="ND2104"),
    Code.SHAPE: Meaning(kind="problem", text="shapes that do not meet", error="ND2104"),
    Code.DELAY: Meaning(kind="problem", text="a delay of no whole steps", error="ND2104"),
    Code.AMBIGUOUS: Meaning(kind="problem", text="a nested graph of many ends", error="ND2103"),
    Code.VALUES: Meaning(kind="problem", text="values no network can have", error="ND2110"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line about a file.

    Parameters
    ----------
    code : see `Code` and `MEANINGS`.
    where : the nodes or edge it is about, empty for the whole file.
    """

    code: Code
    where: str
    message: str

    @property
    def kind(self) -> Kind:
        """Whether reading changed something, chose something, or cannot go on."""
        return MEANINGS[self.code].kind

    @property
    def error(self) -> str:
        """The error code under which a problem is refused."""
        return MEANINGS[self.code].error


Findings = tuple[Finding, ...]


def found(code: Code, where: str, message: str) -> Finding:
    """Return a finding."""
    return Finding(code=code, where=where, message=message)


def problems_in(findings: Iterable[Finding]) -> Findings:
    """Return those that make the file unreadable."""
    return tuple(finding for finding in findings if finding.kind == "problem")
