"""Where a new arc's volumes are counted: the meters that it needs beside those that its paths cross already.

A pack's meters count each export path once (:mod:`energy_routes.pack.checks`).  A new arc opens new paths.  For each
kind of group they either all cross a meter that stands, before or after the arc — then that one counts them — or none
does, and the arc gets a meter of its own.  Where some do and some do not, no meter on the arc is right, and the author
must say which counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack import Mask, Steps, metered, reach, steps_of

Tables = Mapping[str, pd.DataFrame]
NO_TRANSIT = "none"


@dataclass(frozen=True)
class Meter:
    """One group that is to be measured at the new arc; ``name`` is what people read."""

    kind: str
    group: str
    name: str


@dataclass(frozen=True)
class _Ways:
    """The new arc's export paths: what may come before it, what may follow it, and the countries where they end."""

    steps: Steps
    before: Mask
    after: Mask
    ends: frozenset[str]
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    tails: tuple[int, ...]
    heads: tuple[int, ...]

    def crossing(self, marked: Mask) -> tuple[bool, bool]:
        """Whether some path over the arc crosses a marked step, and whether some path crosses none."""
        some = bool((marked & (self.before | self.after)).any())
        free = self.steps.some(~marked)
        ahead, _ = reach(free.tail, free.head, self.steps.count, self.starts)
        back, _ = reach(free.head, free.tail, self.steps.count, self.stops)
        return some, bool(ahead[list(self.tails)].any() and back[list(self.heads)].any())


def meters_of(tables: Tables, arc: str, name: str, countries: Sequence[str], chokepoints: Sequence[str],
              opened: Collection[str]) -> tuple[list[Meter], list[Fault]]:
    """The meters that ``arc``, already in the tables, needs; or what stands in the way of counting it right.

    ``name`` is what its corridor is called, ``countries`` and ``chokepoints`` what it crosses; ``opened`` the arcs that
    edits open.
    """
    ways = _ways(tables, arc, opened)
    if ways is None:  # no export path uses it: nothing is counted
        return [], []
    meters: list[Meter] = []
    faults: list[Fault] = []
    marks = _marks(tables, ways.steps)
    home = home_countries(tables)
    transit = [code for code in countries if code not in home and _crossed(ways, code, marks["transit"].get(code), arc,
                                                                          faults)]
    names = dict(zip(*(tables["groups"].loc[tables["groups"]["kind"] == "transit", c] for c in ("group", "name")),
                     strict=True))
    meters += [Meter("transit", code, names.get(code) or code) for code in transit]
    passed = [*transit, *(code for code, mark in marks["transit"].items() if ways.crossing(mark) == (True, False))]
    on_arc = {
        "corridor": (arc, name),
        "transit_set": ("+".join(dict.fromkeys(passed)) or NO_TRANSIT,
                        ", ".join(names.get(c) or c for c in dict.fromkeys(passed)) or "No transit country"),
        "terminal": (arc, name),
    }
    for kind, (group, told) in on_arc.items():
        standing = list(marks[kind].values())
        if not standing:
            continue  # the pack does not part its exports so
        some, none = ways.crossing(np.any(standing, axis=0))
        if some and none:
            faults.append(_mixed(arc, kind))
        elif none:
            meters.append(Meter(kind, group, told))
    for strait in chokepoints:
        mark = marks["chokepoint"].get(strait)
        some, none = (False, True) if mark is None else ways.crossing(mark)
        if some and none:
            faults.append(_mixed(arc, strait))
        elif none:
            meters.append(Meter("chokepoint", strait, strait))
    return meters, faults


def home_countries(tables: Tables) -> frozenset[str]:
    """The country with most fields (else most supplies): leaving it is exporting, crossing it is no transit."""
    nodes = tables["nodes"]
    fields = nodes.loc[nodes["kind"] == "field", "country"].dropna()
    lifted = nodes.loc[nodes["id"].isin(tables["supplies"]["node"]), "country"].dropna()
    return frozenset((fields if len(fields) else lifted).mode().iloc[:1])


def _ways(tables: Tables, arc: str, opened: Collection[str]) -> _Ways | None:
    """The paths over the arc from a supply to an export market; None when there are none."""
    steps = steps_of(tables, {*opened, arc})
    number = list(tables["arcs"]["id"]).index(arc)
    own = steps.arc == number
    supplies = tables["supplies"]
    starts = {v for node, grade in zip(supplies["node"], supplies["commodity"], strict=True)
              for v in steps.vertices(node, (grade,))}
    ahead, _ = reach(steps.tail, steps.head, steps.count, starts)
    back, _ = reach(steps.head, steps.tail, steps.count, steps.exports.tolist())
    used = own & ahead[steps.tail] & back[steps.head]
    if not used.any():
        return None
    tails, heads = steps.tail[used].tolist(), steps.head[used].tolist()
    lead, _ = reach(steps.head, steps.tail, steps.count, tails)
    follow, _ = reach(steps.tail, steps.head, steps.count, heads)
    country = tables["nodes"].set_index("id")["country"]
    reached = [m for m in steps.exports if follow[m]]
    ends = frozenset(str(country[tables["markets"]["node"].iloc[m - steps.inner]]) for m in reached)
    return _Ways(steps, np.asarray(ahead[steps.tail] & lead[steps.head] & ~own),
                 np.asarray(follow[steps.tail] & back[steps.head] & ~own), ends, tuple(sorted(starts)),
                 tuple(int(m) for m in reached), tuple(tails), tuple(heads))


def _marks(tables: Tables, steps: Steps) -> defaultdict[str, dict[str, Mask]]:
    """The steps that each group counts, by kind."""
    meters, marks = tables["meters"], defaultdict[str, dict[str, Mask]](dict)
    for kind, group, mark in zip(meters["kind"], meters["group"], metered(tables, steps), strict=True):
        marks[kind][group] = marks[kind].get(group, False) | mark
    return marks


def _crossed(ways: _Ways, code: str, mark: Mask | None, arc: str, faults: list[Fault]) -> bool:
    """Whether the arc needs a meter of a country that it crosses: not when its paths end there or are counted."""
    some, none = (False, True) if mark is None else ways.crossing(mark)
    if code in ways.ends:  # what is sold there does not cross it; what goes beyond must be counted farther on
        if len(ways.ends) > 1 and not some:
            faults.append(_mixed(arc, f"transit {code}"))
        return False
    if some and none:
        faults.append(_mixed(arc, f"transit {code}"))
    return none and not some


def _mixed(arc: str, what: str) -> Fault:
    return Fault("drawn route", column=arc, found=f"some export paths over it cross a meter of {what}, some do not",
                 expected="all of them to be counted, or none",
                 repair="Lay the route in the pack's tables and set its meters there.")
