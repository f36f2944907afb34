"""Options of `report` that say what a deployment is used for."""

from pathlib import Path
from typing import Annotated

import typer

_PANEL = "Decision"

Out = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        help="Write the decision: FILE.html, FILE.md or FILE.json. Repeatable.",
        rich_help_panel=_PANEL,
    ),
]
PerSecond = Annotated[
    float | None,
    typer.Option("--per-second", help="Inferences a second of one unit.", rich_help_panel=_PANEL),
]
PriceKwh = Annotated[
    float | None,
    typer.Option(
        "--price-kwh",
        help="Price of a kWh; all money is in its currency.",
        rich_help_panel=_PANEL,
    ),
]
BatteryWh = Annotated[
    float | None,
    typer.Option("--battery-wh", help="Watt-hours of a unit's battery.", rich_help_panel=_PANEL),
]
Units = Annotated[
    int | None,
    typer.Option("--units", help="Devices that do this; else one.", rich_help_panel=_PANEL),
]
ReplacesW = Annotated[
    float | None,
    typer.Option(
        "--replaces-w",
        help="Mean power in W of what one unit replaces, at the same rate.",
        rich_help_panel=_PANEL,
    ),
]
UnitCost = Annotated[
    float | None,
    typer.Option(
        "--unit-cost",
        help="What a unit costs more than what it replaces; 0 is a cost.",
        rich_help_panel=_PANEL,
    ),
]
DevelopmentCost = Annotated[
    float | None,
    typer.Option(
        "--development-cost", help="What it costs once; 0 is a cost.", rich_help_panel=_PANEL
    ),
]
