"""What the answer rests on: policy, edits with their reasons, figures with source and confidence, notices, proof."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from energy_routes.report.subject import Subject
from energy_routes.report.table import Section, Table, link, table, text

CONFIDENCE = ("high", "medium", "low", "estimate")
RESTS_ON = ("arcs", "lanes", "supplies", "markets", "tiers", "differentials", "limits", "obligations", "storages",
            "contracts", "values")
MOST_SOURCES = 40
PROOF = ("primal_residual", "dual_residual", "complementarity", "gap", "ledger_gap")


def policy(subject: Subject) -> Section:
    """What was sought and what was asked of the plan."""
    words, asked = subject.words, subject.plan.case.policy
    told = [f"{words('report.sought')}: {words.known(f'ledger.{asked.objective}', asked.objective)}"]
    told += [f"{kind}: {cap.name} ≤ {words.percent(cap.cap, 1) if kind == 'max_share' else words.number(cap.cap)}"
             for kind in ("max_share", "max_exposure", "max_hhi") for cap in getattr(asked, kind)]
    if asked.caps:
        told.append(words(f"report.exports_{asked.exports}"))
    told += [f"{name}: {getattr(asked, name)}" for name in ("security", "bookings", "cvar")
             if getattr(asked, name) is not None]
    return Section("policy", words("report.policy"), bullets=tuple(told))


def edits(subject: Subject) -> Section:
    """Every change laid over the data, with its reason and source."""
    words = subject.words
    rows = [(f"{e.target}.{e.field}", e.written or f"{e.op} {e.value:g}", ", ".join(e.periods), e.reason,
             link(e.source)) for e in subject.plan.case.edits]
    heads = (words("table.changed"), words("table.change"), words("table.period"), words("table.reason"),
             words("table.source"))
    return Section("edits", words("report.edits"), tables=(table(heads, rows, words=range(5)),))


def assumptions(subject: Subject) -> Section:
    """How well founded the figures are: rows by confidence, and the sources that most of them come from."""
    words, tables = subject.words, subject.plan.case.network.tables
    rows = []
    sources: Counter[str] = Counter()
    for name in RESTS_ON:
        frame = tables.get(name, pd.DataFrame())
        if len(frame) and {"source", "confidence"} <= set(frame.columns):
            counts = frame["confidence"].map(text).value_counts()
            rows.append((name, *(words.number(int(counts.get(key, 0)), 0) for key in CONFIDENCE),
                         words.number(len(frame), 0)))
            sources.update(part for cell in frame["source"].map(text) for part in cell.split(" ; ") if part)
    heads = (words("table.table"), *(words(f"confidence.{key}") for key in CONFIDENCE), words("table.total"))
    cited = [(link(source, 96), words.number(count, 0)) for source, count in sources.most_common(MOST_SOURCES)]
    note = words("report.more_sources", count=len(sources) - MOST_SOURCES) if len(sources) > MOST_SOURCES else ""
    found = (table(heads, rows), table((words("table.source"), words("table.figures")), cited, note=note))
    own = tuple(link(source, 110) for source in subject.plan.case.sources)
    told = (words("report.model_sources"),) if own else ()
    return Section("assumptions", words("report.assumptions"), told, bullets=own, tables=found)


def notices(subject: Subject) -> Section:
    """What the solver and the rules had to say."""
    told = tuple(f"{text(w.get('message'))} ({text(w.get('where'))})" for w in subject.plan.warnings)
    return Section("warnings", subject.words("report.warnings"), bullets=told)


def certificate(subject: Subject) -> Section:
    """How the answer is proved."""
    words, proof = subject.words, subject.plan.certificate
    rows = [(words(f"proof.{key}"), f"{float(proof[key]):.2g}") for key in PROOF
            if isinstance(proof.get(key), int | float)]
    solver = words("report.solver", solver=text(proof.get("solver")) or "–",
                   status=words.known(f"status.{subject.plan.status}", subject.plan.status))
    packs = [(pack.title, pack.digest[:16]) for pack in subject.plan.case.network.packs]
    tables: tuple[Table, ...] = (table((words("table.indicator"), words("table.value")), rows),
                                 table((words("table.data"), "SHA-256"), packs, words=(0, 1)))
    return Section("certificate", words("report.certificate"), (solver,), tables=tables)
