"""Write the cards of this folder and its table: `python -m examples.models.card`, after measure."""

import json
from collections.abc import Mapping
from typing import Any

from examples.models.measure import FILE, N_FIRST
from examples.models.recipes import ANN_STEPS, EPS, HERE, LAYERS, RECIPES, SEED, Recipe
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.render.words import count, with_interval
from neurodeploy.storage.atomic import write_text

README = HERE / "README.md"
MARKS = ("<!-- models -->\n", "<!-- /models -->\n")
DATA = {
    "digits": "MNIST (LeCun et al. 1998): no licence on its page, often cited as CC BY-SA 3.0",
}
FASHION = "Fashion-MNIST (Xiao, Rasul and Vollgraf 2017), MIT licence"
UNFIT = (
    "Decisions about people, and anything where a wrong answer harms: it is an example. It knows "
    "ten classes and gives one of them to every image. Its test images are of the same source as "
    "its training images, so its accuracy elsewhere is not known."
)
LICENCE = (
    "The weights are under Apache-2.0, as this repository is. The data keeps its own licence and "
    "is not in this folder."
)
BEHIND = "counted"


def main() -> None:
    """Write what was measured."""
    found = json.loads(FILE.read_text())
    for name, figures in found.items():
        write_text(HERE / f"{name}.md", card(name, figures))
    write_text(README, with_table(README.read_text(), found))


def card(name: str, figures: Mapping[str, Any]) -> str:
    """Return the card of a network."""
    recipe = RECIPES[name]
    return "\n".join(
        [
            f"# {recipe.file}\n",
            f"{recipe.what}\n",
            *_table(("", ""), _facts(name, recipe, figures)),
            f"\n## Measured\n\n{_where(recipe, figures)}\n",
            *_table(("figure", "value", "basis"), _rows(figures)),
            f"\n## To try it\n\n```sh\n{_commands(name, recipe)}\n```",
            f"\n## Not fit for\n\n{UNFIT}\n\n{recipe.limits}",
            f"\n## Licence\n\n{LICENCE}\n",
        ]
    )


def with_table(text: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the README with the table of all networks between its marks."""
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    rows = [_line(name, found[name]) for name in RECIPES if name in found]
    columns = ("network", "steps", "test accuracy", "SOPs an image", "energy an image, modelled")
    return before + MARKS[0] + "\n".join(_table(columns, rows)) + "\n" + MARKS[1] + after


def _line(name: str, figures: Mapping[str, Any]) -> tuple[str, ...]:
    recipe = RECIPES[name]
    accuracy = f"{100 * figures['accuracy']:.2f} %"
    first = (f"[{recipe.file}]({name}.md)", str(recipe.n_steps), accuracy)
    if recipe.n_steps == ANN_STEPS:
        return (first[0], "none", accuracy, "it has no spikes", "not modelled")
    energy = with_interval(_modelled(figures, "energy_total_j"))
    return (*first, count(figures["synops_effective"]), energy)


def _facts(name: str, recipe: Recipe, figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    shown = f"{recipe.n_steps}, the image in each (`--encode direct --steps {recipe.n_steps}`)"
    sha256 = figures.get("sha256")
    return [
        ("network", LAYERS),
        ("data", DATA.get(name, FASHION)),
        ("made by", recipe.how),
        ("seed", str(SEED)),
        ("steps", "none" if recipe.n_steps == ANN_STEPS else shown),
        ("command", f"`python -m examples.models.make {name}`"),
        ("bytes", f"{figures['bytes']:,}"),
        *([("sha256 of the file", f"`{sha256}`")] if sha256 else []),
        ("digest", f"`{figures['digest']}`"),
    ]


def _where(recipe: Recipe, figures: Mapping[str, Any]) -> str:
    if recipe.n_steps == ANN_STEPS:
        return "In floats, on the 10,000 test images; test images chose nothing."
    made = "as it lies here" if recipe.path.is_dir() else "compiled without any option"
    return (
        f"On cpu-emu, in the integers of {figures['chip']}, {made}. Counts are of all 10,000 test "
        f"images, energy and time are modelled on the first {N_FIRST}; test images chose nothing."
    )


def _rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("test accuracy", f"{100 * figures['accuracy']:.2f} %", BEHIND),
        (f"right of the first {N_FIRST} test images", str(figures["first_right"]), BEHIND),
    ]
    names = {
        "synops_effective": "synaptic operations (SOPs) an image",
        "synops_hw": "the same, stored zeros included",
        "exit_step": "informative steps an image, mean",
    }
    rows += [(text, count(figures[k]), BEHIND) for k, text in names.items() if k in figures]
    if "exit_accuracy_full" in figures:
        full = f"{100 * figures['exit_accuracy_full']:.2f} %"
        rows.append(("test accuracy, every step run", full, BEHIND))
    for key, text in {
        "energy_total_j": "energy of an image",
        "energy_dynamic_j": "of it events on the chip",
        "latency_s": "time of an image",
    }.items():
        if "modelled" in figures:
            metric = _modelled(figures, key)
            note = f"; {metric.note}" if metric.note else ""
            rows.append((text, with_interval(metric), f"modelled: {metric.source}{note}"))
    if "attacked" in figures:
        attack = figures["attacked"]
        what = f"of {attack['n']} test images, the float network"
        rows += [
            ("right before an attack", f"{100 * attack['clean']:.1f} %", f"counted {what}"),
            (
                f"right after the attacks of the protocol `quick`, radius {EPS}",
                f"{100 * attack['left']:.1f} %",
                f"counted {what}; an upper bound: other attacks may leave less",
            ),
        ]
    return rows


def _commands(name: str, recipe: Recipe) -> str:
    images = f"python -m examples.models.images {name} test {N_FIRST} -o test.npz"
    if recipe.n_steps == ANN_STEPS:
        return (
            f"python -m examples.models.images {name} train 1000 -o calibration.npz\n"
            f"neurodeploy convert examples/models/{recipe.file} --data calibration.npz -o net.nir"
        )
    shown = f"--data test.npz --encode direct --steps {recipe.n_steps}"
    if recipe.path.is_dir():
        return f"{images}\nneurodeploy profile examples/models/{recipe.file} {shown}"
    return (
        f"{images}\nneurodeploy compile examples/models/{recipe.file} -o build/\n"
        f"neurodeploy profile build/ {shown}"
    )


def _modelled(figures: Mapping[str, Any], name: str) -> Metric:
    return Metric(basis=Basis.MODELLED, **figures["modelled"][name])


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [columns, ("---",) * len(columns), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


if __name__ == "__main__":
    main()
