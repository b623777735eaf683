"""What must hold between cells: keys, references, provenance, and the sense of figures taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.checks.figures import FIGURES
from energy_routes.pack.checks.payments import fiscal, operating, owners, payees
from energy_routes.pack.checks.structure import check_structure
from energy_routes.pack.checks.unlike_others import commitments_beyond_lines, unlike_others
from energy_routes.pack.pack import dated_rows, keys_of
from energy_routes.pack.reading.options import OPTIONS
from energy_routes.pack.reading.typed import Draft, Drafts
from energy_routes.pack.schema.tables import PACK
from energy_routes.pack.suggest import OTHER_ACCENTS, nearest, seen

QUESTIONS = (unlike_others, commitments_beyond_lines)
NAMES_FAMILY = (
    ("commodities", "family"), ("emissions", "family"), ("operating", "family"), ("fiscal", "family"),
    ("families", "id"),
)  # fmt: skip


def check_tables(drafts: Drafts, meta: Mapping[str, Any], *, broken: bool) -> list[Fault]:
    """Every fault between cells.  ``broken``: cells are missing already, so questions about paths would mislead."""
    faults: list[Fault] = []
    for draft in (draft for draft in drafts.values() if len(draft.frame)):
        faults += _keys(draft)
        faults += _references(drafts, draft)
        faults += _stated(drafts, draft)
        faults += _provenance(draft)
    faults += _families(drafts, meta)
    money = (owners, payees, operating, fiscal)
    for check in (*FIGURES, *OPTIONS, _self_loops, _meters, _ramps, *money, _limits, *QUESTIONS):
        faults += check(drafts)
    if not broken and not faults:
        faults += check_structure({name: draft.frame for name, draft in drafts.items()},
                                  lambda table, row, *words: drafts[table].fault(row, *words))
    return faults


def _keys(draft: Draft) -> Iterable[Fault]:
    """No two rows with one key, or with two that look the same."""
    first: dict[str, tuple[int, str]] = {}
    for i, key in enumerate(keys_of(draft.table.name, draft.frame)):
        if any(draft.bad[column][i] for column in draft.table.key):
            continue
        row, same = first.setdefault(seen(key), (i, key))
        if row != i:
            other = "" if same == key else f", where {OTHER_ACCENTS}"
            yield draft.fault(i, draft.table.key[-1] if len(draft.table.key) == 1 else "",
                              f"{key!r} stands already in row {draft.rows[row]}{other}",
                              "each " + ", ".join(draft.table.key) + " once", "Remove or rename one of the two.")


def _references(drafts: Drafts, draft: Draft) -> Iterable[Fault]:
    """Every name that a row uses is a row of the table that it refers to."""
    for column in draft.table.columns:
        if column.refers is None:
            continue
        other = drafts[column.refers]
        if other.partial:
            continue
        known = set(other.frame["id"].dropna())
        cells = draft.frame[column.name].tolist()
        for i in np.flatnonzero(draft.good(column.name)):
            cell = cells[i]
            for name in cell if isinstance(cell, tuple) else (cell,):
                if name not in known:
                    yield draft.fault(int(i), column.name, f"{name!r} is not in {other.file}",
                                      f"an id of {column.refers}", nearest(name, known))


def _stated(drafts: Drafts, draft: Draft) -> Iterable[Fault]:
    """A figure that must be stated stands in its row or is dated in ``values``."""
    dated = drafts["values"].frame
    for column in draft.table.columns:
        if not column.stated or drafts["values"].partial:
            continue
        blank = np.flatnonzero(draft.frame[column.name].isna().to_numpy() & ~draft.bad[column.name])
        if not blank.size:
            continue
        known = set(dated["id"].iloc[dated_rows(dated, draft.table.name, column.name)].dropna())
        keys = keys_of(draft.table.name, draft.frame)
        for i in blank:
            if keys[i] not in known:
                word = "a number or 'unlimited'" if column.unlimited else "a number"
                yield draft.fault(int(i), column.name, "a blank cell", f"{word}, here or as dated rows of values",
                                  "State it; with no figure known, state an estimate and its method in `note`.")


METHODS = {"estimate": "how it was estimated", "computed": "how it was computed",
           "unsourced": "what was looked for, and where it comes from"}  # fmt: skip


def _provenance(draft: Draft) -> Iterable[Fault]:
    """A figure that is not the user's own has a source, and an estimate says how it was made."""
    if "confidence" not in draft.frame:
        return
    for i, (confidence, source, note) in enumerate(draft.cells("confidence", "source", "note")):
        if pd.isna(source) and confidence not in ("given", "unsourced") and not draft.bad["confidence"][i]:
            yield draft.fault(i, "source", f"no source for a figure of confidence {confidence!r}",
                              "the address of the evidence, or 'estimate' or 'computed'", "Name the source; figures of "
                              "your own may say 'given' as their confidence.")
        word = confidence if confidence in METHODS else source
        if word in METHODS and pd.isna(note):
            yield draft.fault(i, "note", "a blank cell", METHODS[word], "Say the method and what it rests on.")


