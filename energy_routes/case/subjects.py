"""What a question is about, by the names that edits and caps use: ``corridor:BTC``, ``arc:CPC_SPM``, ``option:bozoi``.

A subject is a group (corridor, transit, chokepoint …), a row (arc, limit, supply, market, obligation, storage), a build
option, or the concentration that a cap is on (``hhi:corridor``, ``hhi:transit_set:risk``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from energy_routes.errors import UsageError
from energy_routes.network import Network
from energy_routes.pack import GROUP_KINDS, PARTITIONS, nearest

# Kinds of subject that are rows of a table.  A market is a row: what is sold there is its volume.
ROWS: Mapping[str, str] = {
    "arc": "arcs", "limit": "limits", "joint": "limits", "supply": "supplies", "market": "markets",
    "obligation": "obligations", "storage": "storages", "option": "options",
}  # fmt: skip
HHI = "hhi"
KINDS = tuple(dict.fromkeys((*ROWS, *GROUP_KINDS, HHI)))


def check_subject(network: Network, target: str) -> None:
    """Whether a case on this network can be about ``target``.  Raises UsageError with what there is instead."""
    kind, colon, name = target.partition(":")
    if not (colon and kind in KINDS):
        raise UsageError(f"{target!r} is not kind:name, such as 'corridor:BTC' or 'arc:CPC_SPM'. Kinds: "
                         f"{', '.join(KINDS)}. {nearest(kind, KINDS)}".strip())
    known = _known(network, kind)
    if name not in known:
        what = f"a kind that has an HHI: {', '.join(known)}" if kind == HHI else f"a name of kind {kind} in these packs"
        raise UsageError(f"{target!r} is not {what}. {nearest(name, known)}".strip())


def _known(network: Network, kind: str) -> Sequence[str]:
    if kind == HHI:
        return [*PARTITIONS, "transit_set:risk"]
    if kind in ROWS:
        return network.ids(ROWS[kind])
    groups = network.tables["groups"]
    return list(groups.loc[groups["kind"] == kind, "group"])
