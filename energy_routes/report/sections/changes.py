"""What changes against the plan before: inputs with their reasons, totals, corridors, money."""

from __future__ import annotations

from energy_routes.answer import Words
from energy_routes.maps import titled
from energy_routes.report.sections.money import SLIGHT, term_name
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, link, table, text

VISIBLE = 0.005


def changes(subject: Subject) -> Section | None:
    """None when the plan is not set against another."""
    found, words = subject.comparison, subject.words
    if found is None:
        return None
    totals = [(_named(str(row["what"]), subject), words.number(row["before"], 2), words.number(row["after"], 2),
               _signed(row["change"], 2, words), words.unit(str(row["unit"])))
              for row in found.totals.to_dict("records")]
    moved = found.corridors[found.corridors["change"].abs() >= VISIBLE]
    moved = moved.loc[moved["change"].abs().sort_values(ascending=False).index]
    ways = [(words.name(str(row["corridor"])), words.number(row["before"], 2), words.number(row["after"], 2),
             _signed(row["change"], 2, words), words.unit(str(row["unit"]))) for row in moved.to_dict("records")]
    shifted = found.ledger[found.ledger["change"].abs() > max(SLIGHT, VISIBLE)]
    money = [(term_name(str(row["term"]), subject), words.number(row["before"], 1), words.number(row["after"], 1),
              _signed(row["change"], 1, words), words.unit("MUSD")) for row in shifted.to_dict("records")]
    heads = (words("table.before"), words("table.after"), words("table.change"), words("table.unit"))
    tables = [_inputs(subject), *(table((name, *heads), rows, words=(0, 4)) for name, rows in (
        (words("table.total"), totals), (words("table.corridor"), ways), (words("table.term"), money)))]
    told = words("title.compare", before=titled(subject.plan.case, words), after=titled(found.before.case, words))
    sentences = (f"{told}.", *_waived(subject))
    return Section("comparison", words("report.comparison"), sentences, tables=tuple(t for t in tables if t.rows))


def _waived(subject: Subject) -> list[str]:
    """What force majeure waives of a contract in the one plan and not in the other, and the money not owed for it."""
    words, found = subject.words, subject.comparison
    assert found is not None
    return [words("report.waived", contract=words.name(str(row["name"])),
                  volume=words.signed(row["change"], 2), unit=words.unit(str(row["unit"])),
                  money=words.signed(row["money"], 2), currency=words.unit("MUSD"))
            for row in found.waivers.to_dict("records")]  # fmt: skip


def _signed(change: float, digits: int, words: Words) -> str:
    """A change with its sign; blank where the two cannot be subtracted."""
    return words.signed(change, digits) if change == change else ""


def _named(what: str, subject: Subject) -> str:
    """'exports of oil' as read."""
    head, _, family = what.partition(" of ")
    keys = {"netback": "kpi.netback", "exports": "kpi.exports", "shut-in": "kpi.shut_in"}
    name = subject.words(keys[head]) if head in keys else head
    return f"{name} · {subject.words.of_family('family', subject.family(family))}" if family else name


def _inputs(subject: Subject) -> Table:
    words, found = subject.words, subject.comparison
    assert found is not None
    sides = {"only before": words("view.before"), "only after": words("view.after")}
    rows = [(sides[str(row["where"])], f"{row['target']}.{row['field']}", text(row["change"]),
             text(row["periods"]).replace(";", ", "), text(row["reason"]), link(row["source"]))
            for row in found.edits.to_dict("records")]
    heads = ("", words("table.changed"), words("table.change"), words("table.period"), words("table.reason"),
             words("table.source"))
    return table(heads, rows, words=range(6))
