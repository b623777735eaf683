"""From a solution to a plan: every variable back to labelled tables, the ledger from the objective's own terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import ALL, known_weights
from energy_routes.formulation import Space, Tangent, netback, on_the_sheet, over_periods
from energy_routes.indicators import indicator_table
from energy_routes.linear import Program, Vector
from energy_routes.plan.builds_and_emissions import (
    arc_capacity,
    builds_table,
    emissions_table,
    supply_available,
    tank_added,
    tier_added,
    unbuilt,
)
from energy_routes.plan.flow_tracing import paths
from energy_routes.plan.plan import Plan, Prices, Value
from energy_routes.plan.price_table import Worth, clean, price_table, supply_prices
from energy_routes.plan.routes import routes_of
from energy_routes.plan.schedule import schedule_of
from energy_routes.plan.tables import Tables
from energy_routes.plan.warnings.notices import notices

Entry: TypeAlias = "tuple[str, str, float, str, str]"  # term, kind, MUSD, its unit, family


def assemble(
    space: Space,
    program: Program,
    x: Vector,
    worth: Callable[[], Worth] | None,
    certificate: dict[str, Any],
    cuts: Sequence[Tangent] = (),
) -> Plan:
    """The plan of a point ``x`` (one number a column).

    ``worth`` prices the limits when a price is first read; None for a foreign solver.  The objective is the sum
    of the ledger's entries, so that certificate ``ledger_gap`` sets it against the programme's own.
    """
    on_the_sheet(space)  # what no route could carry is refused here, not when the routes are read
    entries = _entries(space, program, x)
    objective = float(np.sum([entry[2] for entry in entries]))
    return Plan(
        case=space.case,
        status="optimal",
        objective=Value(space.policy.objective, objective),
        netback=netback(space, x),
        parts=_parts(space, program, x, worth or _unpriced, entries),
        certificate={
            **certificate,
            "ledger_gap": abs(objective - float(program.cost @ x + program.offset)),
            **({"cuts": [cut.as_dict() for cut in cuts]} if cuts else {}),
        },
    )


def _parts(
    space: Space, program: Program, x: Vector, worth: Callable[[], Worth | None], entries: Sequence[Entry]
) -> Tables:
    """Every table and the warnings, each with what makes it."""
    tables = space.case.network.tables
    found, capacity = cache(lambda: list(paths(space, x))), cache(lambda: arc_capacity(space, x))
    return Tables({
        "flows": lambda _: _flows(space, x),
        "arcs": lambda of: _arcs(space, of["flows"], of["prices"].table, capacity()),
        "routes": lambda of: routes_of(space, x, of["prices"].table, found()),
        "schedule": lambda _: schedule_of(space, x, found()),
        "ledger": lambda _: pd.DataFrame(entries, columns=["term", "kind", "value", "unit", "family"]),
        "prices": lambda _: Prices(price_table(space, program, x, worth())),
        "indicators": lambda of: indicator_table(of["groups"], space.measured, known_weights(tables)),
        "groups": lambda _: _groups(space, x, capacity()),
        "supplies": lambda _: _supplies(space, x, worth()),
        "deliveries": lambda _: _deliveries(space, x),
        "obligations": lambda _: _obligations(space, x),
        "stocks": lambda _: _stocks(space, x),
        "ranges": lambda _: pd.DataFrame(columns=["kind", "limit", "low", "high", "unit"], dtype=object),
        "security": lambda _: pd.DataFrame(),
        "bookings": lambda _: pd.DataFrame(),
        "futures": lambda _: pd.DataFrame(),
        "builds": lambda _: builds_table(space, x, worth()),
        "emissions": lambda _: emissions_table(space, x),
        "warnings": lambda of: notices(space, x, of["flows"], of["supplies"], of["obligations"]),
    })  # fmt: skip


def _unpriced() -> None:
    """What a foreign solver knows of the worth of limits."""


def _flows(space: Space, x: Vector) -> pd.DataFrame:
    axis = space.flow.axis
    lanes, charge = axis.frame, axis.data("charge")
    volume = clean(space.flow.value(x))
    frame = lanes[["period", "arc", "from", "to", "mode", "family", "commodity", "to_commodity"]].assign(
        volume=volume,
        outlet=volume * axis.data("yield"),
        unit=lanes["family"].map(space.case.network.units("volume")),
        tariff=charge,
        cost=volume * charge,
    )
    names = space.case.network.tables["arcs"].set_index("id")["name"]
    frame.insert(2, "name", frame["arc"].map(names).fillna(frame["arc"]))
    return frame.sort_values(["period", "arc", "commodity"], ignore_index=True)


def _arcs(space: Space, flows: pd.DataFrame, prices: pd.DataFrame, capacity: Vector) -> pd.DataFrame:
    """Every arc of the packs in every period, the closed ones with volume 0."""
    arcs = space.case.network.tables["arcs"]
    frame = over_periods(
        arcs[["id", "name", "from", "to", "mode", "operator", "status"]].rename(columns={"id": "arc"}),
        space.case.periods,
    )
    carried = flows.groupby(["arc", "period"]).agg(volume=("volume", "sum"), family=("family", "first")).reset_index()
    frame = frame.merge(carried, on=["arc", "period"], how="left").merge(
        space.arcs.frame[["arc", "period"]].assign(capacity=capacity, open=True), on=["arc", "period"], how="left"
    )
    frame["family"] = frame["family"].fillna(frame["arc"].map(space.case.network.family_of("arcs")))
    frame["volume"] = frame["volume"].fillna(0.0)
    opened = frame.pop("open").notna().to_numpy() & ~unbuilt(space, frame)
    frame["status"] = np.where(opened, "operating", np.where(frame["status"] == "operating", "idle", frame["status"]))
    frame["capacity"] = frame["capacity"].where(np.isfinite(frame["capacity"]), np.nan)
    frame["utilisation"] = (frame["volume"] / frame["capacity"]).where(frame["capacity"] > 0)
    priced = prices[prices["kind"] == "capacity"].rename(columns={"limit": "arc"})[["arc", "period", "price"]]
    frame = frame.merge(priced, on=["arc", "period"], how="left")
    frame["price"] = frame["price"].fillna(0.0)
    frame["name"] = frame["name"].fillna(frame["arc"])
    return (
        frame.assign(unit=frame["family"].map(space.case.network.units("volume")))
        .drop(columns="years")
        .sort_values(["period", "arc"], ignore_index=True)
    )


def _supplies(space: Space, x: Vector, worth: Worth | None) -> pd.DataFrame:
    axis = space.lifted.axis
    lifted, available = clean(space.lifted.value(x)), supply_available(space, x)
    own = (axis.frame["kind"] == "own").to_numpy(dtype=bool)
    return axis.frame[["period", "supply", "shipper", "node", "commodity", "family"]].assign(
        available=available,
        lifted=lifted,
        shut_in=clean(np.where(np.isfinite(available) & own, available - lifted, 0.0)),
        price=np.nan if worth is None else supply_prices(axis.frame, worth),
        unit=axis.frame["family"].map(space.case.network.units("volume")),
        kind=axis.frame["kind"],
    )


def _deliveries(space: Space, x: Vector) -> pd.DataFrame:
    axis = space.delivered.axis
    names = space.case.network.tables["markets"].set_index("id")["name"]
    depth = axis.data("depth")
    frame = axis.frame[["period", "market", "tier", "commodity", "family", "export"]].assign(
        volume=clean(space.delivered.value(x)),
        depth=np.where(np.isfinite(depth), depth + tier_added(space, x), np.nan),
        price=axis.data("price"),
        unit=axis.frame["family"].map(space.case.network.units("volume")),
        name=axis.frame["market"].map(names).fillna(axis.frame["market"]),
    )
    return frame[
        ["period", "market", "name", "tier", "commodity", "family", "volume", "depth", "price", "export", "unit"]
    ]


def _obligations(space: Space, x: Vector) -> pd.DataFrame:
    """What serves each obligation; one row of nothing where no grade reaches it."""
    tables = space.case.network.tables
    family = tables["commodities"].set_index("id")["family"]
    keys = ["period", "obligation"]
    due = space.obligations.frame[[*keys, "node", "commodities", "family"]].assign(
        required=space.obligations.data("volume"), short=clean(space.short.value(x))
    )
    served = space.home.axis.frame[[*keys, "commodity"]].assign(volume=clean(space.home.value(x)))
    frame = due.merge(served, on=keys, how="left")
    one = tables["commodities"].drop_duplicates("family").set_index("family")["id"]
    families = frame.pop("family")
    first = [held[0] if held else one[k] for held, k in zip(frame.pop("commodities"), families, strict=True)]
    frame["commodity"] = frame["commodity"].where(frame["commodity"].notna(), first)
    frame["volume"] = frame["volume"].fillna(0.0)
    order = [*keys, "node", "commodity", "volume", "required", "short"]
    return frame[order].assign(unit=frame["commodity"].map(family).map(space.case.network.units("volume")))


def _stocks(space: Space, x: Vector) -> pd.DataFrame:
    axis = space.stock.axis
    closing, injected, withdrawn = (clean(e.value(x)) for e in (space.stock, space.injected, space.withdrawn))
    family = space.case.network.tables["commodities"].set_index("id")["family"]
    return axis.frame[["period", "storage", "node", "commodity"]].assign(
        opening=clean(closing - injected + withdrawn),
        injected=injected,
        withdrawn=withdrawn,
        closing=closing,
        working_volume=axis.data("working_volume") + tank_added(space, x),
        unit=axis.frame["commodity"].map(family).map(space.case.network.units("volume")),
    )


def _groups(space: Space, x: Vector, capacity: Vector) -> pd.DataFrame:
    """Volume sold abroad, capacity of the meters and how far they are used, and share of each group.

    By period and in total.  What is used is what enters at the meters, before the losses that follow.
    """
    keys = ["kind", "group", "family"]
    total = space.share_totals
    of = total.axis.frame[["kind", "family", "period"]].assign(total=total.value(x))
    frame = space.exposure.axis.frame[[*keys, "period"]].assign(volume=clean(space.exposure.value(x)))
    metered = space.inlets
    passed = metered.frame[[*keys, "period"]].assign(inlet=clean(space.flow.spread_to(metered).value(x)))
    frame = (
        frame.merge(of, on=["kind", "family", "period"])
        .merge(_meter_capacity(space, capacity), on=[*keys, "period"], how="left")
        .merge(passed.groupby([*keys, "period"], as_index=False)["inlet"].sum(), on=[*keys, "period"], how="left")
    )
    horizon = frame.groupby(keys, sort=False).agg(
        volume=("volume", "sum"), total=("total", "sum"), inlet=("inlet", "sum"),
        capacity=("capacity", lambda c: c.sum(skipna=False)),
    )  # fmt: skip
    frame = pd.concat([horizon.reset_index().assign(period="total"), frame], ignore_index=True)
    called = _group_names(space)
    frame["name"] = [called.get(key, key[1]) for key in zip(*(frame[key] for key in keys), strict=True)]
    frame["share"] = (frame["volume"] / frame["total"]).where(frame["total"] > 0)
    frame["utilisation"] = (frame["inlet"].fillna(0.0) / frame["capacity"]).where(frame["capacity"] > 0)
    frame["unit"] = frame["family"].map(space.case.network.units("volume"))
    order = ["kind", "group", "name", "family", "period", "volume", "capacity", "utilisation", "share", "unit"]
    return frame[order]


def _group_names(space: Space) -> dict[tuple[str, str, str], str]:
    """What each family's pack calls a (kind, group, family), where it gives it a name."""
    out = {}
    for pack in reversed(space.case.network.packs):
        markets = pack.tables["markets"].assign(kind="market").rename(columns={"id": "group"})
        for frame in (markets, pack.tables["groups"]):
            for kind, group, name in zip(frame["kind"], frame["group"], frame["name"], strict=True):
                if isinstance(name, str):
                    out[kind, group, pack.family.id] = name
    together: dict[tuple[str, str], list[str]] = {}
    for (kind, group, _), name in sorted(out.items(), key=lambda item: item[0][2], reverse=True):  # oil first
        if name not in together.setdefault((kind, group), []):
            together[kind, group].append(name)
    return out | {(kind, group, ALL): " / ".join(names) for (kind, group), names in together.items()}


