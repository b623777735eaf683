"""What was built and what is emitted, found again: units, chains, budget, yearly charges, and factors × tonne-km."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from itertools import product

from energy_routes.audit.facts import Facts, Row, defined, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import NEAR, Findings

TABLE_OF = {"arc": "arcs", "limit": "limits", "joint": "limits", "supply": "supplies", "tier": "tiers",
            "storage": "storages"}  # fmt: skip
FIELD_OF = {"arcs": "capacity", "limits": "high", "supplies": "available", "tiers": "depth"}


def lay_over(saved: Saved, facts: Facts) -> None:
    """Tell the facts what the saved builds add to which figure, so that every limit is tested with it."""
    standing = {(row["option"], row["year"]): row["built"] for row in saved["builds"]}
    offered = {option for option, _ in standing}
    for effect in facts.rows["option_effects"].values():
        if effect["option"] not in offered:  # what a case may not build widens nothing
            continue
        word, _, name = effect["target"].partition(":")
        table = TABLE_OF[word]
        for period in facts.periods:
            units = standing.get((effect["option"], period[:4]), 0.0)
            for field, size, times in sizes(effect, table, name, period, facts):
                facts.added[table, name, field, period] += units * size * times


def sizes(effect: Row, table: str, name: str, period: str, facts: Facts) -> list[tuple[str, float, float]]:
    """(field, what one unit adds a year, what makes it the period's) of an effect."""
    key, years = f"{effect['option']}/{effect['target']}", facts.years[period]

    def adds(field: str, part: str) -> float:
        return defined(facts.number("option_effects", key, field, part), 0.0)

    if table == "storages":
        rates = [(field, adds(field, period), years) for field in ("injection", "withdrawal")]
        return [*rates, ("working_volume", adds("working_volume", period), 1.0)]

    def usable(part: str) -> float:
        usual = facts.number("options", effect["option"], "capacity", part)
        size = defined(facts.number("option_effects", key, "capacity", part), usual)
        return size * (facts.number("arcs", name, "availability", part) if table == "arcs" else 1.0)

    return [(FIELD_OF[table], facts.mean(usable, period), years)]


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """The tables of builds and emissions against the policy, the options and the flows."""
    _builds(saved, facts, found)
    _emissions(saved, facts, found)


def _builds(saved: Saved, facts: Facts, found: Findings) -> None:
    lever = facts.policy.get("build") or {}
    asked = bool(lever.get("options"))
    found.true("builds", "table", bool(saved["builds"]) == asked, "does not go with the policy")
    if not lever:
        return
    named = set(facts.rows["options"]) if list(lever["options"]) == ["all"] else set(lever["options"])
    found.true("builds", "options", {row["option"] for row in saved["builds"]} == named, "are not those of the policy")
    before: dict[str, float] = defaultdict(float)
    standing = {(row["option"], row["year"]): row["built"] for row in saved["builds"]}
    spent = 0.0
    for row in sorted(saved["builds"], key=lambda row: str(row["year"])):
        option, year, units = row["option"], row["year"], row["built"]
        raw, what, begun = facts.rows["options"][option], f"{option} {year}", units - before[option]
        found.within("builds", f"{what} units", units, before[option], most_units(facts, option, year))
        if lever.get("built") is not None:
            stated = lever["built"].get(option, 0.0)
            found.equal("builds", f"{what} stated", units, min(stated, most_units(facts, option, year)))
        if raw["kind"] == "project":
            found.true("builds", what, abs(units - round(units)) <= NEAR, f"{units:g} is not a whole number of units")
        for other in raw["requires"] or ():
            part = standing.get((other, year), 0.0) / facts.rows["options"][other]["units"]
            found.within("builds", f"{what} chain", units / raw["units"], 0.0, part)
        capex, size = (facts.number("options", option, field, facts.first_year) for field in ("capex", "capacity"))
        found.columns("builds", what, row, {
            "begun": begun, "capex": begun * capex, "capacity": units * size,
            "charge": units * charge(facts, option) * length(facts, year),
        })  # fmt: skip
        spent += begun * capex
        before[option] = units
    if lever["budget"] is not None:
        found.within("builds", "budget", spent, 0.0, lever["budget"])


def most_units(facts: Facts, option: str, year: str) -> float:
    """Units of an option that may stand in a year: none before its earliest one, where that counts."""
    raw, first = facts.rows["options"][option], facts.rows["options"][option]["earliest_year"]
    too_early = facts.policy["build"]["earliest"] == "stated" and first and int(year) < first
    return 0.0 if too_early else float(raw["units"])


def charge(facts: Facts, option: str) -> float:
    """MUSD a year of one unit: capex × (CRF + opex share)."""
    rate, life = facts.policy["build"]["rate"], float(facts.rows["options"][option]["lifetime"])
    factor = rate * (1 + rate) ** life / ((1 + rate) ** life - 1) if rate else 1 / life
    capex, opex = (facts.number("options", option, field, facts.first_year) for field in ("capex", "opex_share"))
    return capex * (factor + opex)


def length(facts: Facts, year: str) -> float:
    """The part of a calendar year that lies in the horizon."""
    return sum(years for period, years in facts.years.items() if period[:4] == year)


def money(saved: Saved, facts: Facts) -> dict[tuple[str, str], float]:
    """The (term, family)s that builds and a price of carbon add to the ledger, MUSD; those that the policy asks for."""
    out: dict[tuple[str, str], float] = defaultdict(float)
    for row in saved["builds"]:
        paid = row["built"] * charge(facts, row["option"]) * length(facts, row["year"])
        out["capex", facts.family("options", row["option"])] -= paid
    for arc, _, saving in relief(saved, facts):
        out["relief", facts.family("arcs", arc)] += saving
    if price := facts.policy.get("carbon_price"):
        for row in saved["flows"]:
            each = emitted(facts, row["arc"], row["family"])
            out["carbon", row["family"]] -= price * row["volume"] * each / 1000.0
    return dict(out)


def relief(saved: Saved, facts: Facts) -> Iterable[tuple[str, str, float]]:
    """Volume beyond the old capacity of a widened arc pays the operating tariff of the option instead of the arc's:
    arc, period, what is not paid, MUSD.
    """
    lower = lower_tariffs(facts, {row["option"] for row in saved["builds"]})
    for (arc, period), volume in sums_by(saved["flows"], "volume", "arc", "period").items():
        old = facts.capacity(arc, period, built=False)
        if arc in lower and 0 < old < math.inf:
            saving = facts.number("arcs", arc, "tariff", period) - lower[arc]
            yield arc, period, max(saving, 0.0) * max(volume - old, 0.0)


def lower_tariffs(facts: Facts, options: set[str]) -> dict[str, float]:
    """The operating tariff in added capacity of each arc that some options widen."""
    lower: dict[str, float] = {}
    for effect in facts.rows["option_effects"].values():
        word, _, arc = effect["target"].partition(":")
        if word == "arc" and effect["tariff"] is not None and effect["option"] in options:
            lower[arc] = max(lower.get(arc, 0.0), float(effect["tariff"]))
    return lower


def emitted(facts: Facts, arc: str, family: str) -> float:
    """kt CO2e of a unit (Mt, bcm) that enters an arc: g a tonne-km × km / 1000 + kg a tonne."""
    mode = facts.rows["arcs"][arc]["mode"]
    listed = [row for row in facts.rows["emissions"].values()
              if (row["family"], row["mode"]) == (family, mode) and row["arc"] in (None, arc)]  # fmt: skip
    if not listed:
        return 0.0
    factor = next((row for row in reversed(listed) if row["arc"]), listed[0])
    return float(factor["per_km"] * _length_km(arc, facts) / 1000.0 + factor["per_unit"])


def _length_km(arc: str, facts: Facts) -> float:
    """The published length of an arc, else the length drawn, else 0."""
    raw = facts.rows["arcs"][arc]
    return float(raw["length_km"] if raw["length_km"] is not None else raw["geometry_km"] or 0.0)


def _emissions(saved: Saved, facts: Facts, found: Findings) -> None:
    own: dict[tuple[str, str, str], float] = defaultdict(float)
    work: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in saved["flows"]:
        amount = row["volume"] * emitted(facts, row["arc"], row["family"]) / 1000.0
        for period, mode in product((row["period"], "total"), (row["mode"], "total")):
            own[period, row["family"], mode] += amount
            work[period, row["family"], mode] += row["volume"] * _length_km(row["arc"], facts) / 1000.0
    whole = ({**row, "period": "total"} for row in saved["supplies"])
    lifted = sums_by([*saved["supplies"], *whole], "lifted", "period", "family")
    has_factors = bool(facts.rows["emissions"])
    found.true("emissions", "table", bool(saved["emissions"]) == (has_factors and bool(own)), "is not as it should be")
    for row in saved["emissions"]:
        key = row["period"], row["family"], row["mode"]
        found.equal("emissions", " ".join(key), row["emitted"], own[key])
        found.equal("emissions", f"{' '.join(key)} work", row["work"], work[key])
        each = own[key] * 1000.0 / lifted[key[:2]] if lifted[key[:2]] > 0 else math.nan
        found.equal("emissions", f"{' '.join(key)} per unit lifted", row["per_unit"], each)
    cap = facts.policy.get("max_emissions")
    if cap is not None:
        total = sum(value for (period, _, mode), value in own.items() if period == mode == "total")
        found.within("emissions", "cap", total, 0.0, cap * sum(facts.years.values()))
