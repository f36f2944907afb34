"""The verbs: load, compile, run, profile, verify, check. Composition only, no algorithm."""

from neurodeploy.frontends.layout import Layout
from neurodeploy.frontends.sample_files import read_samples
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model.nir_file import write_nir
from neurodeploy.placement import PlacementRow, RefusedPlacement, Strategy
from neurodeploy.regression import read_budget
from neurodeploy.report.build import build_report
from neurodeploy.report.json_file import report_text
from neurodeploy.toolchain.benchmarking import default_samples, neurobench
from neurodeploy.toolchain.calibrating import activity_on, compare_on
from neurodeploy.toolchain.checking import check, draft_budget, write_page, write_text
from neurodeploy.toolchain.compiling import (
    CompileOptions,
    compile_network,
    encoded_for,
    load_deployment,
    save,
    with_input_range,
)
from neurodeploy.toolchain.exporting import export_sanafe
from neurodeploy.toolchain.loading import (
    Network,
    export_snntorch,
    inspect_file,
    load,
    load_model,
    missing_extra,
    write_network,
)
from neurodeploy.toolchain.opening import deployment_at, with_range_of
from neurodeploy.toolchain.running import float_accuracy, profile, run, stimulus_of
from neurodeploy.toolchain.streaming import stream
from neurodeploy.toolchain.verifying import VerifyOptions, verify, write_verification

__all__ = [
    "CompileOptions",
    "Encoding",
    "Fidelity",
    "Layout",
    "Network",
    "PlacementRow",
    "RefusedPlacement",
    "Samples",
    "Strategy",
    "VerifyOptions",
    "activity_on",
    "build_report",
    "check",
    "compare_on",
    "compile_network",
    "default_samples",
    "deployment_at",
    "draft_budget",
    "encoded_for",
    "export_sanafe",
    "export_snntorch",
    "float_accuracy",
    "inspect_file",
    "load",
    "load_deployment",
    "load_model",
    "missing_extra",
    "neurobench",
    "profile",
    "read_budget",
    "read_samples",
    "report_text",
    "run",
    "save",
    "series_of",
    "stimulus_of",
    "stream",
    "verify",
    "with_input_range",
    "with_range_of",
    "write_network",
    "write_nir",
    "write_page",
    "write_text",
    "write_verification",
]
