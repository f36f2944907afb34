"""A verification in words and rows of text, shared by everything that shows one."""

from collections.abc import Sequence

from neurodeploy.verification.difference import Difference, Reading
from neurodeploy.verification.drift import LayerDrift
from neurodeploy.verification.explain import Explanation
from neurodeploy.verification.ladder import Cause
from neurodeploy.verification.verification import Comparison, Verification

COMPARISON_COLUMNS = ("", "compared", "layers", "samples", "steps", "accuracy", "integers")
DRIFT_COLUMNS = (
    *("layer", "float spikes", "integer", "differ", "mismatch"),
    *("count error", "wraps", "clipped"),
)
CAUSE_COLUMNS = ("layer", *(cause.value for cause in Cause))

Row = tuple[str, ...]


def comparison_rows(found: Verification) -> list[Row]:
    """Return a row for each executor, the float model first."""

    def accuracy(name: str) -> str:
        return f"{100 * found.accuracy[name]:.2f} %" if name in found.accuracy else ""

    extent = (str(found.n_samples), str(found.n_steps))
    n_layers = str(len(found.reference.outputs))
    rows: list[Row] = []
    if found.floats is not None:
        n_float, n_steps = len(found.floats.outputs), _n_steps(found)
        rows.append(
            ("float", "spikes", str(n_float), extent[0], str(n_steps), accuracy("float"), "")
        )
    rows.append(("reference", "", n_layers, *extent, accuracy("reference"), "the meaning"))
    rows += [
        (
            c.name,
            ", ".join(c.parts),
            str(c.n_layers),
            str(c.n_samples),
            str(c.n_steps),
            accuracy(c.name),
            "equal" if c.equal else "DIFFER",
        )
        for c in found.comparisons
    ]
    return rows


def difference_lines(comparison: Comparison) -> list[str]:
    """Return where two runs part, in sentences."""
    difference = comparison.difference
    assert difference is not None
    spikes = f"{difference.spikes_differing:,} spikes of that layer differ in all"
    return [
        f"{comparison.name} parts from the reference first in layer {difference.population!r}, "
        f"step {difference.step}, neuron {difference.neuron} of sample {difference.sample}; "
        f"{spikes}.",
        f"Input arriving there in that step: {difference.arriving}. "
        f"Layers that differ: {', '.join(difference.layers)}.",
    ]


def reading_rows(name: str, difference: Difference) -> list[Row]:
    """Return the neuron before the step, and at its end in both."""
    return [
        ("before, in both", *_values(difference.before)),
        ("reference", *_values(difference.reference)),
        (name, *_values(difference.other)),
    ]


def explanation_lines(explanation: Explanation) -> list[str]:
    """Return the rule that explains a difference, in sentences."""
    first, *others = explanation.findings or (None,)
    assumed = (
        [f"Taken as equal, because not recorded: {', '.join(explanation.assumed)}."]
        if explanation.assumed
        else []
    )
    if first is None:
        return [
            f"Rule: none of {explanation.tried} alternatives comes nearer; the layer computes "
            "something else altogether, or its inputs differ.",
            *assumed,
        ]
    if explanation.exact:
        lines = [f"Rule: {first.rule.value}. There {first.says}; this reproduces it exactly."]
        lines += [f"So would {o.rule.value}: there {o.says}." for o in others if o]
        return [*lines, *assumed]
    return [
        f"Rule: none of {explanation.tried} alternatives reproduces it. Nearest, of "
        f"{explanation.differing:,} neuron-steps that differ:",
        *(
            f"{f.rule.value}: there {f.says}; {f.differing:,} still differ."
            for f in explanation.findings
        ),
        *assumed,
    ]


def discrepancy_lines(found: Verification) -> list[str]:
    """Return a sentence for each thing in the program that is not its model's."""
    return [f"layer {d.population!r}, rule {d.rule.value}: {d.says}." for d in found.discrepancies]


def drift_rows(drift: Sequence[LayerDrift]) -> list[Row]:
    """Return a row for each layer: how far its integers are from the float model."""
    return [
        (
            layer.population,
            *(_spiking_cells(layer) if layer.voltage_error is None else _readout_cells(layer)),
            f"{layer.overflows.wraps:,}",
            f"{layer.overflows.saturations:,}",
        )
        for layer in drift
    ]


def cause_rows(drift: Sequence[LayerDrift]) -> list[Row]:
    """Return a row for each layer: differing spikes that each cause adds, and overflows."""
    return [
        (
            layer.population,
            *(f"{layer.causes[cause]:+,}" if cause in layer.causes else "" for cause in Cause),
        )
        for layer in drift
        if layer.causes
    ]


def gate_line(comparison: Comparison) -> str:
    """Return the one line that says why the gate failed."""
    difference, explanation = comparison.difference, comparison.explanation
    assert difference is not None
    assert explanation is not None
    rule = explanation.rule
    why = "no single rule explains it"
    if rule is not None:
        why = f"rule {rule.value}: there {explanation.findings[0].says}"
    return (
        f"{comparison.name}: integers part from the reference in layer {difference.population!r}, "
        f"step {difference.step}, neuron {difference.neuron}, sample {difference.sample}; {why}"
    )


def _n_steps(found: Verification) -> int:
    assert found.floats is not None
    return next(iter(found.floats.outputs.values())).shape[1]


def _spiking_cells(layer: LayerDrift) -> Row:
    return (
        f"{layer.float_spikes:,}",
        f"{layer.integer_spikes:,}",
        f"{layer.differing:,}",
        f"{100 * layer.mismatch:.2f} %",
        f"{100 * layer.count_error:.2f} %",
    )


def _readout_cells(layer: LayerDrift) -> Row:
    return "", "", "", f"v {100 * (layer.voltage_error or 0.0):.2f} %", ""


def _values(reading: Reading) -> tuple[str, str, str]:
    s, u, v = (
        "not recorded" if value is None else str(value)
        for value in (reading.s, reading.u, reading.v)
    )
    return s, u, v
