"""Who is paid on the way, what that costs them, what partners have of it; and what the state takes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from energy_routes.plan import NOT_SOURCED, on_the_way, paid_by, taxes as taxes_of, taxes_by_kind
from energy_routes.report.subject import SEEN, Subject
from energy_routes.report.table import Section, Table, number_or_dash

MOST = 12  # payees, countries or partners in a table
SLIGHT = 0.05  # MUSD: a band that is narrower is not told


def payments(subject: Subject) -> Section | None:
    """Payees, countries and partners with receipts, real cost and margin; None where nothing is paid on the way."""
    words, paid = subject.words, subject.plan.payments
    way = on_the_way(paid)
    if way.empty:
        return None
    payees = paid_by(way, "payee", "country", "kind")
    lost = float(payees.loc[payees["kind"] == NOT_SOURCED, "share"].sum())
    countries = paid_by(way, "holder_country", "kind")
    countries = countries[countries["kind"] != NOT_SOURCED]
    partners = paid_by(paid, "holder").sort_values("margin", ascending=False, kind="stable")
    named = {"payee not sourced": words("payments.not_sourced"), "shippers together": words("payments.together")}
    called = [named.get(name, words.name(name)) + (f" ({words.country(country)})" if country else "")
              for name, country in zip(payees["payee"], payees["country"], strict=True)]  # fmt: skip
    lands = [f"{words.country(country) if country else words('payments.several')}, {words(f'payments.{kind}')}"
             for country, kind in zip(countries["holder_country"], countries["kind"], strict=True)]  # fmt: skip
    holders = [named.get(name, words.name(name)) for name in partners["holder"]]
    tables = (
        _table(subject, words("table.payee"), called, payees, ""),
        _table(subject, words("table.country"), lands, countries, words("report.payments_country")),
        _table(subject, words("table.partner"), holders, partners, words("report.payments_partner")),
    )
    told = words("report.payments_note", share=words.percent(lost, 1))
    return Section("payments", words("report.payments"), (told,), tables=tuple(own for own in tables if own.rows))


def _table(subject: Subject, head: str, names: Iterable[str], sums: pd.DataFrame, caption: str) -> Table:
    """The first rows and the others together: receipts, real cost, margin and what it could be, share of receipts."""
    words = subject.words
    figures = sums[["receipts", "real_cost", "margin", "cost_low", "cost_high", "share"]].to_numpy(dtype=float)
    rows = list(zip(names, figures.tolist(), strict=True))
    if (rest := len(rows) - MOST) > 1:
        rows = [*rows[:MOST], (words("payments.others", count=rest), figures[MOST:].sum(axis=0).tolist())]
    told = []
    for name, (receipts, cost, margin, low, high, share) in rows:
        ends = [words.number(receipts - end, 1) for end in (high, low)]
        told.append((name, *(number_or_dash(value, words, 1) for value in (receipts, cost, margin)),
                     "…".join(ends) if high - low > SLIGHT else "–", words.percent(share, 1)))  # fmt: skip
    heads = (f"{head}, {words.unit('MUSD')}", words("table.receipts"), words("table.real_cost"), words("table.margin"),
             words("table.margin_band"), words("table.share"))  # fmt: skip
    return Table(heads, told, caption=caption)


def taxes(subject: Subject) -> Section | None:
    """What the state takes by the brackets that are sourced; None where the packs have none."""
    words, found = subject.words, taxes_of(subject.plan)
    if found.empty:
        return None
    rows = []
    for row in taxes_by_kind(found).to_dict("records"):
        taxed, exempt, open_ = (words.number(row[name], 2) if row[name] > SEEN else "–"
                                for name in ("taxed", "exempt", "open"))  # fmt: skip
        low, high = (words.number(row[end], 1) for end in ("low", "high"))
        amount = "–" if taxed == "–" else low if low == high else f"{low}…{high}"
        rows.append((words(f"tax.{row['tax']}"), amount, taxed, exempt, open_,
                     words.unit(subject.family(row["family"]).volume_unit)))  # fmt: skip
    heads = (words("table.tax"), words.unit("MUSD"), words("tax.taxed"), words("tax.exempt"), words("tax.open"), "")
    told = Table(heads, rows, words=(0, 5))
    return Section("taxes", words("report.taxes"), (words("report.taxes_note"),), tables=(told,))
