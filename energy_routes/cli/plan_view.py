"""A plan as an analyst reads it: the answer in a line, then where it goes, what it earns, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from energy_routes.cli.render import BLANK, digits_for, number, percent, table
from energy_routes.cli.unit_choice import Units
from energy_routes.plan import Plan
from energy_routes.results.summary import binding, limits_of_corridors

MOST_ROUTES, MOST_LIMITS = 15, 15
COVERED = 0.99  # share of the volume that the listed routes carry, if that takes no more than MOST_ROUTES
FAMILY = {"oil": "oil", "gas": "gas"}
TERMS = {
    "sales": "Sales",
    "home_sales": "Sales to home refineries and cities",
    "tariffs": "Pipeline and rail tariffs",
    "loading": "Port charges",
    "freight": "Sea freight",
    "quality": "Quality bank and lost identity",
    "rebates": "Rebates to owners of lines",
    "lifting": "Lifting",
    "deficiency": "Ship-or-pay and interruptible charges",
    "shortage": "Home deliveries missed",
    "closing_value": "Stock left at the end",
}
SOUGHT = {"netback": "Best netback", "cost": "Least cost", "revenue": "Best state revenue"}
KINDS = {
    "capacity": "capacity",
    "joint": "joint limit",
    "market": "market depth",
    "policy": "policy",
    "contract": "contract",
    "storage": "tanks",
    "obligation": "home delivery",
    "supply": "supply",
    "user": "your rule",
}


def print_plan(screen: Console, plan: Plan, units: Units) -> None:
    """Print a plan in the order in which it is read."""
    screen.print(f"[bold]{escape(plan.case.title or plan.case.name)}[/bold]")
    if plan.case.question:
        screen.print(escape(plan.case.question))
    screen.print()
    screen.print(escape(answer(plan, units)))
    for part in _tables(plan, units):
        screen.print()
        screen.print(part)
    for line in _lines(plan, units):
        screen.print(escape(line))


def answer(plan: Plan, units: Units) -> str:
    """The answer in a line or two."""
    name, value = plan.objective
    parts = [f"{SOUGHT.get(name, name)}: {number(value, 1 if abs(value) >= 100 else 4)} MUSD."]
    if name != "netback" and len(plan.deliveries):
        parts.append(f"Netback {number(plan.netback, 1)} MUSD.")
    for family, volume in plan.exports.items():
        scaled, unit = float(volume) * units.volume_factors[str(family)], units.volume_names[str(family)]
        rows = _groups(plan, "corridor", str(family))
        used = rows[rows["share"] > 0].sort_values("volume", ascending=False).head(3)
        ways = ", ".join(f"{row.name} {percent(row.share)} %" for row in used.itertuples(index=False))
        parts.append(f"Exports {number(scaled, digits_for([scaled]))} {unit}{': ' + ways if ways else ''}.")
    shut = [
        f"{number(v * units.volume_factors[str(k)], digits_for([v]))} {units.volume_names[str(k)]}"
        for k, v in plan.shut_in.items()
        if v > 1e-6
    ]
    return " ".join([*parts, f"Shut in: {' and '.join(shut) or 'nothing'}."])


def _tables(plan: Plan, units: Units) -> Iterator[Table]:
    several = len(plan.exports) > 1
    for family in sorted({str(f) for f in plan.supplies["family"]}, key=["oil", "gas"].index):
        word = f" ({FAMILY[family]})" if several else ""
        parts: tuple[Callable[[Plan, Units, str, str], Table | None], ...] = (_exports, _corridors, _routes)
        for part in parts:
            made = part(plan, units, family, word)
            if made is not None:
                yield made
    yield _ledger(plan, units)
    if (bound := _binding(plan, units)) is not None:
        yield bound


def _exports(plan: Plan, units: Units, family: str, word: str) -> Table | None:
    """Where exports are sold, the largest first, at what average price delivered."""
    sold = plan.deliveries[(plan.deliveries["family"] == family) & plan.deliveries["export"].astype(bool)]
    sold = sold.assign(money=sold["price"] * sold["volume"]).groupby("name")[["volume", "money"]].sum()
    sold = sold[sold["volume"] > 1e-6].sort_values("volume", ascending=False)
    if sold.empty:
        return None
    out = table("sold in", units.volume_names[family], "share, %", f"price, {units.value_names[family]}",
                title=f"Exports{word}")  # fmt: skip
    volume, value = units.volume_factors[family], units.value_factors[family]
    digits, total = digits_for(list(sold["volume"] * volume)), float(sold["volume"].sum())
    for row in sold.itertuples():
        price = float(row.money) / float(row.volume) * value
        out.add_row(escape(str(row.Index)), number(row.volume * volume, digits), percent(row.volume / total), number(price, 1))
    out.add_section()
    price = float(sold["money"].sum()) / total * value
    out.add_row("all", number(total * volume, digits), percent(1.0), number(price, 1))
    return out


def _corridors(plan: Plan, units: Units, family: str, word: str) -> Table | None:
    """Volume against capacity of each corridor, and what limits it."""
    rows = _groups(plan, "corridor", family).sort_values(["volume", "name"], ascending=[False, True])
    if rows.empty:
        return None
    name, factor = units.volume_names[family], units.volume_factors[family]
    out = table("corridor", name, "capacity", "used, %", "share, %", "limited by>", f"worth, {units.value_names[family]}",
                title=f"Corridors{word}")  # fmt: skip
    digits = digits_for(list(rows["volume"] * factor))
    limits = limits_of_corridors(plan)
    for row in rows.itertuples(index=False):
        tight = limits[str(row.group), family].head(2)
        out.add_row(
            escape(str(row.name)), number(row.volume * factor, digits), number(row.capacity * factor, digits),
            percent(row.utilisation), percent(row.share),
            escape("\n".join(tight["name"])) or BLANK,
            "\n".join(number(price * units.value_factors[family], 1) for price in tight["price"]) or BLANK,
        )  # fmt: skip
    return out


def _routes(plan: Plan, units: Units, family: str, word: str) -> Table | None:
    """The largest routes with their netback; the rest in one row."""
    rows = plan.routes[plan.routes["family"] == family].sort_values("volume", ascending=False, kind="stable")
    if rows.empty:
        return None
    value, volume = units.value_factors[family], units.volume_factors[family]
    named = rows[rows["route"] != "other paths"]
    reach = named["volume"].cumsum() / rows["volume"].sum()
    shown = named.head(min(MOST_ROUTES, int((reach < COVERED).sum()) + 1))
    rest = rows.drop(shown.index)
    out = table("route", "shipper", units.volume_names[family], "price", "cost", f"netback, {units.value_names[family]}",
                title=f"Routes{word}", text=2)  # fmt: skip
    digits = digits_for(list(rows["volume"] * volume))

    def add(route: str, shipper: object, frame: pd.DataFrame) -> None:
        size = frame["volume"].sum()
        money = [float((frame[name] * frame["volume"]).sum() / size) * value for name in ("price", "cost", "netback")]
        who = escape(str(shipper)) if isinstance(shipper, str) and shipper else BLANK
        out.add_row(escape(route), who, number(size * volume, digits), *(number(m, 1) for m in money))

    for at, row in shown.iterrows():
        add(str(row["route"]), row["shipper"], shown.loc[[at]])
    if len(rest):
        out.add_section()
        add(f"other paths ({len(rest)})" if len(rest) > 1 else "other paths", "", rest)
    return out


def _ledger(plan: Plan, units: Units) -> Table:
    """Money by term, in all and per unit lifted; the terms add up to the objective."""
    families = [str(family) for family in plan.supplies["family"].unique()]
    lifted = float(plan.supplies["lifted"].sum())
    each = len(families) == 1 and lifted > 0
    unit = units.value_names[families[0]] if families else "USD/t"
    out = table("ledger", "MUSD", *([f"{unit} lifted"] if each else []), title="Money")
    digits = 1 if plan.ledger["value"].abs().max() >= 100 else 4
    scale = units.value_factors[families[0]] / lifted if each else 0.0

    def add(name: str, value: float) -> None:
        out.add_row(name, number(value, digits), *([number(value * scale, digits)] if each else []))

    for row in plan.ledger[plan.ledger["value"].abs() > 1e-9].itertuples(index=False):
        mark = "" if row.kind == "cash" else f" ({row.kind})"
        add(TERMS.get(str(row.term), str(row.term).replace("_", " ")) + mark, float(row.value))
    out.add_section()
    add("Cost" if plan.objective.name == "cost" else plan.objective.name.capitalize(), plan.objective.value)
    return out


def _binding(plan: Plan, units: Units) -> Table | None:
    """Limits in the way, dearest first: what one more tonne a year of each is worth."""
    tight = binding(plan)
    tight = tight[tight["kind"] != "supply"]
    if tight.empty:
        return None
    shown = tight.head(MOST_LIMITS)
    families = list(dict.fromkeys(shown["family"]))
    names = [f"worth of one more, {units.value_names[str(f)]}" for f in families]
    out = table("limit", "kind", names[0] if len(names) == 1 else "worth of one more", title="What binds", text=2)
    for row in shown.itertuples(index=False):
        worth = number(float(row.price) * units.value_factors[str(row.family)], 1)
        unit = f" {units.value_names[str(row.family)]}" if len(names) > 1 else ""
        out.add_row(escape(str(row.name)), KINDS.get(str(row.kind), str(row.kind)), worth + unit)
    if len(tight) > len(shown):
        out.add_row(f"… and {len(tight) - len(shown)} more", "", "")
    return out


def _lines(plan: Plan, units: Units) -> Iterator[str]:
    """Indicators, the worth of supply, warnings and notes, a line each."""
    yield ""
    for row in plan.indicators[plan.indicators["indicator"] == "hhi"].itertuples(index=False):
        if row.value == row.value:
            kind = {"transit_set": "sets of transit countries"}.get(str(row.kind), f"{row.kind}s")
            yield f"Concentration over {kind}: {row.value:.3f} (as {1 / row.value:.1f} equal ones; 1 = all in one)"
    transit = plan.indicators[(plan.indicators["indicator"] == "share") & (plan.indicators["kind"] == "transit")]
    crossed = transit[transit["value"] > 0].sort_values("value", ascending=False)
    if len(crossed):
        shares = ", ".join(f"{row.group} {percent(row.value)} %" for row in crossed.itertuples(index=False))
        yield f"Share of exports that crosses: {shares}"
    supply = binding(plan)
    supply = supply[supply["kind"] == "supply"].head(6)
    for family in dict.fromkeys(supply["family"]):
        worth = [
            f"{str(row.name)} {number(row.price * units.value_factors[str(family)], 0)}"
            for row in supply[supply["family"] == family].itertuples(index=False)
        ]
        yield f"One more tonne lifted is worth, {units.value_names[str(family)]}: {', '.join(worth)}"
    if plan.prices.table.empty:
        yield "Worth of limits: not given, because prices come from the embedded solver only (--solver highs)."
    for warning in plan.warnings:
        yield f"Note: {warning['message']} ({warning['where']})"
    if units.note:
        yield f"Units: {units.note}."


def _groups(plan: Plan, kind: str, family: str) -> pd.DataFrame:
    groups = plan.groups
    return groups[(groups["kind"] == kind) & (groups["family"] == family) & (groups["period"] == "total")]
