"""What compare prints for people: numbers side by side, and to which inputs the change is due."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.cli.tables.near.band_view import changes
from energy_routes.cli.tables.render import console, digits_for, number, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.indicators import ledger_term
from energy_routes.pack import as_read

if TYPE_CHECKING:
    from energy_routes.studies import Attribution, Comparison

MOST = 12  # rows of a table
NAMED = 3  # inputs of a group
SAME = 1e-9  # of the larger number, or of 1: what differs by less is the arithmetic's
TOLD = ("corridor", "market", "supply", "obligation")  # volumes: arcs and other groups say the same once more
SIDES = ("before", "after", "change")
WIDE = 14  # characters of a line in the head of a column


def print_comparison(found: Comparison) -> None:
    """Totals, how sure their change is, and what differs in volumes, money, prices and limits, the largest first."""
    screen = console()
    screen.print(found.title, style="bold", markup=False)
    screen.note(found.notes)
    _laid_over(found)
    screen.print()
    screen.print(_side_by_side("total", found.totals, "what"))
    if (sure := changes(found.bands, Units.of("", found.after))) is not None:
        screen.print()
        screen.print(sure.table)
        screen.say(sure.note)
    volumes = found.volumes[found.volumes["kind"].isin(TOLD)]
    ledger = found.ledger.assign(name=[ledger_term(str(term)).told for term in found.ledger["term"]])
    parts = {"volume": volumes, "ledger": ledger, "price": found.prices, "limit": found.limits}
    for title, frame in parts.items():
        rows = _changed(frame)
        screen.print()
        if rows.empty:
            screen.print(f"No {'term of the ledger' if title == 'ledger' else title} differs.")
            continue
        screen.print(_side_by_side(title, rows.head(MOST), "name", "kind" if "kind" in rows else ""))
        if len(rows) > MOST:
            differ = "differs" if len(rows) == MOST + 1 else "differ"
            screen.print(f"{len(rows) - MOST} more {differ}: --json and --out have all.")


def _laid_over(found: Comparison) -> None:
    """What was laid over the data in one plan and not in the other, and what force majeure waives; nothing else."""
    screen, rows = console(), found.edits.head(MOST)
    for where, own in rows.groupby("where", sort=False):
        told = []
        for target, field, change, periods in own[["target", "field", "change", "periods"]].itertuples(index=False):
            when = f" in {periods.replace(';', ', ')}" if periods else ""
            told.append(f"{target}.{field} {change}{when}")
        screen.say(f"{str(where).capitalize()}: {'; '.join(told)}.")
    if (more := len(found.edits) - len(rows)) > 0:
        screen.say(f"{more} more {'edit differs' if more == 1 else 'edits differ'}: --json and --out have all.")
    screen.say(*(f"{waived[0].upper()}{waived[1:]}." for waived in found.waived()))


def _changed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that differ, the largest change first; what only one side has stands last."""
    size = frame[["before", "after"]].abs().max(axis=1).clip(lower=1.0)
    differs = (frame["after"] - frame["before"]).abs() > SAME * size
    one = frame["before"].isna() != frame["after"].isna()
    rows = frame[differs | one]
    return rows.assign(size=-rows["change"].abs().round(6)).sort_values("size", kind="stable")


def _side_by_side(title: str, rows: pd.DataFrame, name: str, kind: str = "") -> object:
    words = [title, *([""] if kind else [])]
    out = table(*words, *SIDES, "unit>", text=len(words))
    digits = digits_for(rows[list(SIDES)].to_numpy(dtype=float).ravel())
    for row in rows.to_dict("records"):
        told = [str(row[name]), *([str(row[kind])] if kind else [])]
        out.add_row(*told, *(number(row[side], digits) for side in SIDES), as_read(str(row["unit"])))
    return out


def print_attribution(found: Attribution) -> None:
    """A row a group of inputs with the change that it brings, and the terms of the ledger that move most."""
    screen = console()
    screen.print()
    screen.say(*found.notes)
    if found.groups.empty:
        return
    moved = found.terms.groupby("term")["change"].apply(lambda own: own.abs().max())
    terms = [str(term) for term in moved[moved > 0.05].sort_values(ascending=False, kind="stable").head(3).index]
    sums = found.terms.groupby(["group", "term"])["change"].sum().to_dict()
    heads = (fill(ledger_term(term).told, WIDE) for term in terms)  # several lines, so that the numbers have room
    out = table("due to", "inputs", fill(f"{found.objective}, MUSD", WIDE), *heads, text=2)
    for row in found.groups.to_dict("records"):
        parts = [number(sums[row["group"], term], 1) for term in terms]
        inputs = str(row["inputs"]).split("; ")
        more = [f"… and {len(inputs) - NAMED} more"] if len(inputs) > NAMED else []
        out.add_row(str(row["group"]), "\n".join([*inputs[:NAMED], *more]), number(row["change"], 1), *parts)
    out.add_section()
    total = [number(float(found.terms.loc[found.terms["term"] == term, "change"].sum()), 1) for term in terms]
    out.add_row("all", "", number(float(found.groups["change"].sum()), 1), *total)
    screen.print(out)
