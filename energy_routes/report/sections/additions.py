"""What is built, and what is emitted: sections of plans that were asked for it, or whose pack has the factors."""

from __future__ import annotations

from energy_routes.pack import BUILT_IN
from energy_routes.report.subject import SEEN, Subject
from energy_routes.report.table import Section, Table, text


def expansion(subject: Subject) -> Section | None:
    """Options that stand, in the year in which they are begun; None when nothing could be built."""
    words, builds = subject.words, subject.plan.builds
    if builds.empty:
        return None
    begun = builds[builds["begun"] > SEEN]
    rows = [(words.name(str(row["name"])), text(row["year"]), words.number(row["begun"], 2),
             words.number(row["capacity"], 2), words.unit(str(row["unit"])), words.number(row["capex"], 0),
             words.number(row["charge"], 1)) for row in begun.to_dict("records")]
    heads = (words("table.option"), words("table.year"), words("table.units"), words("table.capacity"), "",
             f"{words('table.capex')}, {words.unit('MUSD')}", words("table.charge"))
    told = () if rows else (words("report.nothing_built"),)
    return Section("expansion", words("report.expansion"), told, tables=(Table(heads, rows, words=(0, 4)),))


def emissions(subject: Subject) -> Section | None:
    """Carbon by mode over the horizon; None when the pack has no factors."""
    words, emitted, families = subject.words, subject.plan.emissions, subject.plan.case.network.families
    if emitted.empty:
        return None
    rows = emitted[(emitted["period"] == "total") & (emitted["emitted"] > SEEN)]
    rows = rows.assign(last=rows["mode"] == "total").sort_values(["family", "last", "emitted"],
                                                                 ascending=[False, True, False], kind="stable")
    told = [(words.of_family("family", families[row["family"]]),
             words("table.total") if row["last"] else words.known(f"mode.{row['mode']}", str(row["mode"])),
             words.number(row["emitted"], 3), words.number(row["per_unit"], 1)) for row in rows.to_dict("records")]
    oil_or_gas = set(families.values()) <= set(BUILT_IN)
    heads = (words("table.family" if oil_or_gas else "table.commodity"), words("tip.mode"), words.unit("MtCO2e"),
             words("table.carbon_each"))
    return Section("emissions", words("report.emissions"), tables=(Table(heads, told, words=(0, 1)),))
