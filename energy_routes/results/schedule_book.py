"""The export schedule as transport desks keep it: shipper and supply × direction × month, in one workbook.

Sheets: the schedule with sums by shipper; the directions by month, months gone by from the actuals; netbacks by route;
what binds.  Volumes in kt (mcm), whole numbers on sight and exact in the cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.indicators import LINES
from energy_routes.network import Names, group_names
from energy_routes.pack import inert_frame, listed
from energy_routes.plan import Plan, corridor_rows, merged
from energy_routes.results.summary import binding
from energy_routes.results.workbook import write_timeless

SEEN = 5e-7  # Mt: half a tonne a period, below which a row would be all zeroes
WORDS = {"home": "home", "store": "into store", "transit": "carried for others", "other": "other paths"}


def schedule_table(plan: Plan) -> pd.DataFrame:
    """A row a supply, direction and buyer; a column a period in kt (mcm), and their sum in ``total``."""
    frame = plan.schedule
    called = Names(plan.case.network.tables)
    names = group_names(plan.case.network.packs)
    named = frame.assign(
        direction=[WORDS.get(d, names.get(("corridor", d, family), d))
                   for d, family in zip(frame["direction"], frame["family"], strict=True)],
        buyer=[called.market.get(b, called.obligation.get(b, b)) if isinstance(b, str) else "" for b in frame["buyer"]],
        supply=[called.node.get(called.supply_node.get(s, s), s) for s in frame["supply"]],
        unit=frame["family"].map(small_units(plan)),
        volume=frame["volume"] * 1000,
    )
    keys = ["family", "shipper", "supply", "commodity", "direction", "buyer", "unit"]
    labels = [p.label for p in plan.case.periods]
    wide = named.pivot_table("volume", keys, "period", aggfunc="sum", sort=False, fill_value=0.0)
    wide = wide.reindex(columns=labels, fill_value=0.0)
    wide = wide.assign(total=wide.sum(axis=1))
    wide = wide[wide["total"] > SEEN * 1000].reset_index()
    size = wide.groupby(["family", "shipper"])["total"].transform("sum")
    wide = wide.assign(size=-size, own=-wide["total"])
    return wide.sort_values(["family", "size", "shipper", "own"], ascending=[False, True, True, True]).drop(
        columns=["size", "own"]
    ).reset_index(drop=True)


def small_units(plan: Plan) -> dict[str, str]:
    """The unit of a schedule by family: a thousandth of that of the plan."""
    return {name: family.small_unit for name, family in plan.case.network.families.items()}


def directions_table(plan: Plan) -> pd.DataFrame:
    """A row a corridor; a column a month, gone by (from the actuals) or planned, in kt (mcm), and their sum."""
    groups = corridor_rows(plan.groups).query("period != 'total'")
    ahead = groups.pivot_table("volume", ["family", "group", "name"], "period", aggfunc="sum", sort=False)
    past = plan.case.past
    before = [p.label for p in past.periods] if past else []
    gone = {label: past.in_period(plan.case.network, label) if past else {} for label in before}
    rows = ahead.reindex(columns=[p.label for p in plan.case.periods]).reset_index()  # of no corridor, too
    keys = [("corridor", group, family) for group, family in zip(rows["group"], rows["family"], strict=True)]
    for label in before:
        rows[label] = [gone[label].get(key, 0.0) for key in keys]
    labels = [*before, *(p.label for p in plan.case.periods)]
    rows[labels] = rows[labels] * 1000
    rows["total"] = rows[labels].sum(axis=1)
    rows["unit"] = rows["family"].map(small_units(plan))
    rows = rows.sort_values(["family", "total"], ascending=[False, False])
    rows = rows[["family", "name", "unit", *labels, "total"]].reset_index(drop=True)
    return rows.rename(columns={"name": "direction"})


def write_schedule(plan: Plan, file: Path) -> None:
    """Write the schedule: a workbook (.xlsx), or its first sheet as .csv."""
    if file.suffix.lower() == ".csv":
        inert_frame(schedule_table(plan)).to_csv(file, index=False, float_format="%.6f")
        return
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Schedule"
    past = plan.case.past
    gone = [p.label for p in past.periods] if past else []
    _head(sheet, plan)
    _grid(sheet, schedule_table(plan), by="shipper")
    _grid(book.create_sheet("Directions"), directions_table(plan), grey=gone)
    routes = merged(plan.routes[plan.routes["export"].astype(bool)])
    routes["money_unit"] = routes["family"].map(plan.case.network.units("unit_value"))
    columns = ["route", "shipper", "volume", "unit", *LINES, "netback", "money_unit", "limited_by"]
    _grid(book.create_sheet("Netbacks"), routes[columns], form="#,##0.0")
    _grid(book.create_sheet("Limits"), binding(plan)[["name", "kind", "periods", "price", "unit"]], form="#,##0.0")
    write_timeless(book, file)


def _head(sheet: Any, plan: Plan) -> None:
    from openpyxl.styles import Font

    periods = plan.case.periods
    told = " or ".join(f"{f.small_unit} ({f.id})" for f in listed(plan.case.network.families.values()))
    sheet.append([plan.case.title])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([f"Planned {periods[0].label} to {periods[-1].label}; volumes lifted, {told}"])
    sheet.append([])


def _grid(sheet: Any, frame: pd.DataFrame, by: str = "", grey: Sequence[str] = (), form: str = "#,##0") -> None:
    """A table under a bold frozen header; with ``by`` a bold sum after each group of rows, and the sum of all."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    bold, fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF1")
    top = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
    rows: list[tuple[list[Any], bool]] = [(list(frame.columns), True)]
    blocks = frame.groupby(["family", by], sort=False) if by else [(("", ""), frame)]
    for key, block in blocks:
        rows += [(list(row), False) for row in block.itertuples(index=False, name=None)]
        if by and len(block) > 1:
            rows.append((_sums(block, f"{key[1]}, all"), True))
    for family, block in frame.groupby("family", sort=False) if by else []:
        rows.append((_sums(block, f"All {family}"), True))
    for number, (cells, strong) in enumerate(rows, top):
        for at, value in enumerate(cells, 1):
            cell = sheet.cell(number, at, None if value != value else value)
            if isinstance(value, str):
                cell.data_type = "s"  # text is never a formula
            elif isinstance(value, float):
                cell.number_format = form
            if strong:
                cell.font = bold
            if str(frame.columns[at - 1]) in grey:
                cell.fill = fill
    for at, column in enumerate(frame.columns, 1):
        longest = max((len(v) for v in frame[column] if isinstance(v, str)), default=0)
        sheet.column_dimensions[get_column_letter(at)].width = min(44, max(9, len(str(column)) + 2, longest + 1))
    sheet.freeze_panes = sheet.cell(top + 1, 1)


def _sums(block: pd.DataFrame, title: str) -> list[Any]:
    """A row of sums under the number columns; its title stands under the second column."""
    numbers = block.select_dtypes("number").columns
    return [float(block[c].sum()) if c in numbers else title if k == 1 else "" for k, c in enumerate(block.columns)]
