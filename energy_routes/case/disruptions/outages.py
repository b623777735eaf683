"""What may fail: an arc, a group at its meters, a node or a market, alone or together.

``"arc:CPC_SPM"``, ``"corridor:CPC"``, ``"transit:RU"``, ``"chokepoint:Turkish Straits"``, ``"node:CPC_TF"``,
``"market:AUGUSTA"``; several that fail at once are joined by `` & ``; ``"single:arc"`` (or any kind of group) is each
of that kind by itself.  A country or a chokepoint is one event: all of its meters fail together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from energy_routes.case.policy.policy import Policy
from energy_routes.errors import UsageError
from energy_routes.network import Edit, Network
from energy_routes.pack import GROUP_KINDS, Period, offered

KINDS = ("arc", "node", *GROUP_KINDS)


@dataclass(frozen=True)
class Outage:
    """One loss: of the capacity of ``arcs`` the share ``remaining`` (0–1) is left."""

    name: str
    arcs: tuple[str, ...]
    remaining: float = 0.0

    def strike(self, network: Network, periods: Sequence[str]) -> Network:
        """The network with this loss in the periods named."""
        return weaken(network, dict.fromkeys(self.arcs, self.remaining), periods, self.name)


def weaken(network: Network, left: Mapping[str, float], periods: Sequence[str], reason: str) -> Network:
    """Leave each arc only its share of effective capacity: the volumes booked by others are cut in proportion.

    Raises UsageError where a share is outside 0–1.
    """
    edits = []
    for arc, share in left.items():
        if not 0 <= share <= 1:
            raise UsageError(f"{reason}: {share:g} of {arc} would be left; expected a share from 0 to 1")
        for column in ("availability", "booked"):
            edits.append(Edit("arcs", arc, column, "scale", share, tuple(periods), reason))
    return network.with_edits(*edits)


def outages_of(network: Network, names: Sequence[str], periods: Sequence[Period], remaining: float = 0.0
               ) -> tuple[Outage, ...]:
    """The outages meant by ``names``, in order, each once.  Raises UsageError on an unknown one."""
    if not 0 <= remaining <= 1:
        raise UsageError(f"remaining = {remaining:g}: a share from 0 to 1 is expected")
    out: dict[str, Outage] = {}
    for name in names:
        word, _, kind = name.partition(":")
        for one in _each(network, kind, periods) if word == "single" else [name]:
            out.setdefault(one, Outage(one, arcs_meant(network, one), remaining))
    return tuple(out.values())


def arcs_meant(network: Network, name: str) -> tuple[str, ...]:
    """The arcs of one loss, in table order.  Raises UsageError."""
    found: set[str] = set()
    for part in name.split(" & "):
        kind, colon, what = part.strip().partition(":")
        if not colon:
            found.update(network.arcs_of(part.strip()))
        elif kind not in KINDS:
            raise UsageError(f"{part!r} is not kind:name, such as 'arc:BTC' or 'transit:RU'. {offered(kind, KINDS)}")
        else:
            found.update(_of_kind(network, kind, what))
    return tuple(arc for arc in network.tables["arcs"]["id"] if arc in found)


def check_targets(network: Network, policy: Policy, periods: Sequence[Period]) -> None:
    """Refuse a policy of risk that names what is not there.  Raises UsageError, offering the nearest name."""
    if policy.security is not None:
        outages_of(network, policy.security.outages, periods)
    listed = policy.cvar.scenarios if policy.cvar is not None and policy.cvar.scenarios != "events" else ()
    booked = policy.bookings.arcs if policy.bookings is not None else ()
    for name in (*booked, *(name for scenario in listed for name in scenario.outages)):
        arcs_meant(network, name)


def _of_kind(network: Network, kind: str, what: str) -> list[str]:
    tables = network.tables
    if kind == "market":
        node = dict(zip(tables["markets"]["id"], tables["markets"]["node"], strict=True))
        if what not in node:
            raise UsageError(f"market:{what} is not a market. {offered(what, node)}")
        return list(tables["arcs"].loc[tables["arcs"]["to"] == node[what], "id"])
    if kind in ("arc", "node"):
        known = list(tables[f"{kind}s"]["id"])
        if what not in known:
            raise UsageError(f"{kind}:{what} is not in {kind}s. {offered(what, known)}")
        return network.arcs_of(what)
    meters = tables["meters"]
    arcs = list(meters.loc[(meters["kind"] == kind) & (meters["group"] == what) & meters["arc"].notna(), "arc"])
    if not arcs:
        known = list(meters.loc[(meters["kind"] == kind) & meters["arc"].notna(), "group"].unique())
        raise UsageError(f"{kind}:{what} is measured at no arc. {offered(what, known)}")
    return arcs


def _each(network: Network, kind: str, periods: Sequence[Period]) -> list[str]:
    """Every arc, or every group of a kind, that has an arc open in some period."""
    ids = list(network.tables["arcs"]["id"])
    running = {arc for arc, now in zip(ids, network.open(periods), strict=True) if now.any()}
    if kind == "arc":
        return [f"arc:{arc}" for arc in ids if arc in running]
    if kind == "market":
        return [f"market:{market}" for market in network.tables["markets"]["id"]]
    if kind not in GROUP_KINDS:
        raise UsageError(f"{kind!r} is neither a kind of loss nor one loss, such as 'transit:RU'. "
                         f"{offered(kind, ('arc', *GROUP_KINDS))}")
    meters = network.tables["meters"]
    mine = meters[(meters["kind"] == kind) & meters["arc"].isin(running)]
    return [f"{kind}:{group}" for group in mine["group"].unique()]
