"""All of a plan in sections: where it goes, what it earns, what stands in the way, how far it leans on whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

import pandas as pd
from rich.console import Console
from rich.markup import escape

from energy_routes import studies
from energy_routes.answer import Spans, Words, dollars
from energy_routes.case import ALL
from energy_routes.cli.tables import build_view, risk_view
from energy_routes.cli.tables.limit_view import MOST_SUPPLIES, limits, worth
from energy_routes.cli.tables.money_view import SEEN, WEIGHED, Part, ledger, owners, payments, taxes, volume_of
from energy_routes.cli.tables.near import band_view, range_view
from energy_routes.cli.tables.render import BLANK, digits_for, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.errors import UsageError
from energy_routes.indicators import CONCENTRATION, SHARE, rows_of
from energy_routes.network import Names
from energy_routes.pack import offered
from energy_routes.plan import A_PRICE, Plan, leading, merged
from energy_routes.results import binding, limits_of_corridors

WIDEST_SHIPPER = 18
SOUGHT = {"netback": "Best netback", "cost": "Least cost", "revenue": "Best state revenue"}


Section = Callable[[Plan, Units], Iterator[Part | str]]


def print_sections(
    screen: Console, plan: Plan, units: Units, names: Iterable[str], before: Plan | None = None,
    asked: Collection[str] = (),
) -> None:
    """Print the sections named, each with a blank line above; changes are those against ``before``.

    Of a section that was ``asked`` for and is empty it says so; another is left out.
    """
    for name in names:
        parts = list(_changes(plan, before, units) if name == CHANGES else SECTIONS[name](plan, units))
        for part in parts or ([f"Nothing to show of {name}."] if name in asked else []):
            screen.print()
            if isinstance(part, str):
                screen.print(escape(part))
                continue
            screen.print(part.title, style="bold", markup=False)
            screen.print(part.table)
            if part.note:
                screen.print(part.note, markup=False)


def sections_of(text: str) -> list[str]:
    """The sections that ``routes,ledger`` names.  Raises UsageError for one that there is not."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [CHANGES, *SECTIONS]
    if unknown := next((name for name in names if name not in known), None):
        raise UsageError(f"--show: no section {unknown!r}. {offered(unknown, known)}")
    return list(dict.fromkeys(names))


def _changes(plan: Plan, before: Plan | None, units: Units) -> Iterator[Part]:
    """Totals and corridors before and after; none without a plan of the same periods before."""
    if before is None or before.case.periods != plan.case.periods:
        return
    found = studies.compare(before, plan)
    frames = [found.totals, found.corridors.rename(columns={"corridor": "what"})]
    out = table(f"against {before.case.name}", "before", "after", "change", "unit>")
    inner = plan.case.network.units("volume")
    factors = {inner[f]: (units.volume_factors[f], units.volume_names[f]) for f in plan.case.network.families}
    for row in (row for frame in frames for row in frame.to_dict("records")):
        factor, unit = factors.get(row["unit"], (1.0, row["unit"]))
        if abs(row["change"]) > SEEN or row["what"] == "netback":
            out.add_row(escape(row["what"].capitalize() if row["what"][0].islower() else row["what"]),
                        *(number(row[key] * factor) for key in ("before", "after", "change")), unit)  # fmt: skip
    yield Part("What changes", out, "; ".join(found.waived()))


def totals(plan: Plan, units: Units) -> Iterator[str]:
    """What was sought and reached, exports and the ways that carry most, what is bought, carried, shut in."""
    name, value = plan.objective.name, float(plan.objective)
    sought = SOUGHT.get(name, name) + (WEIGHED if plan.case.policy.cvar else "")
    parts = [f"{sought}: {number(value, 1 if abs(value) >= 100 else 4)} MUSD."]
    if plan.case.policy.cvar and name == "netback":
        parts.append(f"Where nothing fails: {number(plan.netback, 1)} MUSD.")
    if name != "netback" and len(plan.deliveries):
        parts.append(f"Netback {number(plan.netback, 1)} MUSD.")
    for family, volume in plan.exports.sort_index(ascending=False).items():  # oil first
        largest = corridors_of(plan, str(family)).sort_values("volume", ascending=False).head(3)
        used = largest[largest["share"] > 0]
        ways = ", ".join(f"{way} {percent(share)} %" for way, share in zip(used["name"], used["share"], strict=True))
        parts.append(f"Exports {volume_of(float(volume), str(family), units)}{': ' + ways if ways else ''}.")
    for words, volumes in (("Bought from abroad", plan.bought), ("Carried for others", plan.in_transit)):
        parts += [f"{words}: {volume_of(float(v), str(k), units)}." for k, v in volumes.items() if v > SEEN]
    shut = [volume_of(float(v), str(k), units) for k, v in plan.shut_in.items() if v > SEEN]
    yield " ".join([*parts, f"Shut in: {' and '.join(shut) or 'nothing'}."])


