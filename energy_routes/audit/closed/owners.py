"""Results by owner: the shares of the raw table, of volumes that stand in other tables of the result."""

from __future__ import annotations

import math

from energy_routes.audit.checks.trade import within
from energy_routes.audit.facts import Facts, Row, sum_of, sums_by
from energy_routes.audit.files import Saved
from energy_routes.audit.report import Findings

TRACED = "what a venture sells abroad and earns rests on tracing, which is not repeated; tested: sums by supply"


def check(saved: Saved, facts: Facts, found: Findings) -> None:
    """Every row of owners: its share, its part of each period's volume; no holder is missing."""
    lifted = sums_by(saved["supplies"], "lifted", "supply", "period")
    carried = sums_by(saved["groups"], "volume", "kind", "group", "family", "period")
    abroad = sums_by((row for row in saved["schedule"] if row["export"]), "volume", "supply", "period")
    money = ({**row, "money": row["volume"] * row["netback"]} for row in saved["routes"])
    earned = sums_by(money, "money", "origin")
    seen = set()
    for row in saved["owners"]:
        target, family, holder = row["target"], row["family"], row["holder"]
        what = f"{target} {family} {holder}"
        held = {period: _share(facts, row, period) for period in facts.periods}
        found.true("owners", what, any(held.values()), "holds nothing by the raw table")
        found.true("owners", what, row["unit"] == facts.units[family], f"the unit is {facts.units[family]}")
        kind, _, name = target.partition(":")
        venture = kind == "supply"
        moved = {period: lifted[name, period] if venture else carried[kind, name, family, period] for period in held}
        volume = sum(share * moved[period] for period, share in held.items())
        whole = sum(moved.values())
        found.equal("owners", f"{what} volume", row["volume"], volume)
        mean = sum(share * facts.years[period] for period, share in held.items()) / sum(facts.years.values())
        found.equal("owners", f"{what} share", row["share"], volume / whole if whole > 0 else mean)
        if venture:
            own = sum(share * abroad[name, period] for period, share in held.items())
            found.equal("owners", f"{what} exported", row["exported"], own)
            if len(set(held.values())) == 1:
                found.equal("owners", f"{what} netback", row["netback"], held[facts.periods[0]] * earned[name])
        else:
            found.columns("owners", what, row, {"exported": volume, "netback": math.nan})
        seen.add((target, holder))
    for listed in facts.rows["owners"].values():
        known = (listed["target"], listed["holder"]) in seen
        if not known and any(_share(facts, listed, period) for period in facts.periods):
            found.wrong("owners", f"{listed['target']} {listed['holder']}: is missing")
    if seen:
        found.skip("owners.netback", TRACED)


def _share(facts: Facts, row: Row, period: str) -> float:
    """What a holder has of a target in a period: of a year the mean over the days of its months."""
    rows = [own for own in facts.rows["owners"].values()
            if (own["target"], own["holder"]) == (row["target"], row["holder"])]  # fmt: skip
    return facts.mean(lambda month: sum_of((own for own in rows if within(own, month)), "share"), period)


def holders(facts: Facts, target: str, period: str) -> list[tuple[str, str, float]]:
    """Who holds some of a target in a period: holder, country, share."""
    known = dict.fromkeys((row["holder"], row["country"] or "") for row in facts.rows["owners"].values()
                          if row["target"] == target)  # fmt: skip
    listed = [(*who, _share(facts, {"target": target, "holder": who[0]}, period)) for who in known]
    return [own for own in listed if own[2] > 0]