def _families(drafts: Drafts, meta: Mapping[str, Any]) -> Iterable[Fault]:
    """All that names a family names the pack's; its reference is one of its commodities."""
    family = meta.get("family")
    for table, column in NAMES_FAMILY if family else ():
        draft = drafts[table]
        for i in np.flatnonzero(draft.good(column)):
            if draft.frame[column].iloc[i] != family:
                yield draft.fault(int(i), column, f"{draft.frame[column].iloc[i]!r} in a pack of {family}", str(family),
                                  "Put each family in a pack of its own; a model may name several packs.")
    draft = drafts["commodities"]
    known = list(draft.frame["id"].dropna())
    if meta.get("reference") is not None and meta["reference"] not in known and not draft.partial:
        yield Fault("pack.toml", 0, "reference", f"{meta['reference']!r} is not in {draft.file}",
                    PACK.column("reference").meaning, nearest(meta["reference"], known))


def _self_loops(drafts: Drafts) -> Iterable[Fault]:
    """An arc leads from one node to another."""
    draft = drafts["arcs"]
    loops = draft.good("from") & draft.good("to") & (draft.frame["from"] == draft.frame["to"]).to_numpy(dtype=bool)
    for i in np.flatnonzero(loops):
        yield draft.fault(int(i), "to", f"the arc leads from {draft.frame['from'].iloc[i]!r} to itself", "another node",
                          "Give the berth, tank or grade change a node of its own.")


def _meters(drafts: Drafts) -> Iterable[Fault]:
    """Each meter measures one arc or one market, of a known group; each group has a meter."""
    groups, meters = drafts["groups"], drafts["meters"]
    known = set(keys_of("groups", groups.frame))
    measured = set()
    for i, (kind, group, arc, market) in enumerate(meters.cells("kind", "group", "arc", "market")):
        if pd.isna(kind) or pd.isna(group):
            continue
        measured.add(f"{kind}/{group}")
        if f"{kind}/{group}" not in known and not groups.partial:
            yield meters.fault(i, "group", f"{kind} {group!r} is not in {groups.file}", "a kind and group of groups",
                               nearest(f"{kind}/{group}", known))
        if pd.isna(arc) == pd.isna(market):
            found = "neither an arc nor a market" if pd.isna(arc) else "both an arc and a market"
            yield meters.fault(i, "arc", found, "exactly one of the two", "Give each meter a row of its own.")
    for i, (kind, group) in enumerate(groups.cells("kind", "group")):
        if pd.notna(kind) and pd.notna(group) and f"{kind}/{group}" not in measured and not meters.partial:
            yield groups.fault(i, "group", f"{kind} {group!r} has no meter", "at least one row of meters",
                               "Say in meters at which arcs, or deliveries to which markets, it is measured.")


def _ramps(drafts: Drafts) -> Iterable[Fault]:
    """A ramp is one of a known group."""
    groups, ramps = drafts["groups"], drafts["ramps"]
    known = set(keys_of("groups", groups.frame))
    for i, (kind, group) in enumerate(ramps.cells("kind", "group")):
        if pd.notna(kind) and pd.notna(group) and f"{kind}/{group}" not in known and not groups.partial:
            yield ramps.fault(i, "group", f"{kind} {group!r} is not in {groups.file}", "a kind and group of groups",
                              nearest(f"{kind}/{group}", known))


def _limits(drafts: Drafts) -> Iterable[Fault]:
    """A joint limit sums something, and its ratios are ratios to something else."""
    limits = drafts["limits"]
    summed = set(drafts["limit_terms"].frame["limit"].dropna())
    columns = limits.cells("id", "low_ratio", "high_ratio", "relative_to")
    for i, (name, low, high, other) in enumerate(columns):
        if pd.notna(name) and name not in summed and not drafts["limit_terms"].partial:
            yield limits.fault(i, "id", f"{name!r} has no terms", "at least one row of limit_terms",
                               "Say which arcs it sums.")
        if pd.isna(other) != (pd.isna(low) and pd.isna(high)):
            found = "a ratio to nothing" if pd.isna(other) else f"relative to {other!r} without a ratio"
            yield limits.fault(i, "relative_to", found, "a limit, and low_ratio or high_ratio", "Fill both or neither.")
        elif pd.notna(other) and other == name:
            yield limits.fault(i, "relative_to", "the limit itself", "another limit",
                               "Name the limit it is a share of.")
        if low > high:
            yield limits.fault(i, "low_ratio", f"{low:g}, above high_ratio {high:g}", "low_ratio ≤ high_ratio",
                               "Correct one of the two.")
