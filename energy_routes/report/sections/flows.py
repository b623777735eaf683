"""Where it goes: corridors against their capacity, routes, and the netback of each route item by item."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from energy_routes.answer import Words
from energy_routes.indicators import PRICE, WAY
from energy_routes.maps import style
from energy_routes.pack import Family
from energy_routes.plan import leading, merged
from energy_routes.report import charts
from energy_routes.report.sections.money import worth
from energy_routes.report.subject import SEEN, Subject
from energy_routes.report.table import Section, Table, text
from energy_routes.results import limits_of_corridors

MOST_SHEETS, MOST_LAYERS = 8, 5


def corridors(subject: Subject) -> Section:
    """Volume against capacity, and what limits each; by month where there are months."""
    tables = tuple(_corridors(subject, family) for family in subject.families)
    figures = tuple(_by_period(subject, family) for family in subject.families if len(subject.labels) > 1)
    return Section("corridors", subject.words("report.corridors"), figures=figures, tables=tables)


def _rows(subject: Subject, family: Family) -> pd.DataFrame:
    groups = subject.plan.groups
    rows = groups[(groups["kind"] == "corridor") & (groups["family"] == family.id)]
    return rows.sort_values(["volume", "name"], ascending=[False, True])


def _corridors(subject: Subject, family: Family) -> Table:
    words, unit = subject.words, whole(subject.words.unit(family.volume_unit))
    rows = _rows(subject, family)
    rows = rows[rows["period"] == "total"]
    used = rows[rows["volume"] > SEEN]
    limits, before = limits_of_corridors(subject.plan), _before(subject, family)
    bands = _bands(subject, family)
    most = float(used["volume"].max()) * 1.25 if len(used) else 1.0
    could = {group: subject.spans.volume("corridor", group, family.id) for group in used["group"]}
    told, open_ = [], any(could.values())
    for row in used.to_dict("records"):
        tight = limits[row["group"], family.id].head(2).to_dict("records")
        share = float(row["utilisation"])
        drawn = charts.bar(row["volume"], row["capacity"], most, style.colour(family, share), before.get(row["name"]))
        told.append((words.name(str(row["name"])), drawn, words.number(row["volume"], 2),
                     *((could[row["group"]] or "–",) if open_ else ()), *bands.get(row["group"], ()),
                     _amount(row["capacity"], words), _share(share, words), _share(row["share"], words),
                     "; ".join(f"{subject.limit(str(one['name']))} {worth(one, subject)}" for one in tight)))
    heads = (words("table.corridor"), words("panel.bars"), unit, *((words("table.could_be"),) if open_ else ()),
             *((words("table.band"), words("table.used_in")) if bands else ()),
             words("table.capacity"), words("table.utilisation"), words("table.share"),
             f"{words('table.limited_by')} ({words.unit(family.price_unit)})")  # fmt: skip
    unused = ", ".join(words.name(str(name)) for name in rows.loc[rows["volume"] <= SEEN, "name"])
    note = words("report.not_used", names=unused) if unused else ""
    return Table(heads, told, words=(0, 1, len(heads) - 1), caption=subject.of(family), note=note)


def _bands(subject: Subject, family: Family) -> dict[str, tuple[str, str]]:
    """P10–P90 and the share of draws with any volume, by corridor; empty where no draws were solved."""
    words, rows = subject.words, subject.plan.bands
    rows = rows[(rows["kind"] == "corridor") & (rows["what"] == "volume") & (rows["family"] == family.id)]
    return {str(row["group"]): ("–".join(words.number(float(row[key]), 2) for key in ("p10", "p90")),
                                words.number(100.0 * float(row["used"]), 0)) for row in rows.to_dict("records")}


def whole(unit: str) -> str:
    """A unit that does not break in a narrow heading."""
    return unit.replace(" ", "\xa0")


def _before(subject: Subject, family: Family) -> dict[str, float]:
    if subject.comparison is None:
        return {}
    rows = subject.comparison.corridors
    own = rows[rows["unit"] == family.volume_unit]
    return {str(name): float(was) for name, was in zip(own["corridor"], own["before"], strict=True)}


def _amount(value: float, words: Words) -> str:
    return "–" if value != value else words("tip.no_limit") if value == float("inf") else words.number(value, 2)


def _share(value: float, words: Words) -> str:
    return "–" if value != value else words.percent(value, 1)


def _by_period(subject: Subject, family: Family) -> Markup:
    """Exports by corridor and period, the largest corridors apart and the others together."""
    words, labels = subject.words, subject.labels
    rows = _rows(subject, family)
    rows = rows[rows["period"] != "total"].pivot_table(index="name", columns="period", values="volume", aggfunc="sum")
    rows = rows.reindex(columns=labels).fillna(0.0)
    rows = rows.loc[rows.sum(axis=1).sort_values(ascending=False).index]
    rows = rows[rows.sum(axis=1) > SEEN]
    layers = [(words.name(str(name)), list(values)) for name, values in rows.head(MOST_LAYERS).iterrows()]
    if len(rows) > MOST_LAYERS:
        layers.append((words("legend.other"), list(rows.iloc[MOST_LAYERS:].sum())))
    names = [words.month(label, short=True) if "-" in label else label for label in labels]
    label = words("report.by_period", family=words.of_family("family", family))
    return charts.stacked(names, layers, words, words.unit(family.volume_unit), label)


def routes(subject: Subject) -> Section:
    """The largest export routes, then what each costs and earns item by item."""
    tables: list[Table] = []
    figures = []
    for family in subject.families:
        own = subject.plan.routes
        own = own[(own["family"] == family.id) & own["export"].astype(bool)]
        if own.empty:
            continue
        own = merged(own)
        sheets, costs = _sheets(subject, family, own)
        tables += [_routes(subject, family, own), sheets]
        figures.append(costs)
    return Section("routes", subject.words("report.routes"), figures=tuple(figures), tables=tuple(tables))


def _routes(subject: Subject, family: Family, rows: pd.DataFrame) -> Table:
    words, cents = subject.words, subject.cents(family.id)
    shown, rest = leading(rows)
    told = [(route_name(row["route"], subject), words.name(text(row["shipper"])), words.number(row["volume"], 2),
             *(words.number(row[key], cents) for key in ("price", "cost", "netback")),
             ", ".join(subject.limit(name) for name in text(row["limited_by"]).split("; ") if name))
            for row in shown.to_dict("records")]
    if len(rest):
        size = float(rest["volume"].sum())
        mean = [float((rest[key] * rest["volume"]).sum()) / size for key in ("price", "cost", "netback")]
        told.append((words("report.other_paths", count=len(rest)), "", words.number(size, 2),
                     *(words.number(value, cents) for value in mean), ""))
    unit = words.unit(family.price_unit)
    heads = (words("table.route"), words("table.shipper"), whole(words.unit(family.volume_unit)),
             f"{words('table.price')}, {unit}", words("table.cost"), words("table.netback"), words("table.limited_by"))
    return Table(heads, told, words=(0, 1, 6), caption=subject.of(family))


def route_name(name: object, subject: Subject) -> str:
    """A route with each of its places in the report's language."""
    return " → ".join(subject.places.get(part) or subject.words.name(part) for part in text(name).split(" → "))


