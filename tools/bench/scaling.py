"""How our time grows with threads, samples, steps, activity and size: curves, as HTML.

The network is dense and drawn, so that one thing at a time can be changed.
"""

import math
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.place import place
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.storage.atomic import new_file
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout
from tools.bench.clock import best
from tools.bench.work import Work

N_IN, N_HIDDEN, N_OUT = 784, 1000, 10
SAMPLES, STEPS, RATE = 256, 25, 0.06
CAPTION = (
    f"unless the axis says otherwise: one thread, {SAMPLES} samples of {STEPS} steps in a run, "
    f"{100 * RATE:.0f} % of the inputs spike; start of the run included; least of three"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Seconds by what was changed.

    Parameters
    ----------
    unit : what one of `seconds` is for.
    """

    name: str
    axis: str
    unit: str
    values: tuple[float, ...]
    seconds: tuple[float, ...]


def curves(toy: bool) -> list[Curve]:
    """Return every curve."""
    network = _Drawn()
    plans: tuple[tuple[str, str, tuple[float, ...], Callable[[float], float]], ...] = (
        ("threads", "threads", (1, 2), lambda k: network.seconds(workers=int(k))),
        ("samples", "samples of a run", (1, 4, 16, 64, 256, 1024), network.of_samples),
        ("steps", "steps of a sample", (5, 10, 25, 50, 100, 300), network.of_steps),
        (
            "activity",
            "share of inputs that spike",
            (0.01, 0.03, 0.1, 0.3, 1.0),
            network.of_activity,
        ),
        ("size", "hidden neurons", (100, 300, 1000, 3000, 10_000), network.of_size),
    )
    found = []
    for name, axis, values, seconds in plans:
        chosen = values[:2] if toy else values
        taken = tuple(seconds(value) for value in chosen)
        found.append(Curve(name=name, axis=axis, unit="one sample", values=chosen, seconds=taken))
    return found


class _Drawn:
    """The drawn network at any size, with its stimulus."""

    def seconds(
        self,
        *,
        workers: int = 1,
        n_samples: int = SAMPLES,
        n_steps: int = STEPS,
        rate: float = RATE,
        n_hidden: int = N_HIDDEN,
    ) -> float:
        """Return the least seconds of one sample."""
        work = drawn(n_hidden, n_samples, n_steps, rate)
        return best(lambda: work.run(n_samples, workers), 3) / n_samples

    def of_samples(self, n: float) -> float:
        return self.seconds(n_samples=int(n))

    def of_steps(self, n: float) -> float:
        return self.seconds(n_steps=int(n))

    def of_activity(self, rate: float) -> float:
        return self.seconds(rate=rate)

    def of_size(self, n: float) -> float:
        return self.seconds(n_hidden=int(n))


def drawn(n_hidden: int, n_samples: int, n_steps: int, rate: float) -> Work:
    """Return the network of a size, with its stimulus."""
    rng = np.random.default_rng(0)
    sizes = (N_IN, n_hidden, N_OUT)
    names = ("in", "hidden", "out")
    program = Program(
        inputs=(Input(name="in", shape=(N_IN,), high=1),),
        populations=tuple(
            Population(name=name, shape=(size,), du=4095, dv=400, vth=int(60 * np.sqrt(fan_in)))
            for name, size, fan_in in zip(names[1:], sizes[1:], sizes, strict=False)
        ),
        projections=tuple(
            Projection(
                name=f"{names[k]}_{names[k + 1]}",
                sources=(names[k],),
                target=names[k + 1],
                operator=Dense(
                    mantissa=2 * rng.integers(-60, 61, (sizes[k + 1], sizes[k]), dtype=np.int32)
                ),
            )
            for k in range(2)
        ),
        outputs=(Output(population="out", readout=Readout.COUNT),),
    )
    hardware = load_chip("ideal")
    deployment = Deployment(
        target="cpu-emu", program=program, hardware=hardware, placement=place(program, hardware)
    )
    x = (rng.random((n_samples, n_steps, N_IN), np.float32) < rate).astype(np.uint8)
    return Work(
        name="drawn",
        title="784-N-10, drawn",
        deployment=deployment,
        stimulus=Stimulus(x={"in": x}),
    )


def write_page(found: list[Curve], path: Path) -> None:
    """Write the curves as one self-contained HTML page, both axes logarithmic."""
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    titles = [f"over {curve.axis}" for curve in found]
    plot = make_subplots(rows=2, cols=3, subplot_titles=titles, vertical_spacing=0.16)
    for k, curve in enumerate(found):
        place = {"row": k // 3 + 1, "col": k % 3 + 1}
        times = [1e6 * s for s in curve.seconds]
        plot.add_trace(
            Scatter(
                x=curve.values,
                y=times,
                mode="lines+markers+text",
                text=[f"{t:,.0f}" for t in times],
                textposition="top center",
                cliponaxis=False,
                marker_color="#0b6e99",
            ),
            **place,
        )
        plot.update_xaxes(type="log", tickvals=curve.values, **place)
    everything = [1e6 * s for curve in found for s in curve.seconds]
    ends = [math.log10(min(everything) / 2), math.log10(2 * max(everything))]
    plot.update_yaxes(type="log", title_text="us a sample", dtick=1, range=ends)
    title = {"text": "cpu-emu, 784-1000-10 drawn, counting on", "subtitle": {"text": CAPTION}}
    plot.update_layout(showlegend=False, title=title, template="plotly_white", height=760)
    with new_file(path) as temporary:
        plot.write_html(temporary, include_plotlyjs=True, full_html=True, div_id="scaling")


def photograph(page: Path, picture: Path) -> None:
    """Take the page's picture for docs/bench.md, where there is a browser."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium, so no picture: apt-get install -y chromium", file=sys.stderr)
        return
    picture.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        # The sandbox refuses to start for root, and the page is our own.
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1200, "height": 780}, offline=True)
        view.goto(page.resolve().as_uri())
        view.screenshot(path=picture)
        browser.close()
