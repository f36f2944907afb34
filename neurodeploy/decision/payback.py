"""When what a deployment saves in electricity has paid for it."""

from dataclasses import dataclass

from neurodeploy.decision.range import Bound, Range, falling
from neurodeploy.decision.use import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """Investment over savings; years None: it saves nothing there, so it is never paid back.

    Parameters
    ----------
    investment : development, and all units.
    saving_a_year : electricity of what is replaced less that of the deployment, all units.
    years_low, years_nominal, years_high : from the largest, nominal and least saving.
    bound : ``at least`` where terms of the power are unknown.
    """

    investment: float
    saving_a_year: Range
    years_low: float | None
    years_nominal: float | None
    years_high: float | None
    bound: Bound


def payback(power_w: Range, use: Use, hours_a_year: float) -> Payback | None:
    """Return the payback of units that draw `power_w` on average; None if it is not asked for."""
    replaced, price = use.replaces_w, use.price_kwh
    if replaced is None or price is None or use.unit_cost is None or use.development_cost is None:
        return None
    investment = use.development_cost + use.n_units * use.unit_cost
    saving = falling(
        lambda watts: (replaced - watts) * hours_a_year / 1000 * price * use.n_units, power_w
    )
    return Payback(
        investment=investment,
        saving_a_year=saving,
        years_low=_years(investment, saving.high),
        years_nominal=_years(investment, saving.nominal),
        years_high=_years(investment, saving.low),
        bound=Bound.AT_LEAST if power_w.missing else Bound.NONE,
    )


def _years(investment: float, saving: float) -> float | None:
    return investment / saving if saving > 0 else None
