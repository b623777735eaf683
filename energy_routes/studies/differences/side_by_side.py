"""Two plans row by row: volumes, prices and binding limits before and after, and which rows are not the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from energy_routes.answer import families_of
from energy_routes.case import ALL
from energy_routes.network import Names
from energy_routes.plan import Plan, corridor_totals
from energy_routes.results import binding

KEYS = ["kind", "id", "name", "family", "unit"]


def joined(before: pd.Series[float], after: pd.Series[float]) -> pd.DataFrame:
    """Both in one table, with the change; what only one of them has is 0 in the other."""
    both = pd.DataFrame({"before": before, "after": after}).fillna(0.0)
    return both.assign(change=both["after"] - both["before"])


def of_both(table: pd.DataFrame, family: Iterable[str], before: Plan, after: Plan) -> pd.DataFrame:
    """The table without a change where only one plan deals with a row's family: oil is not taken from gas."""
    known = {*families_of(before)} & {*families_of(after)} | {ALL}
    return table.assign(change=table["change"].where(np.array([name in known for name in family], dtype=bool)))


def edits(before: Plan, after: Plan) -> pd.DataFrame:
    """The changes laid over the data in one case and not in the other."""
    old, new = before.case.edits, after.case.edits
    rows = [("only before", e) for e in old if e not in new] + [("only after", e) for e in new if e not in old]
    columns = ["where", "target", "field", "change", "periods", "reason", "source"]
    return pd.DataFrame(
        [
            (where, e.target, e.field, e.written or f"{e.op} {e.value}", ";".join(e.periods), e.reason, e.source)
            for where, e in rows
        ],
        columns=columns,
    )


def totals(before: Plan, after: Plan) -> pd.DataFrame:
    """Netback (MUSD), exports and shut-in by family (Mt, bcm)."""
    both = families_of(before) == families_of(after)
    netbacks = (pd.Series({"netback": plan.netback}) for plan in (before, after))
    money = joined(*netbacks).assign(unit="MUSD")
    units = before.case.network.units("volume") | after.case.network.units("volume")
    parts = [money if both else money.assign(change=float("nan"))]
    for name in ("exports", "shut_in"):
        table = joined(getattr(before, name), getattr(after, name))
        table = of_both(table, table.index, before, after).assign(unit=table.index.map(units))
        table.index = pd.Index([f"{name.replace('_', '-')} of {family}" for family in table.index])
        parts.append(table)
    return pd.concat(parts).rename_axis("what").reset_index()


def corridors(before: Plan, after: Plan) -> pd.DataFrame:
    """Volumes by corridor, Mt or bcm."""
    sides = (corridor_totals(plan.groups).set_index(["name", "unit", "family"])["volume"] for plan in (before, after))
    table = joined(*sides).rename_axis(["corridor", "unit", "family"]).reset_index()
    return of_both(table.drop(columns="family"), table["family"], before, after)


def ledger(before: Plan, after: Plan) -> pd.DataFrame:
    """The terms of the objective, MUSD."""
    keys = ["term", "family"]
    table = joined(*(plan.ledger.set_index(keys)["value"] for plan in (before, after)))
    order = pd.MultiIndex.from_frame(pd.concat([before.ledger[keys], after.ledger[keys]]).drop_duplicates())
    table = table.loc[order].reset_index().assign(unit="MUSD")
    return of_both(table, table["family"], before, after)


def volumes(before: Plan, after: Plan) -> pd.DataFrame:
    """Volumes of the horizon, Mt (bcm): groups, arcs, what is lifted and what is delivered at home, a row each."""
    return _beside(pd.concat(_volumes(before)), pd.concat(_volumes(after)), none=0.0)


def _volumes(plan: Plan) -> Iterable[pd.DataFrame]:
    called = Names(plan.case.network.tables).target
    home = plan.obligations.assign(family=plan.obligations["commodity"].map(plan.case.network.family_of("commodities")))
    groups = plan.groups[plan.groups["period"] == "total"].rename(columns={"group": "id", "volume": "value"})
    yield groups[[*KEYS, "value"]]
    for kind, frame, volume in (("arc", plan.arcs, "volume"), ("supply", plan.supplies, "lifted"),
                                ("obligation", home, "volume")):  # fmt: skip
        sums = frame.groupby([kind, "family", "unit"], sort=False)[volume].sum().reset_index()
        sums = sums.rename(columns={kind: "id", volume: "value"})
        yield sums.assign(kind=kind, name=[called.get(f"{kind}:{i}", i) for i in sums["id"]])[[*KEYS, "value"]]


