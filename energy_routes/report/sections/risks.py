"""Dependence and what may fail: indicators, the price of diversification, losses, security, bookings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.answer import Words
from energy_routes.case import in_percent
from energy_routes.indicators import INDICATORS, SHARE, rows_of
from energy_routes.maps import style
from energy_routes.report import charts
from energy_routes.report.figures import inline
from energy_routes.report.studies import FrontierTold
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, number_or_dash, text
from energy_routes.studies import draw_fan, ends_of, tell_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOP = 15


def indicators(subject: Subject) -> Section:
    """Concentration by kind of group, and the shares of the countries crossed."""
    words, rows = subject.words, subject.plan.indicators
    tables = []
    for family in subject.families:
        own = rows[(rows["family"] == family.id) & rows["value"].notna()]
        told = {each.id: words(each.words) for each in INDICATORS if each.words}
        measured = own[own["indicator"].isin(list(told))]
        wide = measured.pivot_table(index="kind", columns="indicator", values="value")
        keys = [key for key in told if key in wide]
        lines = [(words.known(f"group.{kind}", str(kind)), *(words.number(float(value), 3) for value in row))
                for kind, row in zip(wide.index, wide[keys].to_numpy(), strict=True)]
        tables.append(Table((words("table.indicator"), *(told[key] for key in keys)), lines,
                            caption=subject.of(family)))
        crossed = rows_of(own[own["value"] > 0.0005], SHARE, "transit")
        crossed = crossed.sort_values("value", ascending=False, kind="stable")
        could = {group: subject.spans.share("transit", group, family.id) for group in crossed["group"]}
        open_ = any(could.values())
        shares = [(words.country(str(country)), words.percent(float(value), 1),
                   *((_percents(could[country], words),) if open_ else ()))
                  for country, value in zip(crossed["group"], crossed["value"], strict=True)]  # fmt: skip
        heads = (words("group.transit"), words("table.share"), *((words("table.could_be"),) if open_ else ()))
        tables.append(Table(heads, shares))
    return Section("indicators", words("report.indicators"), tables=tuple(t for t in tables if t.rows))


def _percents(span: str, words: Words) -> str:
    return f"{span}\xa0{words.unit('%')}" if span else "–"


def frontier(subject: Subject) -> Section | None:
    """The curve of a lever and its kinks; None when none was followed."""
    found, words = subject.frontier, subject.words
    if found is None:
        return None
    scale, digits, unit = (100.0, 1, "%") if in_percent(found.over) else (1.0, 3, words.unit(found.unit))
    points = _telling(found.points)
    rows = [(words.number(scale * float(row["cap"]), digits), words.number(row["netback"], 1),
             number_or_dash(row["exports"], words, 2), number_or_dash(row["shut_in"], words, 2),
             words.number(row["cost"], 1), number_or_dash(row["premium_usd_per_t"], words, 2),
             ", ".join(map(words.name, text(row["enters"]).split("; "))))
            for row in points.to_dict("records")]
    heads = (f"{words.name(found.name)}{f', {unit}' if unit else ''}",
             f"{words('table.netback')}, {words.unit('MUSD')}",
             words("kpi.exports"), words("kpi.shut_in"), f"{words('table.cost')}, {words.unit('MUSD')}",
             f"{words('table.premium')}, {words.unit(subject.plan.case.value_unit)}", words("table.opens"))
    label = words("report.frontier")
    drawn = inline(lambda: _curve(found, scale, heads, words), "frontier", label)
    told = (*_ends(subject, found, rows[-1][0]), *found.notes)
    return Section("frontier", label, told, (drawn,), (Table(heads, rows, words=(6,)),))


def _ends(subject: Subject, found: FrontierTold, end: str) -> Iterator[str]:
    """What the first unit that a cap takes from its group costs, and the last."""
    if (told := ends_of(subject.plan.case, found.over, found.points)) is None:
        return
    words, (family, *prices) = subject.words, told
    name = words.name(found.name)
    if prices[-1]:
        first, last = (words.number(price, 2) for price in prices)
        yield words("frontier.ends", name=name, measure=words.of_family("measure", family), first=first, last=last)
    else:
        yield words("frontier.free", name=name, end=f"{end}\xa0{words.unit('%')}" if in_percent(found.over) else end)


def _telling(points: pd.DataFrame) -> pd.DataFrame:
    """The ends and the kinks of a curve; of one without kinks, or with many, TOP points evenly."""
    kept = points[points["kink"].astype(bool) | (points.index == points.index[0]) | (points.index == points.index[-1])]
    kept = points if len(kept) <= 2 else kept
    if len(kept) <= TOP:
        return kept
    return kept.iloc[[round(at * (len(kept) - 1) / (TOP - 1)) for at in range(TOP)]]


def _curve(found: FrontierTold, scale: float, heads: tuple[str, ...], words: Words) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.4), layout="constrained")
    ax = figure.subplots()
    curve, points = found.curve, found.points
    kinks = points[points["kink"].astype(bool)]
    ax.plot(curve["cap"] * scale, curve["objective"], color=style.COOL[2], linewidth=1.8,
            label=words("frontier.stated"))
    draw_fan(ax, found.fan, scale, words)
    ax.plot(kinks["cap"] * scale, kinks["objective"], "o", color=style.BOTTLENECK, markersize=4)
    ax.set(xlabel=heads[0], ylabel=heads[1])
    tell_in(ax.yaxis, words)
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    return figure


def stress(subject: Subject) -> Section | None:
    """The costliest losses and where their volume goes; None when no stress test was run."""
    found, words = subject.stress, subject.words
    if found is None or found.outages.empty:
        return None
    top = found.outages.head(TOP).to_dict("records")
    units = list(dict.fromkeys(words.unit(str(row["unit"])) for row in top))
    unit, several = " / ".join(units), len(units) > 1
    names = [", ".join((words.name(str(row["name"])),
                        words.known("group." + str(row["kind"]), str(row["kind"])).lower(),
                        *((words.unit(str(row["unit"])),) if several else ()))) for row in top]  # fmt: skip
    bars = [(name, max(0.0, float(row["stranded"])), max(0.0, float(row["rerouted"])), float(row["loss"]))
            for name, row in zip(names, top, strict=True)]
    drawn = charts.losses(bars, words, unit, words("report.stress"))
    rows = [(name, words.number(row["exposed"], 2), words.number(row["stranded"], 2), words.number(row["rerouted"], 2),
             words.number(row["loss"], 0), words.amounts(text(row["rerouted_to"])))
            for name, row in zip(names, top, strict=True)]
    heads = (words("table.outage"), f"{words('table.exposed')}, {unit}", words("table.stranded"),
             words("table.rerouted"), f"{words('table.loss')}, {words.unit('MUSD')}", words("table.goes_to"))
    told = words("report.stress_note", onset=found.onset, days=words.number(found.days, 0))
    return Section("stress", words("report.stress"), (told,), (drawn,), (Table(heads, rows, words=(0, 5)),))


def security(subject: Subject) -> Section | None:
    """What survives each loss that the plan was guarded against, and what was booked; None when nothing was asked."""
    words, plan = subject.words, subject.plan
    tables = [_frame(frame, subject) for frame in (plan.security, plan.bookings) if len(frame)]
    return Section("security", words("report.security"), tables=tuple(tables)) if tables else None


def _frame(frame: pd.DataFrame, subject: Subject) -> Table:
    """Any table of a plan: its columns by their words where they have some."""
    words = subject.words
    numeric = [pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype != bool for c in frame.columns]
    heads = [words.known(f"table.{c}", str(c).replace("_", " ").capitalize()) for c in frame.columns]
    rows = [tuple(number_or_dash(value, subject.words, 2) if number else _told(value, subject)
                  for value, number in zip(row, numeric, strict=True))
            for row in frame.head(4 * TOP).itertuples(index=False, name=None)]
    return Table(heads, rows, words=[at for at, number in enumerate(numeric) if not number])


def _told(value: object, subject: Subject) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    told, counted = text(value), {family.volume_unit for family in subject.plan.case.network.families.values()}
    return subject.words.unit(told) if told in counted else subject.words.name(told)
