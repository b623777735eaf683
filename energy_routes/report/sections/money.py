"""What it earns, and what one more unit of each limit would be worth."""

from __future__ import annotations

from typing import Any

import pandas as pd

from energy_routes.case import ALL
from energy_routes.plan import NOT_FOUND
from energy_routes.report import charts
from energy_routes.report.charts import Step
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table
from energy_routes.results import binding

MOST_LIMITS = 15
SLIGHT = 1e-6  # MUSD


def ledger(subject: Subject) -> Section:
    """The terms of the objective as a waterfall, and by family where there are two."""
    words, plan = subject.words, subject.plan
    sums = plan.ledger.groupby("term", sort=False)["value"].sum()
    sums = sums[sums.abs() > SLIGHT]
    steps = [Step(words(f"ledger.{term}"), float(value)) for term, value in sums.items()]
    goal = words.known(f"ledger.{plan.objective.name}", plan.objective.name)
    steps.append(Step(goal, plan.objective.value, total=True))
    title = words("report.ledger")
    drawn = charts.waterfall(steps, words, words.unit("MUSD"), title)
    return Section("ledger", title, figures=(drawn,), tables=_by_family(subject, sums))


def _by_family(subject: Subject, sums: pd.Series[float]) -> tuple[Table, ...]:
    words, plan = subject.words, subject.plan
    if len(subject.families) < 2:
        return ()
    families = {family.id: family for family in subject.families}
    wide = plan.ledger.pivot_table(index="term", columns="family", values="value", aggfunc="sum").fillna(0.0)
    columns = [called for called in (*families, ALL) if called in wide]
    by_term = {str(term): values for term, values in zip(wide.index, wide[columns].to_numpy(), strict=True)}
    rows = [(words(f"ledger.{term}"), *(words.number(float(v), 1) for v in by_term[str(term)]),
             words.number(float(value), 1)) for term, value in sums.items()]
    rows.append((words.known(f"ledger.{plan.objective.name}", plan.objective.name),
                 *(words.number(float(wide[c].sum()), 1) for c in columns), words.number(plan.objective.value, 1)))
    names = [words.together(subject.families) if c == ALL else words.of_family("family", families[c]) for c in columns]
    return (Table((words.unit("MUSD"), *names, words("table.total")), rows, total=True),)


def worth(row: Any, subject: Subject) -> str:
    """The worth of one more of a limit: an equality's up / down, with its unit where that is not a volume's."""
    words, units = subject.words, subject.plan.case.network.units("unit_value")
    ways = ("price", "price_down") if row["side"] == "equal" else ("price",)
    none = words("report.not_found" if row["note"] == NOT_FOUND else "report.no_plan")
    plain = row["unit"] == units[row["family"] or ""]
    digits = subject.cents(row["family"]) if plain else 1
    text = " / ".join(none if row[way] != row[way] else words.signed(float(row[way]), digits) for way in ways)
    return text if plain else f"{text} {words.unit(row['unit'])}"


def _dearest(row: Any, subject: Subject) -> str:
    """What one more of the dearest period is worth, and which that is."""
    price = float(row["dearest_price"])
    if row["dearest"] == "horizon" or price != price:
        return "–"
    words = subject.words
    return f"{words.signed(price, subject.cents(row['family']))} ({words.span([str(row['dearest'])])})"


def prices(subject: Subject) -> Section:
    """Limits in the way, dearest first; commitments that cost come last, supplies are left out."""
    words, plan = subject.words, subject.plan
    tight = binding(plan)
    tables = []
    for family in subject.families:
        own = tight[(tight["family"] == family.id) & (tight["kind"] != "supply")]
        count = len(subject.labels)
        rows = [(subject.limit(str(row["name"])), words.known(f"limit.{row['kind']}", str(row["kind"])),
                 f"{int(row['periods'])} / {count}", worth(row, subject),
                 *((_dearest(row, subject),) if count > 1 else ()))
                for row in own.head(MOST_LIMITS).to_dict("records")]
        heads = (words("table.limit"), words("table.kind"), words("table.binds_in"),
                 f"{words('table.shadow_price')}, {words.unit(family.price_unit)}",
                 *((words("table.dearest"),) if count > 1 else ()))
        more = len(own) - MOST_LIMITS
        note = words("report.more_limits", count=more) if more > 0 else ""
        tables.append(Table(heads, rows, words=(0, 1), caption=subject.of(family), note=note))
    return Section("prices", words("report.prices"), (words("report.prices_note"),) if len(tight) else (),
                   tables=tuple(tables))
