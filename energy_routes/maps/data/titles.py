"""The words around and on a map: what it finds, every number from the plan, in the language of its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import SEEN, Fate, Measured, Words, answered, capital, exported, families_of, periods_in
from energy_routes.case import Case
from energy_routes.plan import Plan, corridor_arcs

TOLD = 0.005  # Mt or bcm: less is not told
HALF_EMPTY = 0.5
NEARLY = 0.1  # of a corridor's volume
ON_LAND = ("pipeline", "rail")
Labels = tuple[Sequence[str], Sequence[str]]  # periods told of the plan before, and of the plan after


def finding(plan: Plan, labels: Sequence[str], words: Words) -> str:
    """What became of the subject of the plan in a span, as a title."""
    return answered(plan, labels=labels).headline(words)


def difference(before: Plan, after: Plan, labels: Labels, words: Words) -> str:
    """What became of the subject against the plan before, what that costs or earns, and what moves most: a title."""
    return answered(after, before, labels[1], labels[0]).headline(words)


def seasons(
    plan: Plan, labels: Sequence[str], when: Sequence[str], limits: pd.DataFrame, words: Words
) -> tuple[str, str]:
    """Title and subtitle of small multiples: between what volumes exports swing, and which line is scarcest when.

    ``when`` says each label in words; ``limits`` has the bottlenecks of all of them, with a column ``when``.
    """
    parts = []
    for called, family in plan.case.network.families.items():
        volumes = pd.Series([exported(plan, periods_in(plan, label), called) for label in labels])
        if volumes.max() > TOLD:
            low, high = int(volumes.argmin()), int(volumes.argmax())
            parts.append(words("months.run", family=words.of_family("family.of", family), low=float(volumes[low]),
                               high=float(volumes[high]), low_when=when[low], high_when=when[high],
                               unit=words.unit(family.volume_unit)))
    said, head = titled(plan.case, words), capital("; ".join(parts)) or words("months.nothing")
    if limits.empty:
        return head, words("title.no_bottleneck", said=said)
    worst = limits.sort_values(["price", "id"], ascending=[False, True], kind="stable").iloc[0]
    told = _worth(worst, plan.case, words)
    return head, words(f"months.scarcest.{worst['sign']}", said=said, when=worst["when"], **told)


def setting(case: Case, when: str, limits: pd.DataFrame, words: Words) -> str:
    """The line under the finding: the question, the span, and the bottleneck whose next tonne is worth most."""
    title = titled(case, words)
    said = title if when in title else words("title.when", title=title, when=when)
    if limits.empty:
        return words("title.no_bottleneck", said=said)
    worst = limits.iloc[0]
    return words(f"title.scarcest.{worst['sign']}", said=said, **_worth(worst, case, words))


def _worth(limit: pd.Series, case: Case, words: Words) -> dict[str, str]:
    """Name, measure and price of a bottleneck, for a sentence."""
    return {"name": limit_name(limit, words, 48),
            "measure": words.of_family("measure", case.network.families[limit["family"]]),
            "price": words.number(float(limit["price"]))}


def limit_name(limit: pd.Series | dict[str, Any], words: Words, length: int = 200) -> str:
    """A bottleneck as read; one whose bound is an estimate says so."""
    name = shortened(words.name(str(limit["name"] or limit["id"])), length)
    return words("answer.estimate", name=name) if limit["estimate"] else name


def titled(case: Case, words: Words) -> str:
    """The title of a case, else its name."""
    return words.name(case.title or case.name)


def shortened(name: str, length: int = 48) -> str:
    """A name without its bracket, cut at a word with '…' when it is still too long."""
    name = name.split(" (")[0]
    return name if len(name) <= length else name[:length].rsplit(" ", 1)[0].rstrip(" ,:;-") + " …"


@dataclass(frozen=True)
class Note:
    """Lines of words about what the line ``arc`` carries."""

    arc: str
    lines: tuple[str, ...]


def notes_of(plan: Plan, arcs: pd.DataFrame, labels: Sequence[str], words: Words) -> tuple[Note, ...]:
    """At most three notes on the periods ``labels``: the largest two corridors, and the one with most room left.

    Of a plan of two families, the largest corridor of each.
    """
    meters = plan.case.network.tables["meters"]
    meters = meters[(meters["kind"] == "corridor") & meters["arc"].isin(arcs.loc[arcs["volume"] > SEEN, "arc"])]
    beside = ((_line(plan, arcs, fate), fate) for fate in _chosen(plan, list(meters["group"].unique()), labels))
    bands = bands_of(plan, "corridor", labels)
    return tuple(Note(arc, (*_lines(plan, fate, words), *_band(fate, bands, words))) for arc, fate in beside if arc)


def bands_of(plan: Plan, kind: str, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """The bands of the volumes of a kind of group, or of arcs; no row without draws, or for a part of the horizon."""
    rows = plan.bands
    shown = labels is None or whole(plan, labels)
    return rows[(rows["kind"] == kind) & (rows["what"] == "volume") & shown]


def whole(plan: Plan, labels: Sequence[str]) -> bool:
    """Whether some periods are all of the plan's: bands and ranges are of the horizon alone."""
    return len(labels) == len(plan.case.periods)