def _meter_capacity(space: Space, capacity: Vector) -> pd.DataFrame:
    """Effective capacity of the arcs a group is measured at, 0 where closed; undefined where one has no limit."""
    table, family = space.case.network.tables["meters"], space.case.network.family_of("arcs")
    metered = table.loc[table["arc"].notna(), ["kind", "group", "arc"]].drop_duplicates()
    metered = over_periods(metered.assign(family=metered["arc"].map(family)), space.case.periods)
    own = space.arcs.frame[["arc", "period"]].assign(capacity=capacity)
    metered = metered.merge(own, on=["arc", "period"], how="left")
    closed = metered["capacity"].isna()
    metered["capacity"] = metered["capacity"].where(np.isfinite(metered["capacity"])).mask(closed, 0.0)
    groups = metered.groupby(["kind", "group", "family", "period"])["capacity"]
    return groups.agg(lambda c: c.sum(skipna=False)).reset_index()


def _entries(space: Space, program: Program, x: Vector) -> list[Entry]:
    """One entry a term of the objective and family; a term over all families at once (what risk adds) says 'all'."""
    families = list(space.exports.axis.frame["family"].unique())
    entries: list[Entry] = []
    for term in program.terms:
        values, labels = term.expr.value(x), term.expr.axis.frame
        if len(families) == 1 or "family" not in labels:
            family = families[0] if len(families) == 1 else ALL
            entries.append((term.name, term.kind, float(values.sum()), "MUSD", family))
            continue
        of = labels["family"].to_numpy(dtype=object)
        entries += [(term.name, term.kind, float(values[of == family].sum()), "MUSD", family) for family in families]
    return entries
