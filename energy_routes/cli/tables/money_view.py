"""The ledger as an analyst reads it: money by term, in all, per unit lifted or by family; and what bounds cost."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from rich.markup import escape
from rich.table import Table

from energy_routes.case import ALL, BOUNDS
from energy_routes.cli.tables.render import BLANK, digits_for, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.indicators import ledger_term
from energy_routes.plan import Plan

SEEN = 1e-6  # Mt: what is less is not worth a row


class Part(NamedTuple):
    """A table with what stands above and below it."""

    title: str
    table: Table
    note: str = ""


def ledger(plan: Plan, units: Units) -> Part:
    """Money by term, in all and per unit lifted, or of several families by family; the terms sum to the objective."""
    rows = plan.ledger[plan.ledger["value"].abs() > 1e-9]
    families, lifted = list(plan.supplies["family"].unique()), float(plan.supplies["lifted"].sum())
    several = len(families) > 1
    shown = [k for k in (*plan.case.network.families, ALL) if several and (rows["family"] == k).any()]
    each = units.value_factors[families[0]] / lifted if lifted > 0 and not several else None
    heads = (*("of both" if family == ALL else family for family in shown), "total") if several else (
        "MUSD", *([f"{units.value_names[families[0]]} lifted"] if each is not None else []))
    out = table("ledger, MUSD" if several else "ledger", *heads)
    digits = 1 if plan.ledger["value"].abs().max() >= 100 else 4

    def add(name: str, own: pd.DataFrame, total: float) -> None:
        sums = own.groupby("family")["value"].sum()
        parts = [number(sums[family], digits) if family in sums else BLANK for family in shown]
        out.add_row(name, *parts, number(total, digits), *([number(total * each, digits)] if each is not None else []))

    for (term, kind), own in rows.groupby(["term", "kind"], sort=False):
        add(ledger_term(str(term)).told + ("" if kind == "cash" else f" ({kind})"), own, own["value"].sum())
    out.add_section()
    add(plan.objective.name.capitalize(), rows, plan.objective.value)
    return Part("Money", out)


def premium(plan: Plan, units: Units) -> str:
    """What bounds and security cost against the same case without them, in its two parts; blank where none are set."""
    found = plan.premium
    if found is None:
        return ""
    called = {lever: "minima" if kind.least else "caps" for lever, kind in BOUNDS.items()} | {"security": "security"}
    asked = " and ".join(sorted({called.get(lever, "caps") for lever in plan.case.policy.asked}))
    each = ""
    if found["usd_per_t"] is not None:
        (family,) = [str(family) for family, volume in plan.exports.items() if volume > SEEN]
        factor, unit = units.value_factors[family], units.value_names[family]
        each = f" ({number(found['usd_per_t'] * factor)} {unit} exported)"
    parts = ""
    if found["shut_in"] is not None and found["shut_in"] == found["shut_in"]:
        shut = [volume_of(v, k, units) for k, v in found["shut_in_volume"].items() if v > SEEN]
        more = [volume_of(-v, k, units) for k, v in found["shut_in_volume"].items() if v < -SEEN]
        parts = f": {number(found['rerouting'], 1)} for re-routing, {number(found['shut_in'], 1)} for "
        parts += f"{' and '.join(shut)} shut in" if shut else "output shut in"
        parts += f"; {' and '.join(more)} more is taken in" if more else ""
    words = f"{asked.capitalize()} cost{'s' if asked == 'security' else ''}"
    if not number(abs(found["cost"]), 1).strip("0."):
        return f"{words} nothing."
    return f"{words} {number(found['cost'], 1)} MUSD{each}{parts}."


def volume_of(volume: float, family: str, units: Units) -> str:
    """A volume with its unit, to three or four figures."""
    scaled = volume * units.volume_factors[family]
    return f"{number(scaled, digits_for([scaled]))} {units.volume_names[family]}"


def owners(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """What each partner of ventures has of what they lift, sell abroad and earn, largest first."""
    own = plan.owners
    own = own[own["target"].str.startswith("supply:") & (own["family"] == family)] if len(own) else own
    if own.empty:
        return None
    volume = units.volume_names[family]
    out = table("owner", f"lifted, {volume}", f"sold abroad, {volume}", "netback, MUSD")
    sums = own.groupby("holder")[["volume", "exported", "netback"]].sum()
    largest = sums[sums["volume"] > SEEN].sort_values("volume", ascending=False, kind="stable").reset_index()
    for row in largest.to_dict("records"):
        lifted, sold = (number(row[column] * units.volume_factors[family]) for column in ("volume", "exported"))
        out.add_row(escape(row["holder"]), lifted, sold, number(row["netback"], 1))
    ventures = ", ".join(dict.fromkeys(own["name"]))
    return Part(f"By owner{word}", out, f"partners of {ventures}; lines and terminals stand in the table owners")
