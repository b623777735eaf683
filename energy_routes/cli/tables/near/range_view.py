"""What could be otherwise: the least and the most of volumes and shares, beside them and in tables of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rich.markup import escape

from energy_routes.cli.tables.money_view import Part
from energy_routes.cli.tables.render import BLANK, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.network import Names
from energy_routes.plan import APART, Plan

MOST = 3  # volumes that the first screen names
MOST_ROWS = 30  # of a table; JSON and saved tables have all
FIRST = ("transit", "corridor")  # kinds that are named before other groups; single arcs and grades come after them
LAST = ("arc", "supply", "delivery", "home", "route")

Row = Mapping[Any, Any]


def could_be(plan: Plan, kind: str, group: str, family: str, units: Units) -> str:
    """``2.00–8.00`` of a group or arc whose volume is not determined, in the unit shown; blank where it is."""
    row = _open(plan).get((kind, group, family))
    return "" if row is None else volume_span(row, units)


def share_could_be(plan: Plan, kind: str, group: str, family: str) -> str:
    """``20.0–80.0`` per cent of a group whose share is not determined; blank where it is."""
    row = _open(plan).get((kind, group, family))
    return "" if row is None else _share_span(row)


def _open(plan: Plan) -> dict[tuple[str, str, str], Row]:
    """The groups and arcs whose volume is not determined."""
    return {(row["kind"], row["id"], row["family"]): row for row in plan.could_be.to_dict("records")}


def sentence(plan: Plan, units: Units) -> str:
    """What could be otherwise in plans as good, the groups first; blank where the plan is the only one."""
    found = _named(plan, plan.could_be)
    if found.empty:
        return ""
    which, most = "in plans as good", MOST
    if found["kind"].isin(LAST).all():  # single arcs and grades: the one that may change most for its size
        which, most = "with groups as they are", 1
        found = found.assign(size=found["low"] / found["high"]).sort_values("size", kind="stable")
    rows = (in_order(found) if most == MOST else found).to_dict("records")
    told = ", ".join(f"{_called(row)} {volume_span(row, units)} {_unit(row, units)}{_of_exports(row)}"
                     for row in rows[:most])
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    return f"Could be, {which}: {told}{more} (--show ranges)."


def _named(plan: Plan, ranges: pd.DataFrame) -> pd.DataFrame:
    """The rows with the names of their grades in place of ids."""
    called = Names(plan.case.network.tables).commodity
    return ranges.assign(commodity=ranges["commodity"].map(lambda grade: called.get(grade, grade)))


def in_order(ranges: pd.DataFrame) -> pd.DataFrame:
    """The rows by kind, transit countries and corridors first, each as in the data."""
    kinds = list(dict.fromkeys(ranges["kind"]))
    order = [*FIRST, *(kind for kind in kinds if kind not in (*FIRST, *LAST)), *LAST]
    return ranges.sort_values("kind", key=lambda column: column.map(order.index), kind="stable")


def ranges(plan: Plan, units: Units) -> Iterator[Part | str]:
    """What is not determined, or all ranges of a plan that has them."""
    found = plan.parts.at_hand("ranges")
    if found.empty:
        yield "Ranges: the plan is the only one that is as good." if len(plan.prices.table) else (
            "Ranges: not given, because they come from the embedded solver only (--solver highs).")
        return
    yield from range_parts(_named(plan, found), units)


def range_parts(found: pd.DataFrame, units: Units) -> Iterator[Part]:
    """A table a band of the volumes whose ends lie apart, groups first."""
    for within, rows in found.groupby("within", sort=False):
        apart = in_order(rows[rows["high"] - rows["low"].fillna(rows["volume"]) > APART])
        title = _title(str(within), float(rows["loss"].iloc[0]))
        yield Part(title, _table(apart.head(MOST_ROWS), units), _note(rows, apart))


def _title(within: str, loss: float) -> str:
    if loss == 0:
        return "Could be, in plans as good"
    return f"Could be, within {within}" + ("" if within.endswith("MUSD") else f" ({number(loss, 1)} MUSD)")


def _table(rows: pd.DataFrame, units: Units) -> Any:
    several = (rows["period"] != "total").any()
    out = table("what", "kind", *(("period",) if several else ()), "is", "least", "most", "unit>", "share, %",
                "least", "most", text=3 if several else 2)  # fmt: skip
    for row in rows.to_dict("records"):
        factor = units.volume_factors.get(row["family"], 1.0)
        sizes = [number(row[name] * factor, 3) for name in ("volume", "low", "high")]
        shares = [percent(row[name]) for name in ("share", "share_low", "share_high")]
        out.add_row(escape(_called(row)), row["kind"], *((row["period"],) if several else ()), *sizes,
                    _unit(row, units), *shares)  # fmt: skip
    return out


def _note(rows: pd.DataFrame, apart: pd.DataFrame) -> str:
    same, rest, gap = len(rows) - len(apart), len(apart) - MOST_ROWS, float(rows["gap"].max())
    told = [f"{rest} more with --json or --out" if rest > 0 else "", f"{same} can be no other" if same else "",
            f"each end is within {100 * gap:.2g} % (builds are open)" if gap > 0 else ""]
    return "; ".join(filter(None, told))


def volume_span(row: Row, units: Units) -> str:
    """``2.00–8.00`` in the unit shown."""
    factor = units.volume_factors.get(row["family"], 1.0)
    return f"{number(row['low'] * factor)}–{number(row['high'] * factor)}"


def _share_span(row: Row) -> str:
    low, high = row["share_low"], row["share_high"]
    return f"{percent(low)}–{percent(high)}" if low == low and high - low > APART else ""


def _of_exports(row: Row) -> str:
    span = _share_span(row)
    return f" ({span} % of exports)" if span else ""


def _called(row: Row) -> str:
    return f"{row['name']}, {row['commodity']}" if row["commodity"] else str(row["name"])


def _unit(row: Row, units: Units) -> str:
    return str(units.volume_names.get(row["family"], row["unit"]) or BLANK)
