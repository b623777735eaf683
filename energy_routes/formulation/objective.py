"""The objective as named terms, each in MUSD; the ledger is made of the same terms, so the two cannot disagree."""

from __future__ import annotations

import numpy as np

from energy_routes.formulation.space.axes import TANKERS
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Expr


def sales(s: Space) -> Expr:
    r"""+ Σ P_m,c,tier,t · d_m,c,tier,t   [MUSD]

    Price delivered: P = p_m · h_c / h_ref + δ_cm − discount.  The market's price p_m is that of its reference grade;
    h is barrels a tonne (MJ/m³), so a price a barrel is paid for the barrels of the grade that arrives.  Without a
    reference h_c / h_ref is 1.  δ is the differential of the grade at the market, else of the grade anywhere, else 0.
    """
    return s.delivered * s.delivered.axis.data("price")


def home_sales(s: Space) -> Expr:
    r"""+ Σ P^home_o · home_oct   [MUSD]

    What home refineries and cities pay for their obligation.
    """
    return s.home * s.home.axis.data("value")


def tariffs(s: Space) -> Expr:
    r"""− Σ_{l: pipe, rail, swap} τ_lt · f_lt   [MUSD]

    Tariffs on the inlet volume (where the table says outlet, on what arrives: τ is the tariff times the yield).
    """
    return -_charges(s, ~_mode(s, (*TANKERS, "transfer")))


def loading(s: Space) -> Expr:
    r"""− Σ_{l: transfer} τ_lt · f_lt   [MUSD]

    Transshipment and port dues.
    """
    return -_charges(s, _mode(s, ("transfer",)))


def freight(s: Space) -> Expr:
    r"""− Σ_{l: tanker} τ_lt · f_lt   [MUSD]

    Sea freight, war risk included where the figure says so.
    """
    return -_charges(s, _mode(s, TANKERS))


def quality(s: Space) -> Expr:
    r"""− Σ κ_lt · f_lt   [MUSD]

    Quality bank charges (credits are negative), taken on the lane where the grade is banked.
    """
    return -(s.flow * s.flow.axis.data("quality"))


def rebates(s: Space) -> Expr:
    r"""+ Σ ρ_lt · f_lt   [MUSD]

    What equity shippers get back from the line they own.
    """
    return s.flow * s.flow.axis.data("rebate")


def lifting(s: Space) -> Expr:
    r"""− Σ λ_s · q_st   [MUSD]

    Lifting cost at the field.
    """
    return -(s.lifted * s.lifted.axis.data("cost"))


def deficiency(s: Space) -> Expr:
    r"""− Σ π_κ · y_κt   [MUSD]

    Ship-or-pay deficiency, and the surcharge of interruptible volumes.
    """
    return -(s.deficiency * s.deficiency.axis.data("charge"))


def shortage(s: Space) -> Expr:
    r"""− Σ Π_o · short_ot   [MUSD, penalty]

    Home obligations not met, where the table prices it.
    """
    return -(s.short * np.nan_to_num(s.obligations.data("penalty")))


def closing_value(s: Space) -> Expr:
    r"""+ Σ ν_n · v_nc,T   [MUSD]

    Worth of what is left in the tanks, for stores whose closing rule is 'value'.
    """
    labels = s.stock.axis.labels
    ends = (labels["last"] & labels.has("closing", "value")).astype(float)
    return s.stock * (ends * s.stock.axis.data("closing_value"))


def _mode(s: Space, modes: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return s.flow.axis.labels.has("mode", *modes)


def _charges(s: Space, lanes: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Expr:
    return s.flow * (s.flow.axis.data("charge") * lanes)
