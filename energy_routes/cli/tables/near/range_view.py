"""What could be otherwise: tables of the least and the most of volumes and shares, band by band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.markup import escape

from energy_routes.answer import Spans, Words, in_order
from energy_routes.cli.tables.money_view import Part
from energy_routes.cli.tables.render import BLANK, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.plan import TOTAL, Plan, open_in

MOST_ROWS = 30  # of a table; JSON and saved tables have all


def ranges(plan: Plan, units: Units) -> Iterator[Part | str]:
    """What is not determined, or all ranges of a plan that has them."""
    found = plan.parts.at_hand("ranges")
    if found.empty:
        yield "Ranges: the plan is the only one that is as good." if len(plan.prices.table) else (
            "Ranges: not given, because they come from the embedded solver only (--solver highs).")
        return
    spans = Spans(plan, Words.of(), units)
    for within, rows in found.groupby("within", sort=False):
        apart = in_order(open_in(rows))
        title = _title(str(within), float(rows["loss"].iloc[0]))
        yield Part(title, _table(apart.head(MOST_ROWS), units, spans), _note(rows, apart))


def _title(within: str, loss: float) -> str:
    if loss == 0:
        return "Could be, in plans as good"
    return f"Could be, within {within}" + ("" if within.endswith("MUSD") else f" ({number(loss, 1)} MUSD)")


def _table(rows: pd.DataFrame, units: Units, spans: Spans) -> Any:
    several = (rows["period"] != TOTAL).any()
    out = table("what", "kind", *(("period",) if several else ()), "is", "least", "most", "unit>", "share, %",
                "least", "most", text=3 if several else 2)  # fmt: skip
    for row in rows.to_dict("records"):
        factor = units.volume_factors.get(row["family"], 1.0)
        sizes = [number(row[name] * factor, 3) for name in ("volume", "low", "high")]
        shares = [percent(row[name]) for name in ("share", "share_low", "share_high")]
        out.add_row(escape(spans.called(row)), row["kind"], *((row["period"],) if several else ()), *sizes,
                    str(units.volume_names.get(row["family"], row["unit"]) or BLANK), *shares)  # fmt: skip
    return out


def _note(rows: pd.DataFrame, apart: pd.DataFrame) -> str:
    same, rest, gap = len(rows) - len(apart), len(apart) - MOST_ROWS, float(rows["gap"].max())
    told = [f"{rest} more with --json or --out" if rest > 0 else "", f"{same} can be no other" if same else "",
            f"each end is within {100 * gap:.2g} % (builds are open)" if gap > 0 else ""]
    return "; ".join(filter(None, told))
