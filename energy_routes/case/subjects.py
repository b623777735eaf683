"""What a question is about, by the names that edits and caps use: ``corridor:BTC``, ``arc:CPC_SPM``, ``option:bozoi``.

A subject is a group (corridor, transit, chokepoint …), a row (arc, limit, supply, market, obligation, storage), a build
option, or the concentration that a cap is on (``hhi:corridor``, ``hhi:transit_set:risk``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from energy_routes.case.disruptions.countries import countries_of
from energy_routes.case.policy.bounds import ALL
from energy_routes.errors import UsageError
from energy_routes.network import Names, Network
from energy_routes.pack import GROUP_KINDS, PARTITIONS, nearest, offered

# Kinds of subject that are rows of a table.  A market is a row: what is sold there is its volume.
ROWS: Mapping[str, str] = {
    "arc": "arcs", "limit": "limits", "joint": "limits", "supply": "supplies", "market": "markets",
    "obligation": "obligations", "storage": "storages", "option": "options",
}  # fmt: skip
HHI = "hhi"
CROSSED = ("transit", "transit_set")  # kinds of group that name the countries which are crossed
KINDS = tuple(dict.fromkeys((*ROWS, *GROUP_KINDS, HHI)))


def check_subject(network: Network, target: str) -> None:
    """Whether a case on this network can be about ``target``.  Raises UsageError with what there is instead."""
    kind, colon, name = target.partition(":")
    if not (colon and kind in KINDS):
        raise UsageError(f"{target!r} is not kind:name, such as 'corridor:BTC' or 'arc:CPC_SPM'. Kinds: "
                         f"{', '.join(KINDS)}. {nearest(kind, KINDS)}")
    known = _known(network, kind)
    if name not in known:
        what = f"a kind that has an HHI: {', '.join(known)}" if kind == HHI else f"a name of kind {kind} in these packs"
        raise UsageError(f"{target!r} is not {what}. {offered(name, known)}")


def no_transit(network: Network, kind: str, group: str, family: str | None) -> Iterator[str]:
    """That a country of a transit group buys, too, a sentence each: what is sold in it does not cross it.

    ``family`` is whose markets are meant; None or 'all': those of every family.
    """
    markets, families, called = network.tables["markets"], network.family_of("markets"), Names(network.tables)
    where = markets["node"].map(network.tables["nodes"].set_index("id")["country"])
    for country in countries_of(group) if kind in CROSSED else ():
        sold = markets.loc[markets["export"].astype(bool) & (where == country), "id"]
        if own := [market for market in sold if family in (None, ALL, families[market])]:
            yield (f"What is sold in {called.target.get(f'transit:{country}', country)} does not cross it and is not "
                   f"counted as transit: {', '.join(f'{called.market[market]} (market:{market})' for market in own)}")


def _known(network: Network, kind: str) -> Sequence[str]:
    if kind == HHI:
        return [*PARTITIONS, "transit_set:risk"]
    if kind in ROWS:
        return network.ids(ROWS[kind])
    groups = network.tables["groups"]
    return list(groups.loc[groups["kind"] == kind, "group"])
