"""The same coefficients as components of an energy system: sources, sinks, links and tanks at buses.

A bus is a node, or a tank, of one commodity.  What buses cannot say (a capacity that commodities share, a joint limit)
stays a constraint over the components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from coefficients import Index, Tables, Vector

BUSES = {"balance": "node ", "stock_balance": "tank "}  # rules that are the balance of a bus; what its name begins with
ACCOUNTS = ("exports", "exposure")  # volumes that are added up and bear no cost


@dataclass(frozen=True, eq=False)
class System:
    """The components of a linear programme.

    Attributes
    ----------
    items : DataFrame
        A row a component, by name: ``kind`` (source, sink, link, tank or other), ``start`` and ``end``, the buses that
        it takes from and brings to, ``cyclic`` and ``opening`` of a tank.
    lower, upper, cost, kept : array
        Shape (periods, components); ``kept`` is what arrives of a unit that enters a link.
    rest : Tables
        The constraints that are left, over all columns.
    columns, period, item : array
        The columns that are components, and the place of each in the arrays.
    """

    items: pd.DataFrame
    lower: Vector
    upper: Vector
    cost: Vector
    kept: Vector
    rest: Tables
    columns: Index
    period: Index
    item: Index

    @property
    def buses(self) -> list[str]:
        """Names of the buses, sorted."""
        return sorted((set(self.items["start"]) | set(self.items["end"])) - {""})

    def of(self, kind: str) -> tuple[pd.DataFrame, Index]:
        """The components of a kind, and their places."""
        at = np.flatnonzero(self.items["kind"] == kind)
        return self.items.iloc[at], at

    def by_column(self, values: Vector, size: int) -> Vector:
        """Values by period and component as one a column; a column that is no component has −1."""
        out = np.full(size, -1, dtype=values.dtype)
        out[self.columns] = values[self.period, self.item]
        return out


def system_of(tables: Tables) -> System:
    """The components of a programme."""
    tables = _bounded(_without_accounts(tables))
    ends, rest = _ends(tables), _rest(tables)
    used = np.flatnonzero(tables.columns["block"].ne(""))
    columns = tables.columns.iloc[used]
    item, names = pd.factorize(columns["block"] + "/" + columns["item"])
    periods = sorted(set(columns["period"]))
    period = pd.Index(periods).get_indexer(columns["period"])
    shape = (len(periods), len(names))

    def spread(values: Vector, empty: float) -> Vector:
        out = np.full(shape, empty)
        out[period, item] = values
        return out

    arrays = (spread(columns[name].to_numpy(), 0.0) for name in ("lower", "upper", "cost"))
    items = ends.iloc[used].set_axis(item).groupby(level=0).agg(
        {"kind": "first", "start": "max", "end": "max", "cyclic": "max", "opening": "max"}
    ).set_axis(names)  # fmt: skip
    return System(items, *arrays, spread(ends["kept"].to_numpy()[used], 1.0), rest, used, period, item)


def _without_accounts(tables: Tables) -> Tables:
    """Without the accounts that no limit uses: nobody who writes components adds them up."""
    entries = tables.entries
    uses = np.bincount(entries["column"], minlength=len(tables.columns))
    idle = tables.columns["block"].isin(ACCOUNTS).to_numpy() & (uses <= 1)
    of_idle = entries["row"][idle[entries["column"]]]
    gone = np.isin(np.arange(len(tables.rows)), of_idle) & tables.rows["block"].isin(ACCOUNTS).to_numpy()
    columns = tables.columns.assign(block=tables.columns["block"].mask(idle, ""))
    return replace(_rows(tables, ~gone), columns=columns)


def _bounded(tables: Tables) -> Tables:
    """A row of one positive entry is a bound of its column."""
    entries = tables.entries
    alone = (np.bincount(entries["row"], minlength=len(tables.rows)) == 1)[entries["row"]]
    alone &= (entries["value"] > 0).to_numpy() & ~tables.rows["block"].isin(BUSES).to_numpy()[entries["row"]]
    single = entries[alone]
    at = tables.rows.iloc[single["row"]]
    columns = tables.columns.copy()
    lower, upper = columns["lower"].to_numpy(copy=True), columns["upper"].to_numpy(copy=True)
    np.maximum.at(lower, single["column"], at["lower"].to_numpy() / single["value"].to_numpy())
    np.minimum.at(upper, single["column"], at["upper"].to_numpy() / single["value"].to_numpy())
    kept = ~np.isin(np.arange(len(tables.rows)), single["row"])
    return replace(_rows(tables, kept), columns=columns.assign(lower=lower, upper=upper))


def _ends(tables: Tables) -> pd.DataFrame:
    """The kind of each column, where it begins and ends, what it keeps, and what a tank begins with."""
    rows, columns = tables.rows.iloc[tables.entries["row"]], tables.columns.iloc[tables.entries["column"]]
    bus = rows["block"].map(BUSES) + rows["item"]
    arriving = np.where(rows["block"] == "stock_balance", -1.0, 1.0)  # what enters a tank stands with a minus
    frame = pd.DataFrame({
        "column": tables.entries["column"].to_numpy(), "value": tables.entries["value"].to_numpy() * arriving,
        "bus": bus.to_numpy(), "tank": columns["block"].to_numpy() == "stock", "level": rows["upper"].to_numpy(),
        "own": rows["period"].to_numpy() == columns["period"].to_numpy(),
        "back": rows["period"].to_numpy() < columns["period"].to_numpy(),
    }).dropna(subset=["bus"])  # fmt: skip
    moves = frame[~frame["tank"]]
    taken, given = (side.set_index("column") for side in (moves[moves["value"] < 0], moves[moves["value"] > 0]))
    tanks, carried = (side.set_index("column") for side in (frame[frame["tank"] & frame["own"]],
                                                            frame[frame["tank"] & frame["back"]]))  # fmt: skip
    out = pd.DataFrame({"start": taken["bus"], "end": given["bus"], "kept": given["value"] / -taken["value"]},
                       index=range(len(tables.columns)))  # fmt: skip
    out.loc[tanks.index, "start"] = tanks["bus"]
    starts, ends = out["start"].notna(), out["end"].notna()
    kinds = {"tank": out.index.isin(tanks.index), "link": starts & ends, "sink": starts, "source": ends}
    return out.assign(
        kind=np.select(list(kinds.values()), list(kinds), "other"), start=out["start"].fillna(""),
        end=out["end"].fillna(""), kept=out["kept"].fillna(1.0), cyclic=out.index.isin(carried.index),
        opening=tanks["level"].reindex(out.index).fillna(0.0),
    )  # fmt: skip


def _rest(tables: Tables) -> Tables:
    return _rows(tables, ~tables.rows["block"].isin(BUSES).to_numpy())


def _rows(tables: Tables, kept: np.ndarray) -> Tables:
    """The tables with some rows only."""
    place = np.cumsum(kept) - 1
    entries = tables.entries[kept[tables.entries["row"]]]
    entries = entries.assign(row=place[entries["row"]]).reset_index(drop=True)
    return replace(tables, rows=tables.rows[kept].reset_index(drop=True), entries=entries)
