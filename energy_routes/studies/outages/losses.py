"""One loss in words and numbers: what is stranded, what finds another way and which, and how long tanks help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Outage
from energy_routes.linear import Vector
from energy_routes.solving import swept
from energy_routes.studies.outages.shock import After, Shock

COLUMNS = [
    "rank", "what", "kind", "name", "exposed", "stranded", "rerouted", "rerouted_to", "home_short", "loss",
    "loss_rerouting", "loss_shut_in", "days_of_storage", "days_of_room", "waived", "unit",
]  # fmt: skip
MOVED = 1e-3  # a corridor takes over when it carries more by this share of what was exposed
FLOWING = 1e-9


def describe(
    shock: Shock, outage: Outage, struck: Mapping[str, float], onset: int, *, parted: bool = True
) -> dict[str, Any]:
    """One row of the atlas; the loss in its two parts only where ``parted`` (a solve more)."""
    after = shock.strike(outage, struck)
    exposed = shock.carried(outage, struck, shock.plan) * (1.0 - outage.remaining)
    parts, called = outage.name.split(" & "), shock.called
    return {
        "what": outage.name,
        "kind": " & ".join(part.partition(":")[0] for part in parts),
        "name": " & ".join(called.get(part, part.partition(":")[2]) for part in parts),
        "exposed": exposed,
        **(_effects(shock, after, exposed, parted) if after is not None else _NOTHING),
        **_days(shock, outage, struck, onset, exposed),
        "waived": after is None or after.waived,
        "unit": shock.case.network.packs[0].family.volume_unit,
    }


_NOTHING: dict[str, Any] = dict.fromkeys(
    ("stranded", "rerouted", "home_short", "loss", "loss_rerouting", "loss_shut_in"), np.nan
) | {"rerouted_to": ""}


def _effects(shock: Shock, after: After, exposed: float, parted: bool) -> dict[str, Any]:
    exports = shock.space.exports
    stranded = swept(float((exports.value(shock.plan) - exports.value(after.x)).sum()))
    short = swept(shock.short(after.x) - shock.short(shock.plan))
    loss, shut = swept(shock.lost(after.x)), swept(shock.shut_in(after.x)) if parted else np.nan
    return {
        "stranded": stranded,
        "rerouted": max(swept(exposed - stranded - short), 0.0),
        "rerouted_to": _takers(shock, after.x, exposed),
        "home_short": short,
        "loss": loss,
        "loss_rerouting": swept(loss - shut),
        "loss_shut_in": shut,
    }


def _takers(shock: Shock, x: Vector, exposed: float) -> str:
    """Corridors (or, where none gains, markets) that carry more than planned: ``China 2.10; BTC 0.52``."""
    frame = shock.space.exposure.axis.frame
    gain = frame.assign(gain=shock.space.exposure.value(x) - shock.space.exposure.value(shock.plan))
    for kind in ("corridor", "market"):
        by = gain[gain["kind"] == kind].groupby("group")["gain"].sum().sort_values(ascending=False, kind="stable")
        by = by[by > max(MOVED * exposed, FLOWING)]
        if len(by):
            names = {group: shock.called.get(f"{kind}:{group}", group) for group in by.index}
            return "; ".join(f"{names[group]} {volume:.3g}" for group, volume in by.items())
    return ""


def _days(shock: Shock, outage: Outage, struck: Mapping[str, float], onset: int, exposed: float) -> dict[str, float]:
    """Days that tanks beyond the break last, and days until those before it are full, at the planned pace."""
    days = sum(struck.get(period.label, 0.0) * period.days for period in shock.case.periods)
    pace = exposed / days if days else 0.0
    if pace <= FLOWING:
        return {"days_of_storage": np.nan, "days_of_room": np.nan}
    label, tanks = shock.case.periods[onset].label, shock.space.storages
    beyond, before = _around(shock, outage, label)
    now = tanks.frame.assign(room=tanks.data("working_volume"))
    now = now[now["period"] == label]
    held = now.assign(stock=now["storage"].map(_stock(shock, label)).astype(float).fillna(0.0))
    room = (held["room"] - held["stock"]).clip(lower=0.0)
    return {
        "days_of_storage": float(held.loc[held["node"].isin(beyond), "stock"].sum()) / pace,
        "days_of_room": float(room[held["node"].isin(before)].sum()) / pace,
    }


def _stock(shock: Shock, label: str) -> pd.Series[float]:
    """Stock of each tank when the loss begins, Mt (bcm), as planned."""
    frame = shock.space.stock.axis.frame
    closing, put, taken = (expr.value(shock.plan) for expr in
                           (shock.space.stock, shock.space.injected, shock.space.withdrawn))  # fmt: skip
    opening = frame.assign(volume=closing - put + taken)
    return opening[opening["period"] == label].groupby("storage")["volume"].sum()


def _around(shock: Shock, outage: Outage, label: str) -> tuple[set[str], set[str]]:
    """Nodes that what is planned over the lost arcs runs on to, and nodes that it comes from (their ends included)."""
    lanes = shock.space.flow.axis.frame.assign(volume=shock.space.flow.value(shock.plan))
    moving = lanes[(lanes["period"] == label) & (lanes["volume"] > FLOWING)]
    lost = moving[moving["arc"].isin(outage.arcs)]
    kept = moving[~moving["arc"].isin(outage.arcs)]
    onward = _closure(zip(kept["from"], kept["to"], strict=True), lost["to"])
    back = _closure(zip(kept["to"], kept["from"], strict=True), lost["from"])
    return onward - back, back


def _closure(steps: Iterable[tuple[str, str]], start: Iterable[str]) -> set[str]:
    edges: dict[str, set[str]] = {}
    for tail, head in steps:
        edges.setdefault(tail, set()).add(head)
    found, queue = set(start), list(start)
    while queue:
        for head in edges.get(queue.pop(), ()):
            if head not in found:
                found.add(head)
                queue.append(head)
    return found