def _sheets(subject: Subject, family: Family, rows: pd.DataFrame) -> tuple[Table, Markup]:
    """Per tonne lifted: price, less what is paid on the way, plus what comes back, is the netback; what is paid, drawn.

    The lines between price and netback are those on which any of the routes has money to tell.
    """
    words, unit, cents = subject.words, subject.words.unit(family.price_unit), subject.cents(family.id)
    lines = [line for line in WAY if rows[line.id].abs().max() > 0.5 * 10.0 ** -max(cents, 2)]
    top = rows[rows["route"] != "other paths"].head(MOST_SHEETS).to_dict("records")
    told = [(route_name(row["route"], subject), words.number(row[PRICE.id], cents),
             *(words.signed(line.sign * row[line.id], cents) for line in lines), words.number(row["netback"], cents))
            for row in top]  # fmt: skip
    heads = (words("report.netback_sheets"), words(PRICE.words), *(words(line.words) for line in lines),
             words("sheet.netback"))
    caption = " · ".join(filter(None, (words("panel.netback", unit=unit), subject.of(family))))
    paid = [(route_name(row["route"], subject), [-line.sign * row[line.id] for line in lines], row["netback"])
            for row in top]  # fmt: skip
    drawn = charts.costs(paid, lines, words, unit, cents, words("report.way_costs", unit=unit))
    return Table(heads, told, caption=caption), drawn
