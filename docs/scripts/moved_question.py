"""The question of the page of bargaining about a million tonnes that leaves CPC: who pays, and who is paid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from bargaining_book import Asked, Gain
from question_book import WORDS, Book

import energy_routes as er
from energy_routes.pack import joined
from energy_routes.plan import margins as ends_of

MODEL, FROM = "oil-2024", "CPC"
WAYS: Mapping[str, tuple[str, float]] = {  # what BTC takes beside the plan is half a million
    "BTC": ("BTC", 0.5), "China": ("CHINA_PIPE", 1.0), "Samara": ("ATYRAU_SAMARA", 1.0),
}  # fmt: skip
STATES = {"KZ": "Kazakhstan's lines", "RU": "Russia", "CN": "China", "AZ": "Azerbaijan", "GE": "Georgia",
          "TR": "Türkiye"}  # fmt: skip
FIELDS, OTHERS = "fields", "others and not sourced"
SLIGHT = 0.05  # MUSD
Band = tuple[float, float, float]


def volume(plan: er.Plan, corridor: str) -> float:
    """What a corridor carries, Mt a year."""
    groups = plan.groups
    return float(groups[(groups["kind"] == "corridor") & (groups["group"] == corridor)
                        & (groups["family"] == "oil")]["volume"].iloc[0])  # fmt: skip


def margins(plan: er.Plan) -> pd.DataFrame:
    """What is left above real cost, at the stated cost and at both ends, by who has it, MUSD."""
    rows = plan.payments
    fields = rows["kind"] == "shipper"
    state = rows["holder_country"].where(rows["holder_country"] != "", rows["country"])
    who = state.map(STATES).fillna(OTHERS).where(~fields, FIELDS)
    return pd.DataFrame(ends_of(rows).T).groupby(who.to_numpy()).sum()


def told(before: pd.DataFrame, after: pd.DataFrame, who: str) -> str:
    """The change of what somebody has, with its band."""
    parts = [(frame.loc[who].to_numpy(dtype=float) if who in frame.index else np.zeros(3)) for frame in (before, after)]
    change = parts[1] - parts[0]
    value, low, high = (WORDS.number(end if abs(end) > SLIGHT else 0.0)
                        for end in (change[0], change.min(), change.max()))  # fmt: skip
    return value if low == high else f"{value} ({low} to {high})"


def moved(book: Book) -> Gain:
    """Who pays when a million tonnes moves from CPC to another way."""
    case, plan = book.case(MODEL), book.plan(MODEL)
    before, rows, costs = margins(plan), [], []
    who = [FIELDS, *STATES.values(), OTHERS]
    for name, (corridor, tonnes) in WAYS.items():
        other = er.solve(case.with_policy(max_exposure={f"corridor:{FROM}": volume(plan, FROM) - tonnes},
                                          min_exposure={f"corridor:{corridor}": volume(plan, corridor) + tonnes}))
        after = margins(other)
        costs.append(f"to {name} {WORDS.number((plan.netback - other.netback) / tonnes)} USD a tonne")
        rows.append((f"{WORDS.number(tonnes)} Mt to {name}", *(told(before, after, one) for one in who)))
    lines = plan.payments[plan.payments["payee"] == FROM].groupby("holder_country")["margin"].sum().to_dict()
    total = sum(lines.values())
    shares = [f"{WORDS.country(state)} {WORDS.number(100 * lines[state] / total)} %" for state in ("RU", "KZ", "US")]
    return Gain(
        "Who pays when a million tonnes moves from CPC to BTC, China or Samara?",
        "finance ministries, KMG, and the partners of Tengiz, Kashagan and Karachaganak",
        (f"Kazakh netback falls by what the worse way costs: {joined(costs)}.",
         f"What the tariff of CPC leaves above real cost and rebates goes to its partners: {joined(shares)}, and the "
         "rest to other states.", *_room()),
        ("moved", *who), rows,
        "MUSD of 2024, changes of what is left above real cost. In brackets: real costs that are not published at 10 "
        "to 40 % of the tariff.",
        "Taxes are not in it: export duty and rent tax follow price and volume, and not all of their rates are "
        "sourced. How the tariff of CPC is split between its two companies is not published.",
        (MODEL,), (f"solve {MODEL} --full",),
    )  # fmt: skip


def _room() -> list[str]:
    """Which way takes less than a million tonnes beside the plan."""
    return [f"{name} takes no more than {WORDS.number(tonnes)} Mt beside the plan."
            for name, (_, tonnes) in WAYS.items() if tonnes < 1]  # fmt: skip


MOVED: Asked = {4: moved}