def prices(before: Plan, after: Plan) -> pd.DataFrame:
    """Unit values, USD/t (USD/1000 m³), a row each; undefined where nothing moves.

    ``corridor``: the mean netback of what goes by it.  ``market``: the mean price of what it buys.  ``supply``: what
    one more unit at the field is worth, the mean over what is lifted.
    """
    return _beside(pd.concat(_prices(before)), pd.concat(_prices(after)), none=np.nan)


def _prices(plan: Plan) -> Iterable[pd.DataFrame]:
    called, units = Names(plan.case.network.tables).target, plan.case.network.units("unit_value")
    exported = plan.routes[plan.routes["export"].astype(bool)]
    for kind, frame, value, volume in (
        ("corridor", exported, "netback", "volume"), ("market", plan.deliveries, "price", "volume"),
        ("supply", plan.supplies, "price", "lifted"),
    ):  # fmt: skip
        moved = frame.assign(money=frame[value].astype(float) * frame[volume])
        moved = moved[(moved[volume] > 0) & (moved[kind] != "")]
        sums = moved.groupby([kind, "family"], sort=False)[["money", volume]].sum().reset_index()
        sums = sums.rename(columns={kind: "id"})
        yield sums.assign(
            kind=kind, name=[called.get(f"{kind}:{i}", i) for i in sums["id"]], unit=sums["family"].map(units),
            value=sums["money"] / sums[volume],
        )[[*KEYS, "value"]]  # fmt: skip


def limits(before: Plan, after: Plan) -> pd.DataFrame:
    """Limits that bind in either plan: what one more a year of each is worth, 0 where it does not bind.

    ``binds`` is before, after or both; ``note`` says why a price is undefined.
    """
    keys = ["kind", "target", "name", "family", "side", "unit"]
    old, new = (binding(plan)[[*keys, "price", "note"]] for plan in (before, after))
    both = old.merge(new, on=keys, how="outer", suffixes=("_before", "_after"), indicator=True, sort=False)
    binds = both["_merge"].astype(str).map({"left_only": "before", "right_only": "after", "both": "both"})
    notes = both["note_after"].fillna("").where(lambda own: own != "", both["note_before"].fillna(""))
    was, now = (both[f"price_{side}"].where(binds.isin([side, "both"]), 0.0) for side in ("before", "after"))
    table = both[keys].assign(before=was, after=now, change=now - was, binds=binds, note=notes)
    order = table.assign(moved=-table["change"].abs(), size=-table[["before", "after"]].abs().max(axis=1))
    order = order.sort_values(["moved", "size", "kind", "target", "side"], kind="stable")
    columns = ["kind", "target", "name", "family", "side", "before", "after", "change", "unit", "binds", "note"]
    return order[columns].reset_index(drop=True)


def _beside(old: pd.DataFrame, new: pd.DataFrame, none: float) -> pd.DataFrame:
    """The rows of both, in the order of the first; a row that one of them has not is ``none`` there."""
    order = pd.MultiIndex.from_frame(pd.concat([old[KEYS], new[KEYS]]).drop_duplicates())
    sides = (frame.set_index(KEYS)["value"].reindex(order) for frame in (old, new))
    before, after = (side.fillna(none) for side in sides)
    table = pd.DataFrame({"before": before, "after": after, "change": after - before}).reset_index()
    return table[["kind", "id", "name", "family", "before", "after", "change", "unit"]]


def differing(tables: Mapping[str, pd.DataFrame], tolerance: float) -> pd.DataFrame:
    """The rows of several tables that are not the same: table, what, family, before, after, unit.

    Two numbers are the same up to ``tolerance`` times the larger of them, or of 1; undefined is as undefined.
    """
    parts = []
    for name, table in tables.items():
        old, new = (table[side].to_numpy(dtype=float) for side in ("before", "after"))
        size = np.fmax(1.0, np.fmax(np.abs(old), np.abs(new)))
        with np.errstate(invalid="ignore"):
            apart = ~((np.abs(new - old) <= tolerance * size) | (old == new)) & ~(np.isnan(old) & np.isnan(new))
        what = next(column for column in ("what", "name", "corridor", "term") if column in table)
        kind = " (" + table["kind"].astype(str) + ")" if "kind" in table else ""
        rows = pd.DataFrame({"table": name, "what": table[what].astype(str) + kind, "family": table.get("family", ""),
                             "before": old, "after": new, "unit": table["unit"]})  # fmt: skip
        parts.append(rows[apart])
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found
