"""The words around a map: what it finds, every number from the plan, in the language of its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from energy_routes.maps import style
from energy_routes.words import Words

FAMILIES = ("oil", "gas")
TOLD = 0.005  # Mt or bcm: less is not told
Labels = tuple[Sequence[str], Sequence[str]]  # periods told of the plan before, and of the plan after


def finding(plan: Any, labels: Sequence[str], arcs: pd.DataFrame, words: Words) -> str:
    """The corridor that carries most of the exports, and how much of them: a sentence, and in brief a second family."""
    told: list[str] = []
    for family in FAMILIES:
        if text := _finding(plan, labels, arcs, family, words, brief=bool(told)):
            told.append(text)
    return "; ".join(told) or words("title.nothing")


def _finding(plan: Any, labels: Sequence[str], arcs: pd.DataFrame, family: str, words: Words, brief: bool) -> str:
    own = arcs[(arcs["family"] == family) & (arcs["volume"] > style.FLOW_FLOOR)]
    if own.empty:
        return ""
    unit = words.unit(style.VOLUME_UNIT[family])
    exports = exported(plan, labels, family)
    corridors = corridor_volumes(plan, labels, family)
    if exports <= 0 or corridors.empty or corridors.iloc[0] <= 0:
        lead = own.sort_values("volume", ascending=False, kind="stable").iloc[0]
        return words("title.most", corridor=words.name(lead["name"]), volume=float(lead["volume"]), unit=unit)
    volume = float(corridors.iloc[0])
    key = "title.brief" if brief else "title.backbone" if volume >= 0.5 * exports else "title.leads"
    return words(key, corridor=words.name(str(corridors.index[0])), volume=volume, exports=exports, unit=unit,
                 family=words(f"family.of.{family}"))


def difference(before: Any, after: Any, labels: Labels, whole: bool, words: Words) -> str:
    """What the change costs or earns, what stays in the ground, and what goes another way: one sentence.

    The money is told only of the ``whole`` horizon.
    """
    parts = [text for family in FAMILIES for text in _moved(before, after, labels, family, words)]
    money = round(after.netback - before.netback) if whole else 0
    head = subject = titled(after.case, words)
    if money:
        key = "compare.costs" if money < 0 else "compare.earns"
        head = words(key, subject=subject, value=words.number(abs(money), 0), unit=words.unit("MUSD"))
    if parts:
        return words("compare.parts", head=head, parts=", ".join(parts))
    return head if money else words("compare.nothing", subject=subject)


def _moved(before: Any, after: Any, labels: Labels, family: str, words: Words) -> list[str]:
    def said(key: str, volume: float, **more: str) -> str:
        return words(f"compare.{key}", volume=abs(volume), unit=words.unit(style.VOLUME_UNIT[family]), **more)

    parts = []
    kept, more = (rule(after, labels[1], family) - rule(before, labels[0], family) for rule in (shut_in, exported))
    if abs(kept) >= TOLD:
        parts.append(said("shut_in" if kept > 0 else "less_shut_in", kept))
    old, new = (corridor_volumes(p, at, family) for p, at in zip((before, after), labels, strict=True))
    moves = new.sub(old, fill_value=0.0)
    rerouted = min(float(moves.clip(lower=0.0).sum()), -float(moves.clip(upper=0.0).sum()))
    if rerouted >= TOLD:
        parts.append(said("rerouted", rerouted, corridor=words.name(str(moves.idxmax()))))
    if abs(more) >= TOLD and abs(more + kept) >= TOLD:
        parts.append(said("more_exported" if more > 0 else "less_exported", more))
    return parts


def seasons(plan: Any, labels: Sequence[str], maps: Sequence[Any], words: Words) -> tuple[str, str]:
    """Title and subtitle of small multiples: between what volumes exports swing, and what is scarcest where."""
    parts = []
    for family in FAMILIES:
        volumes = pd.Series([exported(plan, periods_in(plan, label), family) for label in labels])
        if volumes.max() > TOLD:
            low, high = int(volumes.argmin()), int(volumes.argmax())
            parts.append(words("months.run", family=words(f"family.of.{family}"), low=float(volumes[low]),
                               high=float(volumes[high]), low_when=maps[low].when, high_when=maps[high].when,
                               unit=words.unit(style.VOLUME_UNIT[family])))
    said, head = titled(plan.case, words), "; ".join(parts) or words("months.nothing")
    limits = pd.concat([data.limits.assign(when=data.when) for data in maps])
    if limits.empty:
        return head, words("title.no_bottleneck", said=said)
    worst = limits.sort_values(["price", "id"], ascending=[False, True], kind="stable").iloc[0]
    return head, words("months.scarcest", said=said, when=worst["when"], **_worth(worst, words))


def setting(case: Any, when: str, limits: pd.DataFrame, words: Words) -> str:
    """The line under the finding: the question, the span, and the bottleneck whose next tonne is worth most."""
    title = titled(case, words)
    said = title if when in title else words("title.when", title=title, when=when)
    if limits.empty:
        return words("title.no_bottleneck", said=said)
    return words("title.scarcest", said=said, **_worth(limits.iloc[0], words))


def _worth(limit: pd.Series, words: Words) -> dict[str, str]:
    """Name, measure and price of a bottleneck, for a sentence."""
    price = float(limit["price"])
    return {"name": shortened(words.name(str(limit["name"] or limit["id"]))),
            "measure": words(f"measure.{limit['family']}"),
            "price": words.number(price, 2 if price < 0.95 else 0 if price >= 99.5 or round(price, 1) % 1 == 0 else 1)}


def titled(case: Any, words: Words) -> str:
    """The title of a case, else its name."""
    return words.name(case.title or case.name)


def exported(plan: Any, labels: Sequence[str], family: str) -> float:
    """Mt or bcm sold abroad in the span."""
    sold = plan.deliveries
    own = sold["export"].astype(bool) & sold["period"].isin(labels) & (sold["unit"] == style.VOLUME_UNIT[family])
    return float(sold["volume"].where(own, 0.0).sum())


def shut_in(plan: Any, labels: Sequence[str], family: str) -> float:
    """Mt or bcm available and not lifted in the span."""
    rows = plan.supplies
    own = rows["period"].isin(labels) & (rows["unit"] == style.VOLUME_UNIT[family])
    return float(rows["shut_in"].where(own, 0.0).sum())


def corridor_volumes(plan: Any, labels: Sequence[str], family: str) -> pd.Series[float]:
    """Volume of each export corridor in the span, largest first; empty when the plan has no corridors."""
    groups = plan.groups
    rows = groups[(groups["kind"] == "corridor") & (groups["family"] == family) & groups["period"].isin(labels)]
    names = rows["name"].where(rows["name"].notna() & (rows["name"] != ""), rows["group"])
    summed: pd.Series[float] = rows["volume"].groupby(names).sum()
    return summed.sort_values(ascending=False, kind="stable")


def market_volumes(plan: Any, labels: Sequence[str], family: str) -> pd.Series[float]:
    """Volume sold in each export market in the span."""
    sold = plan.deliveries
    own = sold["export"].astype(bool) & sold["period"].isin(labels) & (sold["unit"] == style.VOLUME_UNIT[family])
    volumes: pd.Series[float] = sold[own].groupby("name")["volume"].sum()
    return volumes


def periods_in(plan: Any, label: str) -> list[str]:
    """The plan's periods that a label names: itself, or the months of a year."""
    return [p.label for p in plan.case.periods if p.label == label or p.label.startswith(f"{label}-")]


def shortened(name: str, length: int = 48) -> str:
    """A name without its bracket, cut at a word with '…' when it is still too long."""
    name = name.split(" (")[0]
    return name if len(name) <= length else name[:length].rsplit(" ", 1)[0].rstrip(" ,:;-") + " …"
