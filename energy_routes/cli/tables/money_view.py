"""The ledger as an analyst reads it: money by term, in all, per unit lifted or by family; and what bounds cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from rich.markup import escape
from rich.table import Table

from energy_routes.case import ALL, BOUNDS
from energy_routes.cli.tables.render import BLANK, digits_for, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.indicators import ledger_term
from energy_routes.plan import NOT_SOURCED, Plan, on_the_way, paid_by, taxes as plan_taxes, taxes_by_kind

SEEN = 1e-6  # Mt: what is less is not worth a row
TAXES = {"export_duty": "export duty", "rent_tax": "rent tax on export", "extraction_tax": "extraction tax"}
WEIGHED = ", futures weighed"  # of an objective over several futures: the plan itself is that of none failing
MOST_PAID = 12  # payees, countries or partners in a table


class Part(NamedTuple):
    """A table with what stands above and below it."""

    title: str
    table: Table
    note: str = ""


def ledger(plan: Plan, units: Units) -> Iterator[Part]:
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
        lifted_for = [] if each is None else [number(total * each, max(digits, units.cents[families[0]]))]
        out.add_row(name, *parts, number(total, digits), *lifted_for)

    for (term, kind), own in rows.groupby(["term", "kind"], sort=False):
        add(ledger_term(str(term)).told + ("" if kind == "cash" else f" ({kind})"), own, own["value"].sum())
    out.add_section()
    add(plan.objective.name.capitalize() + (WEIGHED if plan.case.policy.cvar else ""), rows, plan.objective.value)
    yield Part("Money", out)


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


def payments(plan: Plan, units: Units) -> Iterator[Part]:
    """Who is paid on the way, by payee and by country of its partners; then partners, with what shippers keep."""
    way = on_the_way(plan.payments)
    if way.empty:
        return
    by_payee = paid_by(way, "payee", "country", "kind")
    lost = float(by_payee.loc[by_payee["kind"] == NOT_SOURCED, "share"].sum())
    note = f"payee not sourced: {percent(lost)} % of what is paid on the way"
    if way["real_cost"].isna().any():
        note += "; the pack does not say what moving really costs (table operating)"
    elif (way["cost_high"] > way["cost_low"]).any():
        note += ". Could be: the margin where a real cost without a source is the least or most share of the tariff"
    names = [f"{payee} ({country})" if country else payee
             for payee, country in zip(by_payee["payee"], by_payee["country"], strict=True)]  # fmt: skip
    yield Part("Who is paid on the way", _paid("payee", names, by_payee), note)
    countries = paid_by(way, "holder_country", "kind")
    countries = countries[countries["kind"] != NOT_SOURCED]
    names = [f"{country or 'several or not known'}, {'budget' if kind == 'state' else 'companies'}"
             for country, kind in zip(countries["holder_country"], countries["kind"], strict=True)]  # fmt: skip
    if names:
        yield Part("By country of the payee, or of its partners", _paid("country", names, countries))
    partners = paid_by(plan.payments, "holder").sort_values("margin", ascending=False, kind="stable")
    yield Part("By partner, with what shippers keep", _paid("partner", partners["holder"].tolist(), partners),
               "What shippers receive is their sales less the way. Taxes are not taken off, and costs of lifting only "
               "where the pack has them")  # fmt: skip


def taxes(plan: Plan, units: Units) -> Iterator[Part]:
    """What the state takes by the brackets that are sourced, by tax."""
    found = plan_taxes(plan)
    if found.empty:
        return
    out = table("the state takes", "MUSD", "taxed", "exempt", "not sourced", "unit>")
    for row in taxes_by_kind(found).to_dict("records"):
        volumes = [row[name] * units.volume_factors[row["family"]] for name in ("taxed", "exempt", "open")]
        taxed, exempt, open_ = (number(volume, digits_for(volumes)) if volume > SEEN else BLANK for volume in volumes)
        low, high = number(row["low"], 1), number(row["high"], 1)
        amount = BLANK if taxed == BLANK else low if low == high else f"{low}…{high}"
        out.add_row(TAXES[row["tax"]], amount, taxed, exempt, open_, units.volume_names[row["family"]])
    yield Part("The state's side", out, "No plan is chosen by it. Who is exempt is our reading of the law. A region "
               "of several contracts pays from the lowest rate to that of all its output")


def _paid(head: str, names: list[str], sums: pd.DataFrame) -> Table:
    """Receipts, real cost, margin with what it could be, share: the first rows, and the others together."""
    out = table(f"{head}, MUSD", "receipts", "real cost", "margin", "could be", "% of all")
    figures = sums[["receipts", "real_cost", "margin", "cost_low", "cost_high", "share"]].to_numpy(dtype=float)
    rest = len(names) - MOST_PAID
    rows = list(zip(names, figures.tolist(), strict=True))
    if rest > 1:
        rows = [*rows[:MOST_PAID], (f"others ({rest})", figures[MOST_PAID:].sum(axis=0).tolist())]
    for name, (receipts, cost, margin, low, high, share) in rows:
        wide = high - low > 0.05
        could = f"{number(receipts - high, 1)}…{number(receipts - low, 1)}" if wide else BLANK
        out.add_row(escape(name), *(number(value, 1) for value in (receipts, cost, margin)), could, percent(share))
    return out
