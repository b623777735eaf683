"""What the answer rests on: policy, edits with their reasons, figures with source and confidence, notices, proof."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from energy_routes.answer import Words
from energy_routes.case import ALL, BOUNDS, LEVERS, Bound, Bounds, Choice
from energy_routes.network import Names, group_names
from energy_routes.pack import in_digits
from energy_routes.provenance import sources
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, link, number_or_dash, text

CONFIDENCE = ("high", "computed", "given", "medium", "low", "estimate", "unsourced")
MOST_FIGURES = 40
PROOF = ("primal_residual", "dual_residual", "complementarity", "gap", "ledger_gap")


def policy(subject: Subject) -> Section:
    """What was sought and what was asked of the plan."""
    words, asked = subject.words, subject.plan.case.policy
    told = [f"{words('report.sought')}: {words.known(f'ledger.{asked.objective}', asked.objective)}"]
    told += [_bound(BOUNDS[lever], bound, subject) for lever, bound in asked.bounds]
    if asked.caps:
        told.append(words(f"report.exports_{asked.exports}"))
    for part in fields(asked):
        value = getattr(asked, part.name)
        if not isinstance(LEVERS[part.name], Choice | Bounds) and value not in (None, (), {}):
            told.append(f"{part.name.replace('_', ' ')}: {_said(value)}")
    return Section("policy", words("report.policy"), bullets=tuple(told))


def _bound(lever: Bounds[Any], bound: Bound, subject: Subject) -> str:
    """A bound as read: what is bounded, of which group, from which side, and its level."""
    words, measure = subject.words, lever.measure
    level = words.percent(bound.level, 1) if measure.percent else words.number(bound.level)
    return f"{words(f'bound.{measure.name}')} {_group(bound, subject)} {lever.sign} {level}"


def _group(bound: Bound, subject: Subject) -> str:
    """The group that a bound is on, as read: a country by its name, a corridor by its own."""
    words, kind, group = subject.words, bound.kind, bound.group
    told = words.known(f"group.{kind}", str(kind)).lower()
    if not group:
        return f"({told})"
    names, family = group_names(subject.plan.case.network.packs), getattr(bound, "family", None) or ALL
    named = words.country(group) if kind == "transit" else words.name(names.get((kind, group, family), group))
    return f"{named} ({told})"


def _said(value: Any) -> str:
    """A lever as read: its fields that are set, the parts of a list in a row."""
    if isinstance(value, tuple | list):
        return "; ".join(_said(part) for part in value)
    if not is_dataclass(value):
        return text(value)
    parts = ((part.name.replace("_", " "), getattr(value, part.name)) for part in fields(value))
    return ", ".join(f"{name} {_said(item)}" for name, item in parts if item not in (None, (), {}, ""))


def edits(subject: Subject) -> Section:
    """Every change laid over the data, with its reason and source."""
    words = subject.words
    rows = [(f"{e.target}.{e.field}", e.told, ", ".join(e.periods), words.name(e.reason), link(e.source))
            for e in subject.plan.case.edits]
    heads = (words("table.changed"), words("table.change"), words("table.period"), words("table.reason"),
             words("table.source"))
    return Section("edits", words("report.edits"), tables=(Table(heads, rows, words=range(5)),))


def assumptions(subject: Subject) -> Section:
    """The figures that the plan rests on: how many of each confidence, and those in most doubt, with their sources."""
    words = subject.words
    rows = sources(subject.plan, only_used=True)
    counts = rows.groupby(["table", "confidence"], sort=False).size().unstack(fill_value=0)
    known = [key for key in CONFIDENCE if key in counts]
    told = [(str(name), *(words.number(float(n), 0) for n in row), words.number(float(row.sum()), 0))
            for name, row in zip(counts.index, counts[known].to_numpy(), strict=True)]
    heads = (words("table.table"), *(words(f"confidence.{key}") for key in known), words("table.total"))
    top = rows.sort_values(["doubt", "figure"], ascending=[False, True], kind="stable").head(MOST_FIGURES)
    figures = [(text(row["figure"]), _value(row["value"], subject),
                words.unit(text(row["unit"])).replace(" ", "\xa0"), _year(row["year"]),
                _confidence(row, subject),
                number_or_dash(row["doubt"], words, 0), link(row["source"]))
               for row in top.to_dict("records")]
    columns = (words("table.figure"), words("table.value"), words("table.unit"), words("table.year"),
               words("table.confidence"), f"{words('table.doubt')}, {words.unit('MUSD')}", words("table.source"))
    more = len(rows) - len(top)
    note = words("report.more_figures", count=more, model=subject.plan.case.name) if more > 0 else ""
    own = tuple(link(source, 110) for source in subject.plan.case.sources)
    said = (words("report.doubt_note"), *((words("report.model_sources"),) if own else ()))
    tables = (Table(heads, told), Table(columns, figures, words=(0, 2, 3, 4, 6), note=note))
    return Section("assumptions", words("report.assumptions"), said, bullets=own, tables=tables)


def _confidence(row: Mapping[Hashable, Any], subject: Subject) -> str:
    """How far a figure can be trusted; of a price or charge of long ago, of which year it is."""
    told = subject.words.known(f"confidence.{row['confidence']}", text(row["confidence"]))
    return subject.words("grade.stale", grade=told, year=_year(row["year"])) if row["stale"] else told


def _value(value: object, subject: Subject) -> str:
    number = float(str(value))
    return subject.words("tip.no_limit") if number == float("inf") else in_digits(number, ".4g")


def _year(year: object) -> str:
    return text(year).removesuffix(".0")


def notices(subject: Subject) -> Section:
    """What the solver and the rules had to say."""
    called, words = Names(subject.plan.case.network.tables).target, subject.words
    told = []
    for warning in subject.plan.warnings:
        where = text(warning.get("where"))
        told.append(f"{_noticed(warning, words)} ({words.name(called.get(where, where))})")
    return Section("warnings", words("report.warnings"), bullets=tuple(told))


def _noticed(warning: Mapping[str, Any], words: Words) -> str:
    """A notice; where the language has a text for it, its message begins with a volume and the unit."""
    key, message = f"notice.{warning.get('code')}", text(warning.get("message"))
    if key not in words.texts:
        return message
    volume, unit, _ = message.split(" ", 2)
    return words(key, volume=words.written(volume), unit=words.unit(unit))


def certificate(subject: Subject) -> Section:
    """How the answer is proved."""
    words, proof = subject.words, subject.plan.certificate
    rows = [(words(f"proof.{key}"), f"{float(proof[key]):.2g}") for key in PROOF
            if isinstance(proof.get(key), int | float)]
    solver = words("report.solver", solver=text(proof.get("solver")) or "–",
                   status=words.known(f"status.{subject.plan.status}", subject.plan.status))
    packs = [(words.name(pack.title), pack.digest[:16]) for pack in subject.plan.case.network.packs]
    tables: tuple[Table, ...] = (Table((words("table.indicator"), words("table.value")), rows),
                                 Table((words("table.data"), "SHA-256"), packs, words=(0, 1)))
    return Section("certificate", words("report.certificate"), (solver,), tables=tables)
