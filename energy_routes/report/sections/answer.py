"""The answer in words and in key numbers, all of them from the plan."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from energy_routes.answer import answered, corridor_volumes, limit_key, stopped
from energy_routes.indicators import CONCENTRATION, SHARE, rows_of
from energy_routes.maps import shortened, titled
from energy_routes.pack import Family
from energy_routes.report.subject import SEEN, Subject
from energy_routes.results import binding


@dataclass(frozen=True)
class Card:
    """A key number: its name, the number, its unit, and what it was before or could be in plans as good."""

    name: str
    value: str
    unit: str
    beside: str = ""


def headline(subject: Subject) -> str:
    """The finding in a sentence: of the plan, or of what it changes."""
    before = None if subject.comparison is None else subject.comparison.before
    return answered(subject.plan, before).headline(subject.words)


def sentences(subject: Subject) -> list[str]:
    """What is exported and which way, what it earns, what is scarce, what stays in the ground, what was assumed."""
    plan, words = subject.plan, subject.words
    told = [text for family in subject.families for text in _exports(subject, family)]
    told.append(_earned(subject))
    told += _shut_in(subject)
    answer, tight = answered(plan), binding(plan)
    # A cap on a share is worth so much a point, not a tonne.
    plain = tight["unit"] == tight["family"].map(plan.case.network.units("unit_value"))
    tight = tight[(tight["kind"] != "supply") & (tight["price"] > 0) & plain]
    if tight.empty:
        told.append(words("answer.no_bottleneck"))
    else:
        worst = tight.iloc[0]
        name = subject.limit(str(worst["name"]))
        if limit_key(worst["kind"], worst["target"]) in answer.doubtful:
            name = words("answer.estimate", name=name)
        measure = words.of_family("measure", subject.family(worst["family"]))
        price = words.number(float(worst["price"]), 0 if worst["price"] >= 99.5 else subject.cents(worst["family"]))
        told.append(words("answer.bottleneck", name=name, measure=measure, price=price))
    if plan.premium is not None:
        cost = words.number(float(plan.premium["cost"]), 1)
        told.append(words("answer.premium", value=cost, unit=words.unit("MUSD")))
    if other := subject.spans.sentence():
        told.append(stopped(other))
    told += [f"{turn.sentence(words)}." for turn in answer.turns]
    if sure := answer.certainty.sentence(words):
        told.append(sure)
    return [sentence[:1].upper() + sentence[1:] for sentence in told]


def _exports(subject: Subject, family: Family) -> list[str]:
    words, volume = subject.words, float(subject.plan.exports.get(family.id, 0.0))
    ways = corridor_volumes(subject.plan, subject.labels, family.id)
    if volume <= SEEN or ways.empty or ways.iloc[0] <= SEEN:
        return []
    share = words.number(100.0 * float(ways.iloc[0]) / volume, 0)
    told = {"volume": volume, "unit": words.unit(family.volume_unit), "share": share,
            "family": words.of_family("family.of", family)}
    corridors = subject.plan.groups.query("kind == 'corridor'").set_index("name")["group"].to_dict()
    span = subject.spans.share("corridor", corridors.get(ways.index[0], ways.index[0]), family.id)
    key, open_ = ("answer.exports_open", {"span": span}) if span else ("answer.exports", {})
    return [words.of_name(key, str(ways.index[0]), **told, **open_)]


def _earned(subject: Subject) -> str:
    plan, words = subject.plan, subject.words
    value = words.number(plan.netback, 0 if abs(plan.netback) >= 1000 else 1)
    lifted = float(plan.supplies["lifted"].sum())
    if len(subject.families) != 1 or lifted <= SEEN:
        return words("answer.netback_total", value=value, unit=words.unit("MUSD"))
    return words("answer.netback", value=value, unit=words.unit("MUSD"),
                 unit_value=words.number(plan.netback / lifted, subject.cents(subject.families[0].id)),
                 per_unit=words.unit(subject.families[0].price_unit))


def _shut_in(subject: Subject) -> list[str]:
    words = subject.words
    kept, units = subject.plan.shut_in, subject.plan.case.network.units("volume")
    told = [words("answer.shut_in", volume=float(volume), unit=words.unit(units[str(family)]))
            for family, volume in kept.items() if volume > SEEN]
    return told or [words("answer.no_shut_in")]


def cards(subject: Subject) -> list[Card]:
    """Netback, exports, what is shut in, dependence and concentration, bottlenecks; with their values before."""
    words, plan = subject.words, subject.plan
    change = None if subject.comparison is None else subject.comparison.answer.change
    old = None if subject.comparison is None or change is None or change.money is None else subject.comparison.before
    out = [_card(subject, words("kpi.netback"), plan.netback, None if old is None else old.netback, "MUSD", 0)]
    lifted = float(plan.supplies["lifted"].sum())
    if len(subject.families) == 1 and lifted > SEEN:
        was = old.netback / float(old.supplies["lifted"].sum()) if old else None
        out.append(_card(subject, words.of_family("kpi.netback_unit", subject.families[0]), plan.netback / lifted, was,
                         subject.families[0].price_unit, subject.cents(subject.families[0].id)))
    for family in subject.families:
        exports, kept = (float(table.get(family.id, 0.0)) for table in (plan.exports, plan.shut_in))
        before = (old.exports, old.shut_in) if old else ()
        was_out, was_kept = (float(table.get(family.id, 0.0)) for table in before) if before else (None, None)
        out.append(_card(subject, words.of_family("kpi.exports", family), exports, was_out, family.volume_unit, 2))
        name = " · ".join(filter(None, (words("kpi.shut_in"), subject.of(family))))
        out.append(_card(subject, name, kept, was_kept, family.volume_unit, 2))
    out += _dependence(subject, plan.indicators, None if old is None else old.indicators)
    tight = binding(plan)
    count = int(((tight["price"] > 0) & tight["kind"].isin(["capacity", "joint"])).sum())
    return [*out, Card(words("kpi.bottlenecks"), words.number(count, 0), "")]


def _dependence(subject: Subject, now: pd.DataFrame, then: pd.DataFrame | None) -> list[Card]:
    """The largest transit share, and the concentration of corridors, of the first family that has them."""
    out, words, family = [], subject.words, subject.families[0].id if subject.families else ""
    shares = rows_of(now[now["value"].notna()], SHARE, "transit", family)
    if len(shares):
        top = shares.sort_values("value", ascending=False, kind="stable").iloc[0]
        was = None if then is None else _indicator(then, family, SHARE, "transit", top["group"])
        name = words("kpi.transit_share", country=words.country(str(top["group"])))
        share = _card(subject, "", 100.0 * float(top["value"]), None if was is None else 100.0 * was, "%", 1)
        span = subject.spans.share("transit", str(top["group"]), family)
        beside = (share.beside, words("kpi.could_be", span=span) if span else "")
        out.append(Card(name, share.value, "%", " · ".join(filter(None, beside))))
    value = _indicator(now, family, CONCENTRATION.id, "corridor")
    if value is not None:
        was = None if then is None else _indicator(then, family, CONCENTRATION.id, "corridor")
        out.append(_card(subject, words("kpi.hhi"), value, was, "", 3))
    return out


def _indicator(table: pd.DataFrame, family: str, indicator: str, kind: str, group: str | None = None) -> float | None:
    rows = rows_of(table, indicator, kind, family)
    rows = rows if group is None else rows[rows["group"] == group]
    return float(rows["value"].iloc[0]) if len(rows) and rows["value"].notna().iloc[0] else None


def _card(subject: Subject, name: str, value: float, before: float | None, unit: str, digits: int) -> Card:
    words = subject.words
    was = "" if before is None else words("kpi.change", change=words.signed(value - before, digits))
    return Card(name, words.number(value, digits), words.unit(unit), was)


def title_of(subject: Subject) -> str:
    """The title of the report: that of the case, in the report's language if it is known there."""
    return shortened(titled(subject.plan.case, subject.words), 120)
