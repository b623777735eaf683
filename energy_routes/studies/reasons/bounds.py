"""What bounds a target: contracts that hold volume there, limits that it has come to, what closes it.

Nothing comes to what is closed: its arcs are out of service, or without capacity.  What holds volume at a target
whatever it costs are contracts and least volumes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.linear import ACTIVE, both
from energy_routes.network import Edit, Names
from energy_routes.pack import Mask
from energy_routes.solving import BareOptimum
from energy_routes.studies.reasons.steps import Curve
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED

CLOSINGS = ["arc", "name", "why", "path", "value", "options"]
HOLDS = ["kind", "id", "name", "volume", "without", "without_free"]
LIMITS = ["kind", "limit", "name", "side", "periods", "volume", "bound", "price", "unit"]


class Shut(NamedTuple):
    """An arc that carries nothing in any period: why, and the field with the value that opens it."""

    arc: str
    why: str
    field: str
    value: str | float

    @property
    def edit(self) -> Edit:
        """What opens it."""
        value = np.inf if self.value == "unlimited" else self.value
        return Edit("arcs", self.arc, self.field, "set", value, reason="opened by a study")


def shut(case: Case, arcs: tuple[str, ...]) -> Iterator[Shut]:
    """Those of some arcs that carry nothing in any period."""
    network, periods = case.network, case.periods
    status, ids = network.chosen("arcs", "status", periods), network.ids("arcs")
    rates = {name: network.resolve("arcs", name, periods) for name in ("capacity", "availability", "booked")}
    for arc in arcs:
        at = ids.index(arc)
        capacity, available, booked = (rates[name][at] for name in ("capacity", "availability", "booked"))
        if (status[at] != "operating").all():
            yield Shut(arc, f"its status is {status[at][0]}", "status", "operating")
        elif (capacity <= 0).all():
            yield Shut(arc, "its capacity is 0", "capacity", "unlimited")
        elif (available <= 0).all():
            yield Shut(arc, "its availability is 0", "availability", 1.0)
        elif (capacity * available <= booked).all():
            yield Shut(arc, "others have booked all that it can carry", "booked", 0.0)


def opened(case: Case, found: list[Shut]) -> Case:
    """The case with these arcs open."""
    return replace(case, network=case.network.with_edits(*(one.edit for one in found)))


def closings_of(case: Case, found: list[Shut]) -> pd.DataFrame:
    """A row each: the arc and its name, why it is shut, the path and value that open it, and options to build it."""
    called, effects = Names(case.network.tables).arc, case.network.tables["option_effects"]
    rows = [(one.arc, called[one.arc], one.why, f"arc:{one.arc}.{one.field}", str(one.value),
             ";".join(effects.loc[effects["target"] == f"arc:{one.arc}", "option"])) for one in found]  # fmt: skip
    return pd.DataFrame(rows, columns=CLOSINGS)


def holds_of(target: Target, curve: Curve) -> pd.DataFrame:
    """What obliges volume to the target, and without which it has less; a row each.

    ``without`` is the volume that is left (Mt or bcm), ``without_free`` the same with a tariff of 0, NaN of a price.
    """
    volume, rows = curve.volume(0.0), []
    for kind, name, words, case in _freed(curve.priced.case, target):
        without = curve.of(curve.priced.shift, case)
        left = without.volume(0.0)
        if left < volume - MOVED:
            free = without.volume(curve.priced.shift.least(case)) if target.draws < 0 else np.nan
            rows.append((kind, name, words, volume, left, free))
    return pd.DataFrame(rows, columns=HOLDS)


def _freed(case: Case, target: Target) -> Iterator[tuple[str, str, str, Case]]:
    """The case without each obligation on the target: kind, id, words, case."""
    tables, called = case.network.tables, Names(case.network.tables)
    contracts, terms = tables["contracts"], tables["limit_terms"]
    due = contracts.loc[contracts["kind"] != "firm", "id"]  # on any arc: what it obliges to passes others, too
    found = [("contract", "contracts", name, "volume", called.contract[name]) for name in due]
    found += [("least flow", "arcs", arc, "minimum", f"least flow of {called.arc[arc]}") for arc in target.arcs]
    limits = dict.fromkeys(terms.loc[terms["arc"].isin(target.arcs), "limit"])
    found += [("joint", "limits", name, "low", f"least of {called.limit[name]}") for name in limits]
    for kind, table, name, column, words in found:
        row = case.network.resolve(table, column, case.periods)[case.network.ids(table).index(name)]
        if np.nan_to_num(row).max(initial=0.0) > 0:
            edit = Edit(table, name, column, "set", 0.0, reason="left out by a study")
            yield kind, name, words, replace(case, network=case.network.with_edits(edit))
    for lever, words in (("min_share", "least share"), ("min_exposure", "least volume")):
        bounds = getattr(case.policy, lever)
        kept: dict[str, Any] = {lever: tuple(one for one in bounds if f"{one.kind}:{one.group}" != target.label)}
        if len(kept[lever]) < len(bounds):
            yield lever, target.label, words, replace(case, policy=replace(case.policy, **kept))


def limits_of(optimum: BareOptimum, members: Mask) -> pd.DataFrame:
    """The limits that the target's columns stand in and that the plan has come to; a row a limit and side.

    ``periods`` counts those in which it is reached; ``volume`` and ``bound`` are of these, Mt (bcm); ``price`` is what
    one more a year in every period is worth.
    """
    form, x = optimum.form, optimum.x
    rows = np.asarray(abs(form.matrix[:, members]).sum(axis=1)).ravel() > 0
    table = optimum.worth.limits
    at, sign = table["at"].to_numpy(dtype=np.int64), table["sign"].to_numpy(dtype=float)
    table = table.assign(
        volume=both(form.matrix @ x, x)[at] * sign,
        bound=np.where(table["side"] != "lower", table["upper"], table["lower"]),
        price=np.where(np.isfinite(table["price_all"]), table["price_all"], np.nan), unit=table["worth"],
    )  # fmt: skip
    near = (table["bound"] - table["volume"]).abs() <= ACTIVE * np.maximum(1.0, table["volume"].abs())
    found = table[np.concatenate([rows, members])[at] & near.to_numpy()]
    told: pd.DataFrame = found.groupby(["kind", "limit", "name", "family", "side"], sort=False, as_index=False).agg(
        periods=("period", "size"), volume=("volume", "sum"), bound=("bound", "sum"), price=("price", "first"),
        unit=("unit", "first"))  # fmt: skip
    return told[LIMITS]
