"""Who plays, and whose consent each lane needs: that of states, or that of companies; never both in one game."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from energy_routes.errors import UsageError
from energy_routes.formulation import Space
from energy_routes.linear import Vector
from energy_routes.network import in_term
from energy_routes.pack import Mask, months_of, offered

By: TypeAlias = Literal["consent", "ownership"]
Labels: TypeAlias = list[tuple[str, ...]]  # of each lane, whose consent it needs
BY: tuple[By, ...] = ("consent", "ownership")
STATES = ("KZ", "RU", "CN", "AZ", "GE", "TR", "UZ", "TM")  # who plays by default
SELLERS = "sellers"  # in the game of companies: the ventures that lift, as one
REST = "rest"
MOST = 10  # players: 2¹⁰ coalitions
COMPANIES = 6  # that play by default, beside the sellers and the rest
JOINED = "+"


@dataclass(frozen=True, eq=False)
class Players:
    """Players by name; ``seller`` is the place of the one who has all that is sold.

    ``needed`` is, for each lane of a space, the coalition of all whose consent it needs, shape (lanes,); 0 where nobody
    is asked.
    """

    names: tuple[str, ...]
    seller: int
    needed: NDArray[np.int64]

    def usable(self, coalition: int) -> Mask:
        """The lanes of which nobody outside a coalition must be asked, shape (lanes,)."""
        return np.asarray(self.needed & ~coalition == 0)


def players_of(space: Space, by: By, names: Sequence[str]) -> Players:
    """The players of these names in a space; who is not named plays as ``rest``."""
    place = {part: at for at, name in enumerate(names) for part in name.split(JOINED)}
    masks = [sum(1 << at for at in {place.get(one, len(names) - 1) for one in needed}) for needed in consent(space, by)]
    return Players(tuple(names), place[seller_of(space, by)], np.array(masks, dtype=np.int64))


def names_of(space: Space, by: By, asked: Sequence[str], paid: Vector) -> tuple[str, ...]:
    """Who plays: those asked for, or by default the states of the corridors, or the companies that are paid most.

    ``AZ+GE`` are two that speak with one voice; all who are not named play as one, ``rest``.  ``paid`` is what each
    lane takes, MUSD, shape (lanes,).  Raises UsageError where the seller is not among them, a name is not one of the
    case or stands twice, or there are too few or too many.
    """
    seller, needed = seller_of(space, by), consent(space, by)
    known = {one for lane in needed for one in lane}
    if not known - {seller}:
        table = "the column countries of the table arcs" if by == "consent" else "the table payees"
        raise UsageError(f"players: no arc of {space.case.name} needs the consent of anybody but {seller}, so there is "
                         f"nobody to bargain with. Fill {table}.")
    names = [name for name in asked if name != REST] if asked else _by_default(seller, needed, known, by, paid)
    parts = [part for name in names for part in name.split(JOINED)]
    if not all(map(str.strip, parts)):
        raise UsageError(f"players: {', '.join(map(repr, names))}: an empty name; expected names such as KZ or AZ+GE")
    if twice := [part for part, count in Counter(parts).items() if count > 1]:
        raise UsageError(f"players: {twice[0]} is named twice; expected each name once")
    if unknown := [part for part in parts if part not in known | {seller}]:
        raise UsageError(f"players: no arc of {space.case.name} needs the consent of {unknown[0]!r}. "
                         f"{offered(unknown[0], sorted(known | {seller}))}")
    if seller not in parts:
        raise UsageError(f"players: {seller} has all that is sold and is not among {', '.join(asked)}; add it")
    names += [REST] * bool(known - set(parts))
    if not 2 <= len(names) <= MOST:
        raise UsageError(f"players: {space.case.name} has {len(names)}, the rest as one counted; expected 2 to {MOST}. "
                         "Join some of them, such as AZ+GE, or name fewer: who is not named plays with the rest")
    return tuple(names)


def _by_default(seller: str, needed: Labels, known: set[str], by: By, paid: Vector) -> list[str]:
    if by == "consent":
        return [state for state in dict.fromkeys((*STATES, seller)) if state in known or state == seller]
    total: Counter[str] = Counter()
    for lane, money in zip(needed, paid.tolist(), strict=True):
        total.update(dict.fromkeys(lane, money))
    return [seller, *sorted(total, key=lambda name: (-total[name], name))[:COMPANIES]]


def seller_of(space: Space, by: By) -> str:
    """Who has all that is sold: of states the one in which most of the case's own supplies stand.

    Raises UsageError where none stands in any.
    """
    if by == "ownership":
        return SELLERS
    tables = space.case.network.tables
    state = dict(zip(tables["nodes"]["id"], tables["nodes"]["country"], strict=True))
    own = tables["supplies"][tables["supplies"]["kind"] == "own"]
    counted = Counter(state[node] for node in own["node"] if isinstance(state[node], str) and state[node])
    if not counted:
        raise UsageError(f"{space.case.name}: no node with a supply of its own has a country, so nobody sells. Fill "
                         "the column country of the table nodes.")
    return str(counted.most_common(1)[0][0])


def consent(space: Space, by: By) -> Labels:
    """Whose consent each lane needs: the states that its arc crosses, or the companies that its tariff is paid to.

    A sea leg crosses no state and needs nobody: ships are for hire.  An arc of which no payee is sourced needs the
    ``rest``, unless nothing is charged.
    """
    arcs, lanes = space.case.network.tables["arcs"], space.flow.axis
    asked, charged = lanes.labels.words("arc").tolist(), (lanes.data("charge") > 0).tolist()
    crossed = dict(zip(arcs["id"], arcs["countries"], strict=True))
    if by == "consent":
        return [tuple(crossed[arc]) for arc in asked]
    paid = _companies(space)
    return [paid.get(arc, (REST,) * costs) if crossed[arc] else () for arc, costs in zip(asked, charged, strict=True)]


def _companies(space: Space) -> dict[str, tuple[str, ...]]:
    """The companies that are paid for each arc in the horizon."""
    network = space.case.network
    table = network.tables["payees"]
    holds = (in_term(network, months_of(space.case.periods), "payees") > 0).any(axis=1)
    rows = table[holds & (table["kind"] == "company").to_numpy(dtype=bool)]
    return {str(target).partition(":")[2]: tuple(own.unique()) for target, own in rows.groupby("target")["payee"]}