def _band(fate: Fate, bands: pd.DataFrame, words: Words) -> Iterator[str]:
    """P10 and P90 of a corridor, where draws were solved."""
    for row in bands.to_dict("records"):
        if (f"corridor:{row['group']}", row["family"]) == (fate.target, fate.family):
            low, high = (words.number(float(row[key])) for key in ("p10", "p90"))
            yield words("map.note_band", low=low, high=high, unit=words.unit(str(row["unit"])))


def _line(plan: Plan, arcs: pd.DataFrame, fate: Fate) -> str:
    """The longest line on land that carries what the corridor does, else the meter that carries most."""
    metered, taken = corridor_arcs(plan, fate.target.removeprefix("corridor:"), fate.family)
    own = arcs[arcs["arc"].isin(metered | taken)]
    same = own[own["mode"].isin(ON_LAND) & ((own["volume"] / fate.volume - 1.0).abs() < NEARLY)]
    if len(same):
        length = plan.case.network.tables["arcs"].set_index("id")["length_km"].fillna(0.0)
        return str(same["arc"].iloc[int(same["arc"].map(length).argmax())])
    own = own[own["arc"].isin(metered)]
    return str(own["arc"].iloc[int(own["volume"].argmax())]) if len(own) else ""


def _chosen(plan: Plan, groups: Sequence[str], labels: Sequence[str]) -> list[Fate]:
    """The corridors to tell of."""
    told = Measured(plan, labels)
    fates = [fate for group in groups for fate in told.moved(f"corridor:{group}")
             if fate.volume > SEEN and fate.share == fate.share]
    fates.sort(key=lambda fate: -fate.share)
    each = 2 // max(1, len({fate.family for fate in fates}))
    largest = [fate for family in families_of(plan) for fate in [f for f in fates if f.family == family][:each]]
    room = [fate for fate in fates if fate not in largest and np.isfinite(fate.capacity)
            and fate.volume < HALF_EMPTY * fate.capacity]
    return [*largest, *sorted(room, key=lambda fate: fate.volume - fate.capacity)[:1]]


def _lines(plan: Plan, fate: Fate, words: Words) -> Iterator[str]:
    family = words.of_family("family.of", plan.case.network.families[fate.family])
    share = words.percent(fate.share) if fate.share >= 0.01 else words.percent(fate.share, 1)
    yield words("map.note_share", name=words.name(fate.name), share=share, family=family)
    if np.isfinite(fate.capacity) and fate.capacity > 0:
        yield words("map.note_used", used=words.percent(fate.volume / fate.capacity))
