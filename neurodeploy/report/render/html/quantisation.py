"""What rounding to integers did to each layer."""

from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.render.html.bar import Scale, bar, scale_of
from neurodeploy.report.render.html.element import Html, joined
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain, share, whole
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.report import Report

_COLUMNS = (
    Column(title="layer", kind="text"),
    Column(title="", kind="chart"),
    Column(title="weight error"),
    Column(title="decay error"),
    Column(title="bias error"),
    Column(title="rounded to 0"),
    Column(title="threshold"),
    Column(title="headroom, bits"),
    Column(title="headroom from", kind="text"),
)


def quantisation_section(report: Report) -> Html:
    """Return the errors of every layer that was rounded here; nothing where none was."""
    found = [
        (k, layer.name, layer.quantisation)
        for k, layer in enumerate(report.layers)
        if layer.quantisation is not None
    ]
    if not found:
        return joined()
    scale = scale_of([_error(quantisation) for _, _, quantisation in found])
    rows = [_row(k, name, quantisation, scale) for k, name, quantisation in found]
    return section(
        "quantisation",
        "Quantisation error by layer",
        "Weight error: root mean square of the rounding over that of the weights. Decay and bias: "
        "the largest relative error. Headroom: bits between the largest current that inputs in "
        "range can cause and the one that wraps.",
        table("Quantisation error by layer", _COLUMNS, rows),
    )


def _row(k: int, name: str, found: LayerQuantisation, scale: Scale) -> tuple[str, ...]:
    path = f"layers.{k}.quantisation"
    return (
        name,
        bar(_error(found), scale),
        share(found.weight_error, f"{path}.weight_error"),
        share(found.decay_error, f"{path}.decay_error"),
        share(found.bias_error, f"{path}.bias_error"),
        whole(found.weights_rounded_to_zero, f"{path}.weights_rounded_to_zero"),
        whole(found.vth, f"{path}.vth"),
        _bits(found.headroom_bits, f"{path}.headroom_bits"),
        found.headroom_basis,
    )


def _bits(value: float, path: str) -> Html:
    return plain(value, "1", path)


def _error(found: LayerQuantisation) -> Metric:
    error = found.weight_error
    return Metric(value=error, unit="1", basis=Basis.EXACT, low=error, high=error, source="")
