"""What has happened: actual volumes of the months gone by, and what they leave of caps and commitments.

A table of actuals has a row a month and thing: what flowed into an arc (by commodity), what a supply lifted, what a
market took, and the closing stock of each store::

    what,id,commodity,period,volume,unit
    arc,CPC_RU,TENGIZ,2024-03,2310,kt
    storage,CPC_TF,,2024-04,0.42,Mt

An arc, supply or market without a row moved nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from energy_routes.errors import Fault, UnitError, UsageError, refuse
from energy_routes.linear import Labels
from energy_routes.network import Network, Ways, meter_table
from energy_routes.pack import (
    PARTITIONS,
    Period,
    by_key,
    check_list,
    nearest,
    number,
    read_rows,
    spanned,
    steps_of,
    units,
)

COLUMNS = ("what", "id", "commodity", "period", "volume", "unit", "note")
REQUIRED = ("what", "id", "period", "volume")
TABLES: Mapping[str, str] = {"arc": "arcs", "supply": "supplies", "market": "markets", "storage": "storages"}

Group = tuple[str, str, str]  # (kind, group, family)
Share = tuple[str, str, float]  # (kind, group, share of what passes that is sold abroad in the end)


@dataclass(frozen=True)
class Actual:
    """One actual volume, Mt (bcm): what it is of, its id, the commodity ('' where it does not matter), the period."""

    what: str
    id: str
    commodity: str
    period: str
    volume: float


@dataclass(frozen=True)
class Past:
    """The part of a horizon that is gone: its ``periods``, the ``actuals``, and by family what each group has carried.

    ``exposure`` is by (kind, group, family), ``totals`` what a share is a share of, by (kind, family); Mt (bcm).
    """

    periods: tuple[Period, ...]
    actuals: tuple[Actual, ...]
    exposure: Mapping[Group, float] = field(default_factory=dict)
    totals: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def years(self) -> float:
        return sum(period.years for period in self.periods)

    def moved(self, what: str, name: str, commodities: Sequence[str] = (), year: int | None = None) -> float:
        """Volume of one arc, supply or market over the months gone by (of one year; of some commodities)."""
        inside = {p.label for p in self.periods if year is None or p.year == year}
        return sum(
            a.volume
            for a in self.actuals
            if (a.what, a.id) == (what, name) and a.period in inside and (not commodities or a.commodity in commodities)
        )

    def in_period(self, network: Network, label: str) -> dict[Group, float]:
        """What each group has carried in one period gone by, by (kind, group, family)."""
        return _exposure(network, Past(tuple(p for p in self.periods if p.label == label), self.actuals))

    def stock(self, storage: str, period: str) -> float | None:
        """Closing stock of a store at the end of a period, all commodities; None where no row tells it."""
        rows = [a.volume for a in self.actuals if (a.what, a.id, a.period) == ("storage", storage, period)]
        return sum(rows) if rows else None


def past_of(network: Network, periods: Sequence[Period], actuals: str | Path | pd.DataFrame | Sequence[Actual]) -> Past:
    """The past of a network from actuals, read or in a table.  Raises DataError with every fault of the table."""
    if isinstance(actuals, str | Path | pd.DataFrame):
        actuals = read_actuals(network, periods, actuals)
    past = Past(tuple(periods), tuple(actuals))
    exposure = _exposure(network, past)
    return Past(past.periods, past.actuals, exposure, _totals(network, past, exposure))


def actuals_of(tables: Mapping[str, pd.DataFrame], periods: Sequence[str] | None = None) -> pd.DataFrame:
    """A table of actuals as the ``tables`` of a plan have them, in some of its periods.

    Raises UsageError for no period, for one twice, and for one that the plan does not have.
    """
    if periods is not None:
        check_list("periods", periods)
    known = tables["arcs"]["period"].unique().tolist()
    if unknown := [period for period in periods or () if period not in known]:
        raise UsageError(f"the plan has no period {unknown[0]!r}; expected some of {', '.join(known)}. "
                         f"{nearest(unknown[0], known)}")
    kept = {
        "arc": ("flows", "arc", "volume"), "supply": ("supplies", "supply", "lifted"),
        "market": ("deliveries", "market", "volume"), "storage": ("stocks", "storage", "closing"),
    }  # fmt: skip
    parts = []
    for what, (table, name, volume) in kept.items():
        rows = tables[table].groupby(["period", name, "commodity", "unit"], as_index=False)[[volume]].sum()
        parts.append(rows.rename(columns={name: "id", volume: "volume"}).assign(what=what))
    out = pd.concat(parts, ignore_index=True)
    out = out[(out["volume"].abs() > 0) | (out["what"] == "storage")]
    if periods is not None:
        out = out[out["period"].isin(list(periods))]
    return out[["what", "id", "commodity", "period", "volume", "unit"]].reset_index(drop=True)


def read_actuals(
    network: Network, periods: Sequence[Period], table: str | Path | pd.DataFrame
) -> tuple[Actual, ...]:
    """The rows of a table of actuals in inner units.  Raises DataError with every fault."""
    name, rows, faults = read_rows(table, "table of actuals", COLUMNS, REQUIRED)
    out = []
    stands: dict[tuple[str, str, str, str], int] = {}  # the row of what is told already
    for at, row in rows:
        if not all(row[column] for column in REQUIRED):
            continue  # told already
        found = _actual(network, periods, row)
        if not isinstance(found, Actual):
            faults.append(Fault(name, at, *found))
            continue
        row_before = stands.setdefault((found.what, found.id, found.commodity, found.period), at)
        if row_before != at:
            again = f"{found.what} {found.id} of {found.period} again, after row {row_before}"
            faults.append(Fault(name, at, "id", again, "one row a month and thing", "Remove one, or add them up."))
        out.append(found)
    refuse(name, faults)
    return tuple(out)


def _actual(network: Network, periods: Sequence[Period], row: Mapping[str, str]) -> Actual | tuple[str, str, str, str]:
    """A row as an actual volume, or (column, found, expected, repair)."""
    what, name, grade, when = row["what"], row["id"], row["commodity"], row["period"]
    if what not in TABLES:
        return "what", repr(what), " | ".join(TABLES), nearest(what, TABLES)
    ids = network.ids(TABLES[what])
    if name not in ids:
        return "id", f"{name!r} is not in {TABLES[what]}", "an id of that table", nearest(name, ids)
    commodities = network.tables["commodities"].set_index("id")
    if what == "supply":
        frame = network.tables["supplies"].set_index("id")
        grade = grade or str(frame["commodity"][name])
    if grade and grade not in commodities.index:
        return "commodity", repr(grade), "a commodity of the pack", nearest(grade, commodities.index)
    if what in ("arc", "market") and not grade:
        return "commodity", "blank", "what moved: meters and contracts may count one grade only", ""
    known = [p.label for p in periods]
    if when not in known and not (what == "storage" and when < known[0]):
        return "period", repr(when), f"a period that is gone: {spanned(known)}", nearest(when, known)
    facts = commodities.loc[grade] if grade else commodities.iloc[0]
    try:
        family = network.families[str(facts["family"])]
        unit = units.parse_unit(row["unit"] or family.volume_unit, "volume", family)
        volume = units.to_inner(number(row["volume"]), unit, "volume", bbl_per_t=facts["bbl_per_t"],
                                mj_per_m3=facts["mj_per_m3"])  # fmt: skip
    except UnitError as error:
        return "unit", error.found, error.expected, error.repair
    except ValueError:
        return "volume", repr(row["volume"]), "a number with a decimal point", ""
    if not 0 <= volume < float("inf"):
        return "volume", row["volume"], "a volume of 0 or more", ""
    return Actual(what, name, grade, when, volume)


def counted(network: Network, periods: Sequence[Period]) -> dict[tuple[str, str, str, str], list[Share]]:
    """Where each group is counted, by (what, id, commodity, period): what flows into an arc, what a market takes.

    See :mod:`energy_routes.network.arrival`: the same meaning as in a plan.
    """
    found = _ways(network, periods).counted(meter_table(network.tables))
    lanes = found.lanes.frame[["arc", "commodity", "period", "kind", "group", "share"]].assign(what="arc")
    sales = found.sales.frame[["market", "commodity", "period", "kind", "group"]].assign(what="market", share=1.0)
    rows = pd.concat([lanes.rename(columns={"arc": "id"}), sales.rename(columns={"market": "id"})], ignore_index=True)
    return by_key(((row["what"], row["id"], row["commodity"], row["period"]), (row["kind"], row["group"], row["share"]))
                  for row in rows.to_dict("records"))  # fmt: skip


def _ways(network: Network, periods: Sequence[Period]) -> Ways:
    """What could move over the months gone by: open lanes with their yields, sales, homes, tanks and supplies."""
    tables, labels = network.tables, [p.label for p in periods]
    opened = network.open(periods)
    steps = steps_of({**tables, "arcs": tables["arcs"].assign(status="operating", capacity=np.inf)})  # those open below
    grades, nodes = np.array(steps.commodities, dtype=object), np.array(steps.nodes, dtype=object)
    over, into = steps.arc >= 0, steps.market >= 0
    keys = tables["lanes"][["arc", "commodity"]].itertuples(index=False, name=None)
    row = {key: at for at, key in enumerate(keys)}
    arcs = tables["arcs"]["id"].to_numpy(dtype=object)[steps.arc[over]]
    lanes = pd.DataFrame({
        "arc": arcs, "commodity": grades[steps.commodity[over]], "from": nodes[steps.tail[over] // len(grades)],
        "to": nodes[steps.head[over] // len(grades)], "to_commodity": grades[steps.head[over] % len(grades)],
    })  # fmt: skip
    kept = np.vstack([network.resolve("lanes", "yield", periods).reshape(-1, len(labels)), np.ones(len(labels))])
    kept = kept[[row.get(key, -1) for key in zip(lanes["arc"], lanes["commodity"], strict=True)]]
    running = opened[steps.arc[over]]
    sold = pd.DataFrame({
        "market": np.array(steps.markets, dtype=object)[steps.market[into]],
        "node": nodes[steps.tail[into] // len(grades)], "commodity": grades[steps.commodity[into]],
    })  # fmt: skip
    markets = tables["markets"]
    sold = sold[sold["market"].isin(markets["id"][markets["export"].to_numpy(dtype=bool)])]
    stays = [tables[table][["node"]] for table in ("obligations", "storages")]
    parts = (
        pd.concat([lanes[running[:, t]].assign(period=label, **{"yield": kept[running[:, t], t]})
                   for t, label in enumerate(labels)], ignore_index=True),
        sold.merge(pd.DataFrame({"period": labels}, dtype=object), how="cross"),
        pd.concat(stays).drop_duplicates().merge(pd.DataFrame({"commodity": grades}), how="cross"),
        tables["supplies"][["node", "commodity"]],
    )  # fmt: skip
    return Ways(*map(Labels.of, parts))


def _exposure(network: Network, past: Past) -> dict[Group, float]:
    """What each group has carried: of actual inlets and sales, what is counted there as sold abroad."""
    family = network.family_of("commodities")
    at = counted(network, past.periods)
    out: dict[Group, float] = {}
    for actual in past.actuals:
        for kind, group, share in at.get((actual.what, actual.id, actual.commodity, actual.period), ()):
            key = (kind, group, family[actual.commodity])
            out[key] = out.get(key, 0.0) + share * actual.volume
    return out


def _totals(network: Network, past: Past, exposure: Mapping[Group, float]) -> dict[tuple[str, str], float]:
    """What shares are shares of: a partition's own sum; for other kinds the sum over corridors, else over markets."""
    kinds = {*network.tables["groups"]["kind"], "market"}
    trunk = "corridor" if "corridor" in kinds else "market"
    families = {family for _, _, family in exposure}

    def total(kind: str, family: str) -> float:
        return sum(volume for (k, _, f), volume in exposure.items() if (k, f) == (kind, family))

    return {(k, f): total(k if k in PARTITIONS else trunk, f) for k in kinds for f in families}
