"""What is asked about: an arc, a group or a market; which columns pass it, and which figure draws volume to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from energy_routes.case import Case, groups_of
from energy_routes.errors import UsageError
from energy_routes.formulation import Space
from energy_routes.linear import Vector
from energy_routes.network import Names, group_names
from energy_routes.pack import Mask, nearest, offered
from energy_routes.studies.kinks.shift import Shift, price_of, tariffs_of

LIKE = 6  # things of a like name that are told
KINDS = ("arc", "corridor", "market", "transit", "transit_set", "chokepoint", "operator", "terminal")


@dataclass(frozen=True)
class Target:
    """What is asked about.  ``arcs`` are those that it is measured on, none of a market.

    ``shift`` are the figures that draw volume to it: its tariffs (``draws`` −1: the less, the more volume), or the
    price paid there (+1).  Tariffs of arcs out of service are not among them.  ``also`` has the other things of that
    name.
    """

    kind: str
    id: str
    name: str
    family: str
    arcs: tuple[str, ...]
    shift: Shift
    draws: float
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The target as it is written: ``corridor:BTC``."""
        return f"{self.kind}:{self.id}"

    def weights(self, space: Space, size: int) -> Vector:
        """How much of a unit of each column counts as its volume, shape (columns,)."""
        if self.kind == "arc":
            expr, wanted = space.flow, {"arc": self.id}
        elif self.kind == "market":
            expr, wanted = space.delivered, {"market": self.id}
        else:
            expr, wanted = space.exposure, {"kind": self.kind, "group": self.id, "family": self.family}
        return expr.weights(size, **wanted)

    def members(self, space: Space, size: int) -> Mask:
        """The columns that pass it: lanes of its arcs, or sales there."""
        out = np.zeros(size, dtype=bool)
        expr, key, names = (space.flow, "arc", self.arcs) if self.arcs else (space.delivered, "market", (self.id,))
        passing = expr.axis.frame[key].isin(names).to_numpy() & (expr.axis.frame["family"] == self.family).to_numpy()
        out[expr.col[passing]] = True
        return out


def target_of(case: Case, text: str) -> Target:
    """What a reader means by ``arc:BTC``, ``corridor:BTC``, ``oil/transit:RU``, or ``BTC`` alone.

    A name alone is looked for among arcs, corridors, markets and further groups, in this order; case makes no
    difference.  Raises UsageError where nothing, or what is nowhere measured, is called so.
    """
    found = [one for one in _known(case) if text.strip().lower() in one.words]
    if not found:
        raise UsageError(f"{text!r} is no arc, corridor, market or other group of {case.name}. {_near(case, text)}")
    families = {one.family for one in found if one.label == found[0].label}
    if len(families) > 1:
        raise UsageError(f"{found[0].label} is of {' and '.join(sorted(families))}: name one of them, such as "
                         f"'{found[0].family}/{found[0].label}'")
    first, *others = found
    return _target(case, first, tuple(dict.fromkeys(other.label for other in others if other.label != first.label)))


def _near(case: Case, text: str) -> str:
    """What a reader may have meant: what has these letters in its name, else all of the kind named, else corridors."""
    known = list(_known(case))
    alike = [one for one in known if any(text.strip().lower() in word.lower() for word in (one.id, one.name))]
    if alike:
        return f"Like it: {', '.join(f'{one.label} ({one.name})' for one in alike[:LIKE])}"
    kind, colon, _ = text.strip().rpartition("/")[2].partition(":")
    if colon and kind not in KINDS:
        return f"Kinds: {', '.join(KINDS)}"
    of_kind = list(dict.fromkeys(one.label for one in known if one.kind == (kind if colon else "corridor")))
    if colon:
        return offered(text, of_kind)
    near = nearest(text, [word for one in known for word in (one.label, one.id, one.name)])
    return f"{near} Corridors: {', '.join(of_kind) or 'none'}".lstrip()


@dataclass(frozen=True)
class _Known:
    kind: str
    id: str
    family: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def words(self) -> tuple[str, ...]:
        """What a reader may write for it, in small letters."""
        return tuple(word.lower() for word in (self.label, f"{self.family}/{self.label}", self.id, self.name))


def _known(case: Case) -> Iterator[_Known]:
    """Arcs, corridors, markets, and further groups."""
    called, network = Names(case.network.tables), case.network
    own = group_names(network.packs)
    rows = [("arc", name, family) for name, family in network.family_of("arcs").items()]
    rows += [("market", name, family) for name, family in network.family_of("markets").items()]
    rows += [(kind, group, family) for family in case.families for kind, group in groups_of(network.packs, family)
             if kind != "market"]  # fmt: skip
    for kind, name, family in sorted(rows, key=lambda row: KINDS.index(row[0])):
        told = own.get((kind, name, family)) or called.target.get(f"{kind}:{name}", name)
        yield _Known(kind, name, family, told)


def _target(case: Case, known: _Known, also: tuple[str, ...]) -> Target:
    kind, name = known.kind, known.id
    unit = case.network.units("unit_value")[known.family]
    if kind == "market":
        return Target(kind, name, known.name, known.family, (), price_of(case, name, unit), 1.0, also)
    arcs = (name,) if kind == "arc" else _metered(case, known)
    if not arcs:
        raise UsageError(f"{known.label} is measured on no arc of {case.name}: ask about its markets")
    called, paid_on = Names(case.network.tables).arc, _paid_on(case, arcs)
    of = called[paid_on[0]] if len(paid_on) == 1 else f"each of the {len(paid_on)} arcs of {known.name}"
    shift = tariffs_of(case, paid_on, f"tariff of {of}", unit)
    return Target(kind, name, known.name, known.family, arcs, shift, -1.0, also)


def _paid_on(case: Case, arcs: tuple[str, ...]) -> tuple[str, ...]:
    """The arcs whose tariffs a plan can pay: those in service; all where none is, or where options may open some.

    A tariff of an arc out of service would say how far the others can fall, and no plan pays it.
    """
    serving = dict(zip(case.network.ids("arcs"), map(any, case.network.open(case.periods)), strict=True))
    able = arcs if case.policy.build is not None else tuple(arc for arc in arcs if serving[arc])
    return able or arcs


def _metered(case: Case, group: _Known) -> tuple[str, ...]:
    """The arcs of a family on which a group is measured, in the order of its meters."""
    meters, family = case.network.tables["meters"], case.network.family_of("arcs")
    own = meters.loc[(meters["kind"] == group.kind) & (meters["group"] == group.id) & meters["arc"].notna(), "arc"]
    return tuple(dict.fromkeys(arc for arc in own if family[arc] == group.family))
