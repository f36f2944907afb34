"""How our time grows with threads, samples, steps, activity and size: curves, as HTML.

The network is dense and drawn, so that one thing at a time can be changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.place import place
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout
from tools.bench.clock import best
from tools.bench.work import Work

N_IN, N_HIDDEN, N_OUT = 784, 1000, 10
SAMPLES, STEPS, RATE = 128, 25, 0.06


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
    drawn = _Drawn()
    plans: tuple[tuple[str, str, tuple[float, ...], Callable[[float], float]], ...] = (
        ("threads", "threads", (1, 2), lambda k: drawn.seconds(workers=int(k))),
        ("samples", "samples of a run", (1, 4, 16, 64, 256, 1024), drawn.of_samples),
        ("steps", "steps of a sample", (5, 10, 25, 50, 100, 300), drawn.of_steps),
        ("activity", "share of inputs that spike", (0.01, 0.03, 0.1, 0.3, 1.0), drawn.of_activity),
        ("size", "hidden neurons", (100, 300, 1000, 3000, 10_000), drawn.of_size),
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
        work = _work(n_hidden, n_samples, n_steps, rate)
        return best(lambda: work.run(n_samples, workers), 3) / n_samples

    def of_samples(self, n: float) -> float:
        return self.seconds(n_samples=int(n))

    def of_steps(self, n: float) -> float:
        return self.seconds(n_steps=int(n), n_samples=64)

    def of_activity(self, rate: float) -> float:
        return self.seconds(rate=rate, n_samples=64)

    def of_size(self, n: float) -> float:
        return self.seconds(n_hidden=int(n), n_samples=32)


def _work(n_hidden: int, n_samples: int, n_steps: int, rate: float) -> Work:
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
    """Write the curves as one HTML file, both axes logarithmic."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=1, cols=len(found), subplot_titles=[c.name for c in found])
    for k, curve in enumerate(found, start=1):
        line = go.Scatter(x=curve.values, y=[1e6 * s for s in curve.seconds], name=curve.name)
        figure.add_trace(line, row=1, col=k)
        figure.update_xaxes(title_text=curve.axis, type="log", row=1, col=k)
        figure.update_yaxes(type="log", row=1, col=k)
    figure.update_yaxes(title_text="us a sample", row=1, col=1)
    figure.update_layout(showlegend=False, title="cpu-emu, 784-N-10, one thread, counting on")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.write_html(str(path), include_plotlyjs="cdn")