def _of_families(
    part: Callable[[Plan, Units, str, str], Part | None], more: Mapping[str, str] = MappingProxyType({})
) -> Section:
    """A section made of one part a family; ``more``: what else has a part, with the word in its title."""

    def section(plan: Plan, units: Units) -> Iterator[Part | str]:
        families = [family for family in plan.case.network.families if (plan.supplies["family"] == family).any()]
        words = {family: f" of {family}" if len(families) > 1 else "" for family in families}
        for family, word in {**words, **(more if len(families) > 1 else {})}.items():
            if (made := part(plan, units, family, word)) is not None:
                yield made

    return section


def _exports(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """Where exports are sold, the largest first, at what average price delivered."""
    sold = plan.deliveries[(plan.deliveries["family"] == family) & plan.deliveries["export"].astype(bool)]
    sold = sold.assign(money=sold["price"] * sold["volume"]).groupby("name")[["volume", "money"]].sum()
    sold = sold[sold["volume"] > SEEN].sort_values("volume", ascending=False)
    if sold.empty:
        return None
    volume, value = units.volume_factors[family], units.value_factors[family]
    out = table("sold in", units.volume_names[family], "share, %", f"price, {units.value_names[family]}")
    digits, total = digits_for(list(sold["volume"] * volume)), float(sold["volume"].sum())

    def add(name: str, size: float, money: float) -> None:
        out.add_row(escape(name), number(size * volume, digits), percent(size / total),
                    number(money / size * value, units.cents[family]))  # fmt: skip

    for name, size, money in zip(sold.index, sold["volume"], sold["money"], strict=True):
        add(str(name), size, money)
    out.add_section()
    add("all", total, float(sold["money"].sum()))
    return Part(f"Exports{word}", out)


def _corridors(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """Volume against capacity of each corridor, and what limits it; what is not used is named in the last row."""
    rows = corridors_of(plan, family).sort_values(["volume", "name"], ascending=[False, True])
    if rows.empty:
        return None
    factor = units.volume_factors[family]
    could_be = Spans(plan, Words.of(), units)
    spans = {group: could_be.volume("corridor", group, family) for group in rows["group"]}
    open_ = any(spans.values())
    heads = ("corridor", units.volume_names[family], *(("could be",) if open_ else ()), "capacity", "used, %",
             "share, %", "limited by>")  # fmt: skip
    out = table(*heads, f"worth, {units.value_names[family]}")
    digits = digits_for(list(rows["volume"] * factor))
    found = limits_of_corridors(plan)
    for row in rows[rows["volume"] > SEEN].to_dict("records"):
        tight = found[row["group"], family].head(2).to_dict("records")
        pairs = [(escape(limit["name"]), worth(limit, units)) for limit in tight]
        sizes = (number(row["volume"] * factor, digits), *((spans[row["group"]] or BLANK,) if open_ else ()),
                 number(row["capacity"] * factor, digits))  # fmt: skip
        parts = (percent(row["utilisation"]), percent(row["share"]))
        out.add_row(escape(row["name"]), *sizes, *parts, *(pairs or [(BLANK, BLANK)])[0])
        for pair in pairs[1:]:
            out.add_row(*[""] * (len(heads) - 1), *pair)
    unused = [str(name) for name in rows.loc[rows["volume"] <= SEEN, "name"]]
    return Part(f"Corridors{word}", out, f"Not used: {', '.join(unused)}" if unused else "")


def _routes(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """The largest export routes with their netback; the rest in one row."""
    rows = plan.routes[(plan.routes["family"] == family) & plan.routes["export"].astype(bool)]
    return _paths(f"Export routes{word}", rows, units, family, ("price", "cost", "netback"))


def _home(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """The largest routes to home refineries and cities, with what the way costs."""
    return _paths(f"Home deliveries{word}", _inland(plan, family, transit=False), units, family, ("cost",))


def _carried(plan: Plan, units: Units, family: str, word: str) -> Part | None:
    """The largest routes of what others send through the country, with what they pay and what the way costs."""
    rows = _inland(plan, family, transit=True)
    return _paths(f"Carried for others{word}", rows, units, family, ("price", "cost", "netback"))


def _inland(plan: Plan, family: str, *, transit: bool) -> pd.DataFrame:
    """Routes that are no exports: of others' volumes, or of the rest."""
    passing = plan.routes["origin"].isin(Names(plan.case.network.tables).transit)
    return plan.routes[(plan.routes["family"] == family) & ~plan.routes["export"].astype(bool) & (passing == transit)]


def _paths(title: str, rows: pd.DataFrame, units: Units, family: str, money: tuple[str, ...]) -> Part | None:
    """Routes, the largest first; those that carry little in one row."""
    if rows.empty:
        return None
    rows = merged(rows)
    shown, rest = leading(rows)
    volume, value = units.volume_factors[family], units.value_factors[family]
    out = table("route", "shipper", units.volume_names[family], *money[:-1],
                f"{money[-1]}, {units.value_names[family]}", text=2)  # fmt: skip
    out.columns[1].max_width = WIDEST_SHIPPER
    digits = digits_for(list(rows["volume"] * volume))

    def add(route: str, shipper: object, frame: pd.DataFrame) -> None:
        size = float(frame["volume"].sum())
        each = [float((frame[name] * frame["volume"]).sum()) / size * value for name in money]
        who = escape(shipper) if isinstance(shipper, str) and shipper else BLANK
        out.add_row(escape(route), who, number(size * volume, digits), *(number(m, units.cents[family]) for m in each))

    for at, row in enumerate(shown.to_dict("records")):
        add(str(row["route"]), row["shipper"], shown.iloc[[at]])
    if len(rest):
        out.add_section()
        add(f"other paths ({len(rest)})" if len(rest) > 1 else "other paths", None, rest)
    return Part(title, out)


def _limits(plan: Plan, units: Units) -> Iterator[Part | str]:
    """What binds, and what the worth of a limit is."""
    yield from _of_families(limits, {ALL: " of both by value", "": " besides"})(plan, units)
    if len(plan.prices.table):
        yield A_PRICE


def _indicators(plan: Plan, units: Units) -> Iterator[str]:
    families = set(plan.indicators["family"])
    words = {family: f" of {family}" for family in plan.case.network.families} | {ALL: " of both by value"}
    lines = [line for family, word in words.items() if family in families
             for line in _dependence(plan, family, word if len(families) > 1 else "")]  # fmt: skip
    if lines:
        yield "\n".join(lines)


def _supplies(plan: Plan, units: Units) -> Iterator[str]:
    """What one more unit lifted by each shipper is worth."""
    supply = binding(plan)
    supply = supply[supply["kind"] == "supply"]
    for family in dict.fromkeys(supply["family"]):
        own, factor = supply[supply["family"] == family].head(MOST_SUPPLIES), units.value_factors[str(family)]
        digits = dollars(units.cents[str(family)])
        told = [f"{name} {number(p * factor, digits)}" for name, p in zip(own["name"], own["price"], strict=True)]
        measure = plan.case.network.families[str(family)].measure
        yield f"One more {measure} lifted is worth, {units.value_names[str(family)]}: {', '.join(told)}"


def notes(plan: Plan, units: Units) -> Iterator[str]:
    """Warnings and notes, a line each; a loop is told with the answer."""
    lines = []
    if plan.prices.table.empty:
        lines.append("Worth of limits: not given, because prices come from the embedded solver only (--solver highs).")
    lines += [f"Note: {w['message']} ({w['where']})" for w in plan.warnings if w["code"] != "loop"]
    if units.note:
        lines.append(f"Units: {units.note}.")
    if lines:
        yield "\n".join(lines)


def _dependence(plan: Plan, family: str, word: str) -> Iterator[str]:
    """Concentration and shares of transit countries, a line each."""
    own = plan.indicators[plan.indicators["family"] == family]
    measured = rows_of(own[own["value"].notna()], CONCENTRATION.id)
    for kind, value in zip(measured["kind"], measured["value"].astype(float), strict=True):
        what = {"transit_set": "sets of transit countries"}.get(kind, f"{kind}s")
        yield f"Concentration (HHI) of {what}{word}: {value:.3f}, as {1 / value:.1f} equal ones would have"
    transit = rows_of(own, SHARE, "transit")
    crossed = transit[transit["value"] > 0].sort_values("value", ascending=False)
    if len(crossed):
        groups = plan.groups[(plan.groups["kind"] == "transit") & (plan.groups["family"] == family)]
        called = groups.set_index("group")["name"].to_dict()
        could_be = Spans.of(plan, Words.of())
        spans = {g: could_be.share("transit", g, family) for g in crossed["group"]}
        shares = [f"{called.get(g, g)} {percent(v)} %" + (f" (could be {spans[g]})" if spans[g] else "")
                  for g, v in zip(crossed["group"], crossed["value"], strict=True)]  # fmt: skip
        yield f"Exports{word} that cross: {', '.join(shares)}"


def corridors_of(plan: Plan, family: str) -> pd.DataFrame:
    """The corridors of a family over the horizon, rows of ``plan.groups``."""
    groups = plan.groups
    return groups[(groups["kind"] == "corridor") & (groups["family"] == family) & (groups["period"] == "total")]


CHANGES = "changes"  # the one section that needs a plan before
# What --show names and --full prints, in the order in which it is read.
SECTIONS: Mapping[str, Section] = {
    "totals": totals, "bands": band_view.bands,
    "exports": _of_families(_exports), "corridors": _of_families(_corridors),
    "routes": _of_families(_routes), "home": _of_families(_home), "carried": _of_families(_carried),
    "builds": build_view.builds, "ranges": range_view.ranges, "risk": risk_view.risk, "ramps": risk_view.ramps,
    "ledger": ledger,
    "owners": _of_families(owners), "payments": payments, "taxes": taxes,
    "limits": _limits, "indicators": _indicators,
    "supplies": _supplies, "emissions": build_view.emissions, "notes": notes,
}  # fmt: skip
